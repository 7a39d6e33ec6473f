import { rename, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Log, silentLog } from "#shared/kit/log.ts";
import { instant, millis } from "#shared/model/time.ts";
import type { Plant } from "#shared/plant/plant.ts";
import { changesOf } from "#shared/plant/watch.ts";
import { createReloader } from "../../gateway/reload.ts";
import { ManualClock } from "../fakes/clock.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { startBroker } from "./broker.ts";
import { endGateway, startGateway } from "./gatewayProcess.ts";
import { meterPlantText } from "./meterPlant.ts";
import { type ModbusServer, startModbusServer } from "./modbusServer.ts";
import { startHost, type TestHost } from "./testHost.ts";

interface Meter {
  readonly id: string;
  readonly port: number;
  readonly second?: boolean;
}

/** Meters whose register 0 counts their polls; every poll is reported. */
const plantOf = (meters: readonly Meter[], platform = "p"): string =>
  meterPlantText(
    meters.map(
      ({ id, port }) =>
        `id: ${id}, protocol: modbus, connection: { host: 127.0.0.1, port: ${port} }, polling: { periodMs: 50 }`,
    ),
    meters.flatMap(({ id, second }) => [
      `id: ${id}, device: ${id}, type: int, report: every, address: { table: holding, register: 0, format: uint32 }`,
      ...(second
        ? [`id: ${id}-second, device: ${id}, type: int, address: { table: holding, register: 2, format: uint16 }`]
        : []),
    ]),
    platform,
  );

const startCounter = (): Promise<ModbusServer> => {
  let polls = 0;
  return startModbusServer(({ count }) => {
    polls += 1;
    return { registers: [polls >> 16, polls & 0xffff, 7].slice(0, count) };
  });
};

/** Whole or not at all. */
async function replace(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
}

/** A meter with a tag of its own, and those of its kind, which is described in a file `kinds.yaml`. */
const plantOfKind = (port: number): string => `${meterPlantText(
  [`id: m, template: meter, connection: { host: 127.0.0.1, port: ${port} }`],
  ["id: own, device: m, type: int, report: every, address: { table: holding, register: 0, format: uint32 }"],
).replace("        tags:", "        tagsFrom: [{ device: m }]\n        tags:")}templateFiles: [kinds.yaml]
`;
const kindOf = (...tags: readonly string[]): string => `templates:
  - id: meter
    protocol: modbus
    polling: { periodMs: 50 }
    tags:
${tags.map((id) => `      - { id: ${id}, name: { zh: 数 }, type: int, address: { table: holding, register: 2, format: uint16 } }`).join("\n")}
`;

const samplesOf = (host: TestHost, tag: string) =>
  [...host.stored.values()].flat().filter((sample) => sample.tag === `p/l/e/${tag}`);

/** How many polls between the first and the last that the device answered are missing. */
function missing(host: TestHost, tag: string): number {
  const numbers = new Set(samplesOf(host, tag).map(({ value }) => Number(value)));
  return Math.max(...numbers) - Math.min(...numbers) + 1 - numbers.size;
}

describe("a gateway whose plant file changes", () => {
  test("takes devices up and lets others go; what did not change is not touched, and no poll is lost", async () => {
    await using folder = await temporaryFolder();
    await using steady = await startCounter();
    await using changed = await startCounter();
    await using gone = await startCounter();
    await using fresh = await startCounter();
    const file = join(folder.path, "plant.yaml");
    const write = (text: string) => replace(file, text);
    const meters = {
      steady: { id: "steady", port: steady.port },
      changed: { id: "changed", port: changed.port },
      gone: { id: "gone", port: gone.port },
      fresh: { id: "fresh", port: fresh.port },
    };
    await write(plantOf([meters.steady, meters.changed, meters.gone]));
    await using broker = await startBroker();
    await using host = await startHost(() => broker.url, "p", "g");
    const child = await startGateway(folder.path, broker.url);
    await host.until(() => ["steady", "changed", "gone"].every((tag) => samplesOf(host, tag).length > 5));

    // Not valid: the old plant stays in force.
    await write(plantOf([meters.steady]).replace("protocol: modbus", "protocol: telepathy"));
    child.kill("SIGHUP");
    const before = samplesOf(host, "gone").length;
    await host.until(() => samplesOf(host, "gone").length > before + 5);

    await write(plantOf([meters.steady, { ...meters.changed, second: true }, meters.fresh]));
    child.kill("SIGHUP");
    await host.until(
      () =>
        samplesOf(host, "changed-second").length > 0 &&
        samplesOf(host, "fresh").length > 5 &&
        host.heard.some(({ type, device }) => type === "DDEATH" && device === "gone"),
    );
    const after = samplesOf(host, "steady").length;
    await host.until(() => samplesOf(host, "steady").length > after + 5);
    await endGateway(child, "SIGTERM");

    expect(child.exitCode).toBe(0);
    expect(host.broken).toEqual([]);
    expect(steady.accepted).toBe(1);
    for (const tag of ["steady", "changed", "gone", "fresh"]) {
      // A read that is under way when the new acquisition takes over is given up: it has read the same at that moment.
      expect([tag, missing(host, tag)]).toEqual([tag, tag === "changed" ? expect.toBeOneOf([0, 1]) : 0]);
      expect(samplesOf(host, tag).filter(({ quality }) => quality !== "good")).toEqual([]);
    }
    const births = host.heard.filter(({ type, device }) => type === "DBIRTH" && device === "changed");
    expect(births.at(-1)?.payload.metrics.some(({ name }) => name === "l/e/changed-second")).toBe(true);
  }, 60_000);
});

