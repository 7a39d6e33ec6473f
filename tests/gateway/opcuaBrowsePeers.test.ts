import { execFile } from "node:child_process";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { systemClock } from "#shared/kit/clock.ts";
import { silentLog } from "#shared/kit/log.ts";
import { instant } from "#shared/model/time.ts";
import { parsePlant } from "#shared/plant/load.ts";
import type { OpcuaAddress } from "#shared/plant/protocols/opcua.ts";
import { plantTags } from "#shared/plant/select.ts";
import { opcua } from "../../gateway/drivers/opcua/module.ts";
import { serveOpcua } from "../../simulators/faces/opcua/server.ts";
import { startPlants } from "../../simulators/plants/registry.ts";
import { good, namespaceUri, nodeName, type Signal } from "../../simulators/signal.ts";
import { root } from "../docs/pages.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { runCommand } from "./browseCommand.ts";
import { startBrowseServer } from "./browseServer.ts";
import { env } from "./modbusDevices.ts";
import { missing, startPeer } from "./pythonPeer.ts";

const never = new AbortController().signal;

/** The piece that the browser writes, read by the driver: every tag that it names is there. */
async function readPiece(folder: string, port: number, ...args: readonly string[]) {
  const written = await runCommand(folder, port, "--whole", "--write-plant", "-", "--profile", "auto", ...args);
  const { plant, problems } = parsePlant(written.answer, "piece", {});
  expect(problems).toEqual([]);
  const device = plant?.devices[0];
  if (!plant || device?.protocol !== "opcua") throw new Error("no device");
  const tags = plantTags(plant);
  await using driver = (await opcua.load(env(folder))).driver(device);
  await driver.connect(never);
  const points = tags.map(({ address }) => ({ address: address as OpcuaAddress, report: "change" as const }));
  return { ...written, tags, readings: await driver.read(points, never) };
}

const peers = [
  { script: "opcuaPeer.py", profile: "asyncua", tags: 6, why: missing("asyncua") },
  { script: "open62541Peer.py", profile: "open62541", tags: 3, why: missing("o6") },
] as const;

describe("browsing servers of other makers", () => {
  for (const { script, profile, tags, why } of peers) {
    const title = `${profile} is known by name, and the driver reads what the browser wrote`;
    test.skipIf(why)(why ? `${title} (${why})` : title, { timeout: 60_000 }, async () => {
      await using folder = await temporaryFolder();
      await using peer = await startPeer(script);
      const piece = await readPiece(folder.path, peer.port);
      expect(piece.notes).toContain(`Profile ${profile}:`);
      const own = piece.tags.flatMap(({ address }, i) => (isOwn(address) ? [piece.readings[i]?.quality] : []));
      expect(own).toEqual(Array(tags).fill("good"));
    });
  }

  test("the simulators' face: units, ranges and types are those of its data sheet", { timeout: 60_000 }, async () => {
    await using folder = await temporaryFolder();
    const [line] = startPlants(["coating"], 1);
    const signals = (line?.signals ?? []).filter(({ access }) => access.face === "opcua");
    const options = { host: "127.0.0.1", port: 0, pkiFolder: join(folder.path, "face") };
    await using face = await serveOpcua(options, signals, { clock: systemClock, log: silentLog });
    face.show(
      signals.map(({ type, range, values }) =>
        good(type === "string" ? "idle" : type === "bool" ? true : values ? 1 : (range?.[0] ?? 0)),
      ),
      instant(Date.now()),
    );
    const port = Number(new URL(face.endpoint.replace("opc.tcp:", "http:")).port);
    const { tags, readings } = await readPiece(folder.path, port, "--filter", "coating/");
    const sheet = new Map(signals.map((signal) => [`nsu=${namespaceUri};s=${nodeName(signal)}`, signal]));
    expect(tags).toHaveLength(signals.length);
    for (const [i, { address, config }] of tags.entries()) {
      const { type, unit, range, values } = sheet.get((address as { node: string }).node) as Signal;
      expect(config.type).toBe(values ? "int" : type);
      // Only a measured value with a range has EngineeringUnits.
      if (type === "float" && range) expect(config).toMatchObject({ unit, range: [...range] });
      expect(readings[i]?.quality).toBe("good");
    }
  });
});

/** The command as a person runs it. */
const pilotline = (...args: readonly string[]): Promise<{ code: number; out: string; err: string }> =>
  new Promise((resolve) => {
    execFile(process.execPath, ["pilotline.ts", "browse", ...args], { cwd: root }, (error, out, err) =>
      resolve({ code: typeof error?.code === "number" ? error.code : 0, out, err }),
    );
  });

describe("the command", () => {
  test("says why it was refused, and tells refused, wrong and failed apart by its exit code", async () => {
    await using folder = await temporaryFolder();
    await using server = await startBrowseServer(folder.path);
    const endpoint = `opc.tcp://127.0.0.1:${server.port}`;
    const [listed, untrusted, noRoot, wrong, absent] = await Promise.all([
      pilotline(endpoint, "--data", folder.path, "--filter", "Oven", "--log", "silent"),
      pilotline(endpoint, "--data", folder.path, "--security", "Basic256Sha256", "--log", "silent"),
      pilotline(endpoint, "--data", folder.path, "--root", "i=999999", "--log", "silent"),
      pilotline(endpoint, "--depth", "deep"),
      pilotline(),
    ]);
    expect(listed).toMatchObject({ code: 0, out: expect.stringContaining("Plant/Oven/Temp") });
    expect(listed.err).toContain("neither signed nor encrypted");
    expect(untrusted).toMatchObject({ code: 1, out: "", err: expect.stringContaining("pilotline -- trust") });
    expect(noRoot).toMatchObject({ code: 1, err: expect.stringContaining("BadNodeIdUnknown") });
    expect(wrong).toMatchObject({ code: 2, err: "--depth takes a number from 1 to 100, got `deep`.\n" });
    expect(absent).toMatchObject({ code: 2, err: expect.stringContaining("opc.tcp://") });
    await server[Symbol.asyncDispose]();
    const gone = await pilotline(endpoint, "--data", folder.path, "--log", "silent");
    expect(gone).toMatchObject({ code: 3, err: expect.stringContaining(endpoint) });
  }, 120_000);
});

const isOwn = (address: object): boolean => JSON.stringify(address).includes("urn:pilotline:test");
