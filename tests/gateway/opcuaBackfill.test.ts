// The time of a lost connection is filled from the server's history, through the driver as the gateway uses it.
import { DataType } from "node-opcua";
import { describe, expect, test } from "vitest";
import { instant, millis } from "#shared/model/time.ts";
import type { OpcuaAddress, OpcuaPolling } from "#shared/plant/protocols/opcua.ts";
import type { Driver, Point, Reading } from "../../gateway/driver.ts";
import { createGaps } from "../../gateway/drivers/opcua/gaps.ts";
import { opcua } from "../../gateway/drivers/opcua/module.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { env } from "./modbusDevices.ts";
import { addAlarms } from "./opcuaAlarms.ts";
import { node, opcuaDevice } from "./opcuaBench.ts";
import { addHistorised, type PlantServer, startPlantServer } from "./opcuaPlantServer.ts";
import { startValve } from "./valve.ts";

interface Run extends AsyncDisposable {
  readonly driver: Driver<OpcuaAddress>;
  /** Readings per point over all connections, in the order of arrival. */
  readonly readings: readonly (readonly Reading[])[];
  /** Connects and subscribes; `lost` settles when the connection is. */
  connect(): Promise<{ readonly lost: Promise<unknown> }>;
  until(holds: () => boolean): Promise<void>;
}

async function run(
  folder: string,
  port: number,
  points: readonly Point<OpcuaAddress>[],
  polling: Partial<OpcuaPolling> = {},
): Promise<Run> {
  const driver = (await opcua.load(env(folder))).driver(opcuaDevice(port, polling));
  const readings = points.map((): Reading[] => []);
  const waiting = new Set<() => void>();
  const stopping = new AbortController();
  const running: Promise<unknown>[] = [];
  const push = (index: number, reading: Reading) => {
    readings[index]?.push(reading);
    for (const wake of waiting) wake();
    waiting.clear();
  };
  return {
    driver,
    readings,
    connect: async () => {
      await driver.connect(stopping.signal);
      const lost = driver.subscribe?.(points, push, stopping.signal).catch((error: unknown) => error);
      running.push(Promise.resolve(lost));
      return { lost: Promise.resolve(lost) };
    },
    until: async (holds) => {
      while (!holds()) await new Promise<void>((resolve) => waiting.add(resolve));
    },
    [Symbol.asyncDispose]: async () => {
      stopping.abort();
      await Promise.all(running);
      await driver[Symbol.asyncDispose]();
    },
  };
}

const set = (server: PlantServer, name: string, value: number, at: Date) =>
  server.variable(name).setValueFromSource({ dataType: DataType.Double, value }, undefined, at);

const live = (list: readonly Reading[] = []) => list.filter(({ historical }) => !historical).map(({ value }) => value);
const filled = (list: readonly Reading[] = []) => list.filter(({ historical }) => historical).map(({ value }) => value);

/** A server behind a valve whose `kept` has a history and whose `plain` has none. */
async function bench(folder: string) {
  const server = await startPlantServer(folder, {
    fill: (namespace) => {
      addHistorised(namespace, "kept", [[0, Date.now()]]);
      const plain = addHistorised(namespace, "plain", [[0, Date.now()]]);
      plain.accessLevel = 1;
    },
  });
  const valve = await startValve(server.port);
  let at = Date.now();
  /** Each value has a time of its own, in order. */
  const write = (value: number) => {
    at = Math.max(at + 1, Date.now());
    for (const name of ["kept", "plain"]) set(server, name, value, new Date(at));
  };
  return { server, valve, write };
}

