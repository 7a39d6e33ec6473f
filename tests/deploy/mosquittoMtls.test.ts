import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { silentLog } from "#shared/kit/log.ts";
import { instant } from "#shared/model/time.ts";
import type { BrokerAddress } from "#shared/wire/brokerAddress.ts";
import { readBrokerTls } from "#shared/wire/brokerTls.ts";
import { ackPayload } from "#shared/wire/delivery.ts";
import { openSession, type Session } from "#shared/wire/session.ts";
import { encodePayload } from "#shared/wire/sparkplug/encode.ts";
import { makeBrokerSecrets } from "../../deploy/secrets.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { runNode, sample } from "../gateway/nodeBench.ts";
import { plantYaml, testPlant } from "../ingest/plantFixture.ts";
import { startRig } from "../ingest/rig.ts";
import { tag } from "../ingest/samples.ts";
import { listen } from "../wire/brokers.ts";
import { createInbox } from "../wire/inbox.ts";

const program = "/usr/sbin/mosquitto";
const lacks = [
  ...(existsSync(program) ? [] : ["Mosquitto"]),
  ...(spawnSync("openssl", ["version"]).error ? ["openssl"] : []),
];
const reason = lacks.length > 0 ? ` (skipped: no ${lacks.join(", no ")})` : "";

const openssl = (...args: readonly string[]) => execFileSync("openssl", args, { stdio: "ignore" });
const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

/** A certificate authority, and what it signs, as deploy/README.md makes them. */
async function makeAuthority(folder: string, name: string, subjects: readonly string[]): Promise<void> {
  const file = (of: string) => join(folder, of);
  const ca = ["-keyout", file(`${name}-key.pem`), "-out", file(`${name}.pem`)];
  openssl("req", "-x509", ...key, "-days", "2", "-subj", `/CN=${name}`, ...ca);
  await writeFile(file("names.txt"), "subjectAltName=DNS:localhost,IP:127.0.0.1\n");
  for (const subject of subjects) {
    const own = subject.replace("rogue:", "");
    const base = subject.replace(":", "-");
    openssl("req", ...key, "-subj", `/CN=${own}`, "-keyout", file(`${base}-key.pem`), "-out", file(`${base}.csr`));
    const by = ["-CA", file(`${name}.pem`), "-CAkey", file(`${name}-key.pem`), "-CAcreateserial"];
    const out = ["-extfile", file("names.txt"), "-out", file(`${base}.pem`)];
    openssl("x509", "-req", "-in", file(`${base}.csr`), ...by, "-days", "2", ...out);
  }
}

