import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { connectAsync, type MqttClient } from "mqtt";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { silentLog } from "#shared/kit/log.ts";
import { parsePlant } from "#shared/plant/load.ts";
import type { Plant } from "#shared/plant/plant.ts";
import { makeBrokerSecrets } from "../../deploy/secrets.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { goodCase } from "../plant/cases.ts";

const program = "/usr/sbin/mosquitto";
const reason = existsSync(program) ? "" : " (skipped: Mosquitto is not installed)";

const plant = (): Plant => {
  const text = goodCase("small").replace("  - id: edge-1\n", "  - id: edge-1\n  - id: edge-2\n");
  return parsePlant(text, "small.yaml", {}).plant as Plant;
};

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}

/** Waits for the line with which Mosquitto says that it serves. */
const untilRunning = (child: ChildProcess): Promise<void> =>
  new Promise((resolve, reject) => {
    let said = "";
    child.stderr?.on("data", (data) => {
      said += data;
      if (said.includes("running")) resolve();
    });
    child.once("exit", () => reject(new Error(`Mosquitto ended: ${said}`)));
  });

describe.skipIf(reason !== "")(`Mosquitto with the files that \`secrets\` makes${reason}`, () => {
  const stack = new AsyncDisposableStack();
  let url = "";
  let data = "";

  beforeAll(async () => {
    data = stack.use(await temporaryFolder()).path;
    await makeBrokerSecrets(data, plant(), silentLog);
    const port = await freePort();
    // The configuration that is delivered, with the container's paths and port replaced.
    const delivered = await readFile(new URL("../../deploy/mosquitto/mosquitto.conf", import.meta.url), "utf8");
    const text = delivered
      .replace("listener 1883", `listener ${port} 127.0.0.1`)
      .replaceAll("/mosquitto/auth/", `${data}/mosquitto/`);
    const user = process.getuid?.() === 0 ? "user root\n" : "";
    await writeFile(join(data, "mosquitto.conf"), user + text);
    const child = spawn(program, ["-c", join(data, "mosquitto.conf")], { stdio: ["ignore", "inherit", "pipe"] });
    stack.defer(async () => {
      child.kill();
      if (child.exitCode === null) await once(child, "exit");
    });
    await untilRunning(child);
    url = `mqtt://127.0.0.1:${port}`;
  });
  afterAll(() => stack.disposeAsync());

  const passwordOf = async (user: string): Promise<string> =>
    JSON.parse(await readFile(join(data, "secrets", "broker", `${user}.json`), "utf8")).password;

  async function connected(user: string): Promise<MqttClient & AsyncDisposable> {
    const options = {
      username: user,
      password: await passwordOf(user),
      reconnectPeriod: 0,
      protocolVersion: 5,
    } as const;
    const client = await connectAsync(url, options);
    return Object.assign(client, { [Symbol.asyncDispose]: () => client.endAsync(true) });
  }

  /** Whether a message of `from` on the topic reaches ingest; a second one, that surely does, closes the wait. */
  async function reachesIngest(from: string, topic: string): Promise<boolean> {
    await using host = await connected("ingest");
    await using sender = await connected(from);
    const seen: string[] = [];
    host.on("message", (got) => seen.push(got));
    await host.subscribeAsync("#", { qos: 1 });
    // Mosquitto answers QoS 1 of MQTT 5 with 135, not authorized, where the rights say no.
    await sender.publishAsync(topic, "x", { qos: 1 }).catch(() => undefined);
    const closed = new Promise<void>((resolve) => host.on("message", (got) => got === "test/end" && resolve()));
    await host.publishAsync("test/end", "", { qos: 1 });
    await closed;
    return seen.includes(topic);
  }

  test("a wrong password, an unknown user and nobody are refused", async () => {
    const refused = (options: object) => connectAsync(url, { ...options, reconnectPeriod: 0 }, false);
    await expect(refused({ username: "ingest", password: "wrong" })).rejects.toThrow(/[Nn]ot authorized/);
    await expect(refused({ username: "admin", password: await passwordOf("ingest") })).rejects.toThrow(
      /[Nn]ot authorized/,
    );
    await expect(refused({})).rejects.toThrow(/[Nn]ot authorized/);
    await expect(refused({ username: "gateway-edge-1", password: await passwordOf("gateway-edge-2") })).rejects.toThrow(
      /[Nn]ot authorized/,
    );
  });

  test.each([
    ["gateway-edge-1", "spBv1.0/demo/NBIRTH/edge-1", true],
    ["gateway-edge-1", "spBv1.0/demo/DDATA/edge-1/plc", true],
    ["gateway-edge-1", "pilotline/v1/demo/health/gateway-edge-1", true],
    ["gateway-edge-1", "spBv1.0/demo/DDATA/edge-2/plc", false],
    ["gateway-edge-1", "spBv1.0/demo/NCMD/edge-2", false],
    ["gateway-edge-1", "spBv1.0/other/DDATA/edge-1/plc", false],
    ["gateway-edge-1", "spBv1.0/STATE/pilotline-demo", false],
    ["gateway-edge-1", "pilotline/v1/demo/command/acknowledge", false],
    ["dashboard", "pilotline/v1/demo/command/acknowledge", true],
    ["dashboard", "spBv1.0/demo/NCMD/edge-1", false],
    ["dashboard", "pilotline/v1/demo/alarm/event", false],
    ["observer", "pilotline/v1/demo/command/acknowledge", false],
    ["observer", "spBv1.0/demo/DDATA/edge-1/plc", false],
  ])("%s publishes to %s: %s", async (user, topic, allowed) => {
    expect(await reachesIngest(user, topic)).toBe(allowed);
  });

  test.each([
    ["observer", "spBv1.0/demo/DDATA/edge-1/plc", true],
    ["observer", "pilotline/v1/demo/live/coating/oven", true],
    ["dashboard", "pilotline/v1/demo/live/coating/oven", true],
    ["dashboard", "spBv1.0/demo/DDATA/edge-1/plc", false],
    ["gateway-edge-1", "spBv1.0/demo/NCMD/edge-1", true],
    ["gateway-edge-1", "spBv1.0/demo/NCMD/edge-2", false],
  ])("%s gets what comes on %s: %s", async (user, topic, allowed) => {
    await using host = await connected("ingest");
    await using reader = await connected(user);
    const end = user.startsWith("gateway") ? "spBv1.0/STATE/end" : "pilotline/v1/end";
    const seen: string[] = [];
    const closed = new Promise<void>((resolve) =>
      reader.on("message", (got) => {
        seen.push(got);
        if (got === end) resolve();
      }),
    );
    await reader.subscribeAsync("#", { qos: 1 });
    await host.publishAsync(topic, "x", { qos: 1 });
    await host.publishAsync(end, "x", { qos: 1 });
    await closed;
    expect(seen.includes(topic)).toBe(allowed);
  });
});