describe("a server that is away for a while and keeps a history", () => {
  test("every value of the time in between is given as historical exactly once, at every loss", async () => {
    await using folder = await temporaryFolder();
    const { server, valve, write } = await bench(folder.path);
    await using _server = server;
    await using _valve = valve;
    await using driver = await run(folder.path, valve.port, [node("kept"), node("plain")]);
    const [kept, plain] = driver.readings;
    let next = 1;
    const many = (count: number) => Array.from({ length: count }, () => next++);
    const expected: number[] = [];

    let { lost } = await driver.connect();
    await driver.until(() => driver.readings.every(({ length }) => length > 0));
    for (let loss = 0; loss < 2; loss++) {
      for (const value of many(5)) write(value);
      const before = next - 1;
      await driver.until(() => live(kept).at(-1) === before && live(plain).at(-1) === before);
      await valve.shut();
      expect(await lost).toMatchObject({ verdict: "retry" });
      const missed = many(30);
      for (const value of missed) write(value);
      expected.push(...missed);
      await valve.open();
      // The last of the missed values is what is current on the return.
      write(next++);
      ({ lost } = await driver.connect());
      await driver.until(() => filled(kept).length >= expected.length);
    }
    expect(filled(kept)).toEqual(expected);
    expect(filled(plain)).toEqual([]);
    // Nothing came twice: neither live and again from the history, nor at two times.
    const all = (kept ?? []).map(({ value }) => value);
    expect(all.toSorted((a, b) => Number(a) - Number(b))).toEqual(Array.from({ length: next }, (_, i) => i));
    expect(new Set((kept ?? []).map(({ at }) => at)).size).toBe(all.length);
  }, 90_000);

  test("what the server's queue could not hold is filled too", async () => {
    await using folder = await temporaryFolder();
    const { server, valve, write } = await bench(folder.path);
    await using _server = server;
    await using _valve = valve;
    await using driver = await run(folder.path, valve.port, [node("kept")]);
    const [kept] = driver.readings;
    await driver.connect();
    await driver.until(() => live(kept).length > 0);
    // More in one moment than the queue holds for a second's publishing.
    for (let i = 1; i <= 2_000; i++) write(i);
    await driver.until(() => (kept ?? []).length === 2_001);
    expect(filled(kept).length).toBeGreaterThan(500);
    const all = (kept ?? []).map(({ value }) => Number(value)).toSorted((a, b) => a - b);
    expect(all).toEqual(Array.from({ length: 2_001 }, (_, i) => i));
  }, 60_000);

  test("a server that is restarted and has kept its history is asked for the time in between", async () => {
    await using folder = await temporaryFolder();
    const start = (values: readonly (readonly [value: number, at: number])[], port = 0) =>
      startPlantServer(folder.path, { fill: (namespace) => addHistorised(namespace, "kept", values), port });
    const before = [0, 1, 2].map((value) => [value, Date.now() - 100 + value] as const);
    const first = await start(before);
    await using driver = await run(folder.path, first.port, [node("kept")]);
    const [kept] = driver.readings;
    let isOver = false;
    const staying = (async () => {
      // The library may repair the connection itself; where it does not, the gateway connects again.
      while (!isOver) {
        const connection = await driver.connect().catch(() => undefined);
        await connection?.lost;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    })();
    await driver.until(() => live(kept).at(-1) === 2);
    await first[Symbol.asyncDispose]();
    const down = Date.now();
    const after = Array.from({ length: 37 }, (_, i) => [i + 3, down + i] as const);
    await using second = await start([...before, ...after], first.port);
    await driver.until(() => filled(kept).length >= 36);
    expect(filled(kept)).toEqual(Array.from({ length: 36 }, (_, i) => i + 3));
    expect(second.asked.map(([service]) => service)).toContain("HistoryRead");
    isOver = true;
    await driver[Symbol.asyncDispose]();
    await staying;
  }, 60_000);

  test("without polling.backfill nothing is asked for", async () => {
    await using folder = await temporaryFolder();
    const { server, valve, write } = await bench(folder.path);
    await using _server = server;
    await using _valve = valve;
    await using driver = await run(folder.path, valve.port, [node("kept")], { backfill: false });
    const { lost } = await driver.connect();
    await driver.until(() => live(driver.readings[0]).length > 0);
    await valve.shut();
    await lost;
    for (let i = 1; i <= 5; i++) write(i);
    await valve.open();
    await driver.connect();
    await driver.until(() => live(driver.readings[0]).at(-1) === 5);
    // Longer than a gap waits.
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    expect(filled(driver.readings[0])).toEqual([]);
    expect(server.asked.map(([service]) => service)).not.toContain("HistoryRead");
  }, 60_000);
});

test("an event tag gets the alarms, and the standing ones again after a loss", async () => {
  await using folder = await temporaryFolder();
  let raise: (value: number) => void = () => {};
  await using server = await startPlantServer(folder.path, {
    fill: (namespace) => {
      const { A } = addAlarms(namespace, ["A"]);
      raise = (value) => A?.set(value);
    },
  });
  await using valve = await startValve(server.port);
  const points: readonly Point<OpcuaAddress>[] = [{ address: { events: "i=2253" }, report: "every" }, node("A")];
  await using driver = await run(folder.path, valve.port, points);
  const events = () => (driver.readings[0] ?? []).map(({ value }) => JSON.parse(String(value)));
  const { lost } = await driver.connect();
  await driver.until(() => events().length === 1 && (driver.readings[1]?.length ?? 0) > 0);
  expect(events()[0]).toMatchObject({ kind: "standing", conditions: [] });
  raise(95);
  await driver.until(() => events().length === 2);
  expect(events()[1]).toMatchObject({ kind: "condition", limit: "High", refresh: false });
  await valve.shut();
  await lost;
  await valve.open();
  await driver.connect();
  await driver.until(() => events().length === 4);
  expect(events().slice(2)).toMatchObject([
    { kind: "condition", limit: "High", refresh: true },
    { kind: "standing", conditions: [expect.stringContaining("s=AAlarm")] },
  ]);
}, 60_000);

describe("gaps between subscriptions", () => {
  const at = instant;
  const spans = (gaps: ReturnType<typeof createGaps>) => gaps.take().map(({ point, from, to }) => [point, from, to]);

  test("lie between the last value before and the first one after", () => {
    const gaps = createGaps(millis(100));
    gaps.begin();
    gaps.live(0, at(1_000));
    gaps.live(0, at(1_050));
    gaps.live(1, at(1_040));
    gaps.heard(at(1_060));
    expect(spans(gaps)).toEqual([]);
    gaps.begin();
    gaps.heard(at(5_000));
    gaps.live(1, at(5_000));
    gaps.live(0, at(4_000));
    gaps.live(0, at(6_000));
    expect(spans(gaps)).toEqual([
      [1, 1_040, 5_000],
      [0, 1_050, 4_000],
    ]);
    expect(spans(gaps)).toEqual([]);
  });

  test("begin no earlier than the server was last heard of: until then a change would have been told", () => {
    const gaps = createGaps(millis(100));
    gaps.begin();
    gaps.live(0, at(1_000));
    gaps.heard(at(9_000));
    gaps.begin();
    gaps.live(0, at(20_000));
    expect(spans(gaps)).toEqual([[0, 8_900, 20_000]]);
  });

  test("are none where the value is the one that is known, or where nothing was known", () => {
    const gaps = createGaps(millis(100));
    gaps.begin();
    gaps.live(0, at(1_000));
    gaps.begin();
    gaps.live(0, at(1_000));
    gaps.live(1, at(2_000));
    gaps.live(0, at(3_000));
    expect(spans(gaps)).toEqual([]);
  });

  test("lie before a value that follows lost ones", () => {
    const gaps = createGaps(millis(100));
    gaps.begin();
    gaps.live(0, at(1_000), true);
    gaps.live(0, at(2_000), true);
    gaps.live(0, at(3_000));
    expect(spans(gaps)).toEqual([[0, 1_000, 2_000]]);
  });

  test("that could not be filled wait for the next time, from where they were filled", () => {
    const gaps = createGaps(millis(100));
    gaps.begin();
    gaps.live(0, at(1_000));
    gaps.begin();
    gaps.live(0, at(2_000));
    const [gap] = gaps.take();
    if (!gap) throw new Error("no gap");
    gap.from = at(1_500);
    gaps.giveBack([gap]);
    expect(spans(gaps)).toEqual([[0, 1_500, 2_000]]);
  });
});