describe.skipIf(reason !== "")(`Mosquitto with a certificate for each client${reason}`, () => {
  const stack = new AsyncDisposableStack();
  let folder = "";
  let url = "";

  beforeAll(async () => {
    folder = stack.use(await temporaryFolder()).path;
    const plant = testPlant(plantYaml.replace("  - { id: edge-1 }\n", "  - { id: edge-1 }\n  - { id: edge-2 }\n"));
    await makeBrokerSecrets(folder, plant, silentLog);
    await makeAuthority(folder, "ca", ["broker", "ingest", "gateway-edge-1", "gateway-edge-2"]);
    await makeAuthority(folder, "other-ca", ["rogue:ingest"]);
    const server = createServer();
    const port = await listen(server);
    await new Promise((resolve) => server.close(resolve));
    // The configuration that is delivered, with the container's paths and port replaced.
    const delivered = await readFile(new URL("../../deploy/mosquitto/mosquitto-mtls.conf", import.meta.url), "utf8");
    const text = delivered
      .replace("listener 8883", `listener ${port} 127.0.0.1`)
      .replaceAll("/mosquitto/auth/", `${folder}/mosquitto/`)
      .replaceAll("/mosquitto/certs/", `${folder}/`);
    await writeFile(join(folder, "mosquitto.conf"), `${process.getuid?.() === 0 ? "user root\n" : ""}${text}`);
    const child = spawn(program, ["-c", join(folder, "mosquitto.conf")], { stdio: ["ignore", "ignore", "pipe"] });
    stack.defer(async () => {
      const gone = once(child, "exit");
      if (child.exitCode === null) child.kill();
      await gone;
    });
    const said: string[] = [];
    for await (const line of createInterface({ input: child.stderr })) {
      said.push(line);
      if (line.endsWith("running")) break;
    }
    if (child.exitCode !== null) throw new Error(said.join("\n"));
    child.stderr.resume();
    url = `mqtts://localhost:${port}`;
  }, 60_000);
  afterAll(() => stack.disposeAsync());

  /** As the options of a command read them. */
  const tlsOf = (name: string): Promise<Pick<BrokerAddress, "ca" | "cert" | "key">> => {
    const file = (of: string) => join(folder, of);
    return readBrokerTls({
      "broker-ca": file("ca.pem"),
      "broker-cert": file(`${name}.pem`),
      "broker-key": file(`${name}-key.pem`),
    });
  };
  const session = async (name: string, more: Partial<Parameters<typeof openSession>[0]> = {}): Promise<Session> =>
    openSession(
      { url, ...(await tlsOf(name)), clientId: `test-${name}`, onMessage: () => {}, ...more },
      new AbortController().signal,
    );

  test("gateway → Mosquitto → ingest: stored and acknowledged", async () => {
    await using data = await temporaryFolder();
    const credential = async (username: string) => ({ username, password: "not looked at" });
    await using rig = await startRig(data.path, { broker: { url, tls: await tlsOf("ingest"), credential } });
    await using node = await runNode(data.path, url, "q1", {
      name: { group: "demo", edge: "edge-1" },
      broker: { url, ...(await tlsOf("gateway-edge-1")) },
    });
    node.box.outbox.push("a", [sample("a", 1_000, 7)]);
    await node.box.durable();
    await expect.poll(() => node.box.outbox.depth().batches, { timeout: 20_000 }).toBe(0);
    await using reader = await rig.reader();
    expect(await reader.count(tag("l/a/x"), instant(1_000), instant(1_001))).toBe(1);
  }, 60_000);

  test("no certificate, and one of another authority, are refused", async () => {
    const { ca, ...own } = await tlsOf("rogue-ingest");
    const refused = expect.objectContaining({ code: "NOT_CONNECTED" });
    await expect(session("ingest", { ...own, ca: ca ?? "" })).rejects.toEqual(refused);
    const bare = openSession(
      { url, ca: ca ?? "", clientId: "bare", onMessage: () => {} },
      new AbortController().signal,
    );
    await expect(bare).rejects.toEqual(refused);
  });

  test("a certificate speaks for itself alone, whatever user name the client gives", async () => {
    const inbox = createInbox();
    await using host = await session("ingest", inbox);
    await host.subscribe([{ filter: "#", qos: 1 }]);
    await using liar = await session("gateway-edge-2", { username: "ingest", password: "guess" });
    const ack = encodePayload(ackPayload({ queueId: "q1", ranges: [[1, 9]] }, instant(1)));
    for (const topic of ["spBv1.0/demo/DDATA/edge-1/plc", "spBv1.0/demo/NCMD/edge-1", "spBv1.0/STATE/pilotline-demo"]) {
      // MQTT 3.1.1 has no word for a refusal: the message is dropped and confirmed.
      await liar.publishConfirmed(topic, ack);
    }
    await liar.publishConfirmed("spBv1.0/demo/DDATA/edge-2/plc", "own");
    // What ingest left behind, retained, is no answer.
    const fresh = () => inbox.messages.filter(({ retained }) => !retained).map(({ topic }) => topic);
    await expect.poll(() => fresh().at(-1)).toBe("spBv1.0/demo/DDATA/edge-2/plc");
    expect(fresh()).toEqual(["spBv1.0/demo/DDATA/edge-2/plc"]);
  });

  test("files that are not there, and a certificate without its key, are named", async () => {
    const nowhere = join(folder, "nowhere.pem");
    await expect(readBrokerTls({ "broker-ca": nowhere })).rejects.toThrow(/CONFIG: --broker-ca.*nowhere/);
    await expect(readBrokerTls({ "broker-cert": join(folder, "ca.pem") })).rejects.toThrow(/CONFIG: .*--broker-key/);
    expect(await readBrokerTls({})).toEqual({});
  });
});