test("a gateway whose template file changes takes it over, without being told", async () => {
  await using folder = await temporaryFolder();
  await using meter = await startCounter();
  const kinds = join(folder.path, "kinds.yaml");
  await replace(kinds, kindOf("one"));
  await replace(join(folder.path, "plant.yaml"), plantOfKind(meter.port));
  await using broker = await startBroker();
  await using host = await startHost(() => broker.url, "p", "g");
  const child = await startGateway(folder.path, broker.url);
  await host.until(() => ["own", "one"].every((tag) => samplesOf(host, tag).length > 0));
  await replace(kinds, kindOf("one", "two"));
  await host.until(() => samplesOf(host, "two").length > 0);
  await endGateway(child, "SIGTERM");
  expect(child.exitCode).toBe(0);
  expect(missing(host, "own")).toBeLessThanOrEqual(1);
  expect(host.broken).toEqual([]);
}, 60_000);

describe("the reloader", () => {
  const setup = async (folder: string) => {
    const taken: Plant[] = [];
    const said: string[] = [];
    const log: Log = { ...silentLog, error: (fields) => said.push("error" in fields ? String(fields.error) : "") };
    const clock = new ManualClock(instant(1_000));
    const file = join(folder, "plant.yaml");
    const gateway = {
      reload: async (plant: Plant) => {
        taken.push(plant);
        return { added: [], changed: [], removed: [] };
      },
    };
    const subject = { file, templateFiles: [], id: "g", platform: "p" };
    const reloader = createReloader(subject, gateway, { clock, log, env: {} });
    return { taken, said, file, clock, reloader };
  };

  test("refuses a plant that is not valid with its errors and keeps the old one", async () => {
    await using folder = await temporaryFolder();
    const { taken, said, file, reloader } = await setup(folder.path);
    await writeFile(file, plantOf([{ id: "m", port: 1 }]).replace("format: uint32", "format: uint33"));
    await reloader.reload();
    expect(taken).toEqual([]);
    expect(reloader.note.refused).toMatch(/plant\.yaml:\d+:\d+: .*uint33.*did you mean `uint32`/s);
    expect(said).toEqual([reloader.note.refused]);

    await writeFile(file, plantOf([{ id: "m", port: 1 }], "other"));
    await reloader.reload();
    expect(taken).toEqual([]);
    expect(reloader.note.refused).toMatch(/of platform `other`, this gateway runs for `p`/);

    await writeFile(file, plantOf([{ id: "m", port: 2 }]));
    await reloader.reload();
    expect(taken).toHaveLength(1);
    expect(reloader.note.refused).toBeNull();
  });

  test("watches the template files that the newest plant file names, also where they are refused or not there", async () => {
    await using folder = await temporaryFolder();
    const { taken, file, clock, reloader } = await setup(folder.path);
    const kinds = join(folder.path, "kinds.yaml");
    const stop = new AbortController();
    const watching = reloader.watch(stop.signal);
    /** Writes, differently each time, until it is noticed. */
    const writeUntil = async (path: string, text: string, holds: () => boolean) => {
      for (let i = 0; !holds(); i++) {
        await replace(path, `${text}# ${i}\n`);
        await clock.advance(millis(2_000));
        await stat(path);
      }
    };
    await writeUntil(file, plantOfKind(1), () => /kinds\.yaml.*cannot be read/.test(reloader.note.refused ?? ""));
    await writeUntil(kinds, kindOf("one"), () => taken.length > 0);
    await writeUntil(kinds, kindOf("one", "one"), () => reloader.note.refused !== null);
    expect(reloader.note.refused).toMatch(/tag `one` of template `meter`/);
    await writeUntil(kinds, kindOf("one", "two"), () => reloader.note.refused === null);
    expect(taken.at(-1)?.lines[0]?.equipment[0]?.tags.map(({ id }) => id)).toEqual(["own", "one", "two"]);
    stop.abort();
    await watching;
  });
});

test("files are looked at every two seconds, and a change of any is told of once", async () => {
  await using folder = await temporaryFolder();
  const clock = new ManualClock(instant(1_000));
  const file = join(folder.path, "plant.yaml");
  const beside = join(folder.path, "kinds.yaml");
  await writeFile(file, "one");
  const [few, many] = [5, 5_000];
  const stop = new AbortController();
  const changes = changesOf(() => [file, beside], clock, stop.signal);
  /** Whether a change was told of, after the file has been looked at some times. */
  const isTold = async (next: Promise<unknown>, looks: number) => {
    let told = false;
    void next.then(() => {
      told = true;
    });
    for (let i = 0; i < looks && !told; i++) {
      await stat(file).catch(() => undefined);
      await clock.advance(millis(2_000));
    }
    await stat(file).catch(() => undefined);
    return told;
  };
  const first = changes.next();
  expect(await isTold(first, few)).toBe(false);
  await writeFile(file, "another");
  expect(await isTold(first, many)).toBe(true);
  const second = changes.next();
  expect(await isTold(second, few)).toBe(false);
  await rename(file, `${file}.away`);
  expect(await isTold(second, few)).toBe(false);
  await writeFile(file, "a third one");
  expect(await isTold(second, many)).toBe(true);
  const third = changes.next();
  expect(await isTold(third, few)).toBe(false);
  await writeFile(beside, "new");
  expect(await isTold(third, many)).toBe(true);
  stop.abort();
});
