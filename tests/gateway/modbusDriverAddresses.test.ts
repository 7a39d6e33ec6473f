import { describe, expect, test } from "vitest";
import { systemClock } from "#shared/kit/clock.ts";
import { minutes } from "#shared/model/time.ts";
import { createLearnt } from "../../gateway/drivers/modbus/learnt.ts";
import { createPlanner } from "../../gateway/drivers/modbus/wanted.ts";
import { modbusPolling } from "./defaults.ts";
import { brief, covers, device, env, openOne, uint16, upTo } from "./modbusDevices.ts";
import { type Asked, ownAddress, startModbusServer } from "./modbusServer.ts";

const never = new AbortController().signal;
const places = (asked: readonly Asked[]) => asked.map(({ start, count }) => [start, count]);

/** A driver whose monotonic clock can be put forward. */
async function openWithClock(
  port: number,
  polling: Parameters<typeof device>[2] = {},
  connection: Parameters<typeof device>[1] = {},
) {
  let ahead = 0;
  const clock = { ...systemClock, monotonic: () => (systemClock.monotonic() + ahead) as never };
  const world = { ...env(), clock };
  return {
    driver: await openOne(device(port, connection, polling), world),
    later: (by: number) => {
      ahead += by;
    },
  };
}

describe("forbidden and refused addresses", () => {
  test("a missing address among others is learnt in one read, and divides nothing else", async () => {
    await using server = await startModbusServer((asked) => (covers(asked, 57) ? { exception: 2 } : ownAddress(asked)));
    await using driver = await openOne(device(server.port));
    await driver.connect(never);
    const registers = upTo(120);
    await driver.read(registers.map(uint16), never);
    const before = server.asked.length;
    await driver.read(registers.map(uint16), never);
    expect(places(server.asked.slice(before))).toEqual([
      [0, 57],
      [58, 62],
    ]);
    expect(driver.diagnosis().counters).toMatchObject({ "refused addresses": 1, splits: 0 });
  });

  test("a device that refuses hundreds of addresses is taken apart over several reads, none of them long", async () => {
    await using server = await startModbusServer((asked) => (asked.start < 390 ? { exception: 2 } : ownAddress(asked)));
    await using driver = await openOne(device(server.port, { timeoutMs: 5_000 }));
    await driver.connect(never);
    const points = upTo(400).map(uint16);
    const expected = upTo(400).map((register) => (register < 390 ? "ADDRESS_UNKNOWN" : register));
    const costs: number[] = [];
    while (costs.at(-1) !== 1 && costs.length < 40) {
      const before = server.asked.length;
      expect(brief(await driver.read(points, never)).slice(0, 390)).toEqual(expected.slice(0, 390));
      costs.push(server.asked.length - before);
    }
    expect(Math.max(...costs)).toBeLessThan(100);
    expect(costs.at(-1)).toBe(1);
    expect(brief(await driver.read(points, never))).toEqual(expected);
  });

  test("no request touches an excluded address, not to bridge a gap and not while a culprit is isolated", async () => {
    const forbidden = [5, 6, 7, 40];
    await using server = await startModbusServer((asked) => (covers(asked, 20) ? { exception: 2 } : ownAddress(asked)));
    const exclude = [
      { table: "holding", from: 5, to: 7 },
      { table: "holding", from: 40, to: 40 },
      { table: "input", from: 0, to: 65_535 },
    ] as const;
    await using driver = await openOne(device(server.port, {}, { exclude: [...exclude], maxGap: 50 }));
    await driver.connect(never);
    const registers = upTo(60).filter((register) => !forbidden.includes(register) && register % 2 === 0);
    const expected = registers.map((register) => (register === 20 ? "ADDRESS_UNKNOWN" : register));
    for (let i = 0; i < 3; i++) expect(brief(await driver.read(registers.map(uint16), never))).toEqual(expected);
    expect(server.asked.filter((asked) => forbidden.some((register) => covers(asked, register)))).toEqual([]);
    // An address that the check would not have let through is not asked for either.
    const before = server.asked.length;
    expect(brief(await driver.read([uint16(6)], never))).toEqual(["ADDRESS_UNKNOWN"]);
    expect(server.asked).toHaveLength(before);
  });

  test("what a device taught is kept over a lost connection", async () => {
    const state = { cut: false };
    await using server = await startModbusServer((asked) => {
      if (state.cut) return "reset";
      return covers(asked, 9) || covers(asked, 30) ? { exception: 2 } : ownAddress(asked);
    });
    await using driver = await openOne(device(server.port));
    await driver.connect(never);
    // 9 is wanted and missing, 30 is a hole between two that are wanted.
    const points = [0, 3, 6, 9, 12, 28, 32].map(uint16);
    const expected = [0, 3, 6, "ADDRESS_UNKNOWN", 12, 28, 32];
    expect(brief(await driver.read(points, never))).toEqual(expected);
    await driver.read(points, never);
    state.cut = true;
    await expect(driver.read(points, never)).rejects.toMatchObject({ code: "NOT_CONNECTED" });
    state.cut = false;
    await driver.connect(never);
    const before = server.asked.length;
    expect(brief(await driver.read(points, never))).toEqual(expected);
    const after = server.asked.slice(before);
    expect(places(after).toSorted(([a = 0], [b = 0]) => a - b)).toEqual([
      [0, 7],
      [12, 1],
      [28, 1],
      [32, 1],
    ]);
  });

  test("a refused address costs one request a minute, however many there are; once answered, all come back", async () => {
    const state = { refuses: true };
    await using server = await startModbusServer((asked) =>
      state.refuses && asked.start >= 100 ? { exception: 2 } : ownAddress(asked),
    );
    const { driver, later } = await openWithClock(server.port);
    await using _ = driver;
    await driver.connect(never);
    const points = [1, 100, 110, 120, 130].map(uint16);
    const bad = ["ADDRESS_UNKNOWN", "ADDRESS_UNKNOWN", "ADDRESS_UNKNOWN", "ADDRESS_UNKNOWN"];
    expect(brief(await driver.read(points, never))).toEqual([1, ...bad]);
    const asked = async () => {
      const before = server.asked.length;
      const readings = await driver.read(points, never);
      return { readings: brief(readings), requests: server.asked.length - before };
    };
    expect(await asked()).toEqual({ readings: [1, ...bad], requests: 1 });
    later(minutes(1) + 1);
    expect(await asked()).toEqual({ readings: [1, ...bad], requests: 2 });
    state.refuses = false;
    expect(await asked()).toEqual({ readings: [1, 100, 110, 120, 130], requests: 5 });
    expect(driver.diagnosis().warnings).toEqual([]);
    // And they are read together again.
    expect(await asked()).toEqual({ readings: [1, 100, 110, 120, 130], requests: 2 });
  });

  test("after a day the device is read across its holes again", async () => {
    const state = { hole: true };
    await using server = await startModbusServer((asked) =>
      state.hole && covers(asked, 5) ? { exception: 2 } : ownAddress(asked),
    );
    const { driver, later } = await openWithClock(server.port);
    await using _ = driver;
    await driver.connect(never);
    const points = [uint16(0), uint16(9)];
    await driver.read(points, never);
    state.hole = false;
    const requests = async () => {
      const before = server.asked.length;
      expect(brief(await driver.read(points, never))).toEqual([0, 9]);
      return places(server.asked.slice(before));
    };
    expect(await requests()).toHaveLength(2);
    later(24 * minutes(60) + 1);
    expect(await requests()).toEqual([[0, 10]]);
  });
});

describe("addresses that get no answer", () => {
  test("are isolated while others are answered, cost one request a minute, and come back", async () => {
    const state = { silent: true };
    await using server = await startModbusServer((asked) =>
      state.silent && covers(asked, 9) ? "silence" : ownAddress(asked),
    );
    const { driver, later } = await openWithClock(server.port, { retries: 0 }, { timeoutMs: 200 });
    await using _ = driver;
    await driver.connect(never);
    const registers = [...upTo(16), 900];
    const points = registers.map(uint16);
    const asked = async () => {
      const before = server.asked.length;
      const readings = await driver.read(points, never);
      return { readings: brief(readings), places: places(server.asked.slice(before)) };
    };
    const whole = {
      readings: registers,
      places: [
        [0, 16],
        [900, 1],
      ],
    };
    const isolated = registers.map((register) => (register === 9 ? "TIMEOUT" : register));
    expect((await asked()).readings).toEqual(registers.map((register) => (register < 16 ? "TIMEOUT" : register)));
    let bad = 16;
    for (let reads = 0; driver.diagnosis().counters["refused addresses"] === 0; reads++) {
      const { readings } = await asked();
      const now = readings.filter((reading) => reading === "TIMEOUT").length;
      expect(now).toBeLessThanOrEqual(bad);
      expect(reads).toBeLessThan(30);
      bad = now;
    }
    const around = {
      readings: isolated,
      places: [
        [0, 9],
        [10, 6],
        [900, 1],
      ],
    };
    expect(await asked()).toEqual(around);
    expect(driver.diagnosis().warnings).toEqual([
      "unit-1 says nothing to holding 9 of holding 9, and answers others: compare the tag's address with the device's " +
        "register list.",
    ]);
    later(minutes(1) + 1);
    expect(await asked()).toEqual({ ...around, places: [...around.places, [9, 1]] });
    expect(await asked()).toEqual(around);

    state.silent = false;
    later(minutes(1) + 1);
    expect((await asked()).readings).toEqual(registers);
    expect(await asked()).toEqual(whole);
    expect(driver.diagnosis().warnings).toEqual([]);
  });

  test("two answers that are missing in a row divide nothing; nor do any, where nothing else is answered", async () => {
    const state = { silences: 2, isDead: false };
    await using server = await startModbusServer((asked) =>
      state.isDead || (asked.start < 900 && state.silences-- > 0) ? "silence" : ownAddress(asked),
    );
    await using driver = await openOne(device(server.port, { timeoutMs: 200 }, { retries: 0 }));
    await driver.connect(never);
    const points = [uint16(1), uint16(5), uint16(900)];
    await driver.read(points, never);
    await driver.read(points, never);
    for (let i = 0; i < 2; i++) {
      expect(brief(await driver.read(points, never))).toEqual([1, 5, 900]);
      state.silences = 1;
      expect(brief(await driver.read(points, never))).toEqual(["TIMEOUT", "TIMEOUT", 900]);
    }
    state.isDead = true;
    for (let i = 0; i < 4; i++) {
      await expect(driver.read(points, never)).rejects.toMatchObject({ code: "TIMEOUT" });
      await driver.connect(never);
    }
    expect(driver.diagnosis().counters).toMatchObject({ "refused addresses": 0, splits: 0 });
  });
});

describe("planning", () => {
  const points = [uint16(1), uint16(2), uint16(1)];

  test("a list of points is planned once, and again after the device taught something", () => {
    const learnt = createLearnt([]);
    const readsOf = createPlanner(modbusPolling, learnt);
    const now = systemClock.monotonic();
    const first = readsOf(points, learnt.version(now));
    expect(readsOf(points, learnt.version(now))).toBe(first);
    expect(first.requests.map(({ start, count, spans }) => [start, count, spans.length])).toEqual([[1, 2, 2]]);
    const [span] = first.spanOf;
    if (!span) throw new Error("A point has a span.");
    expect(learnt.refuse(span, 2, now)).toBe(true);
    expect(learnt.refuse(span, 2, now)).toBe(false);
    const second = readsOf(points, learnt.version(now));
    expect(second.requests.map(({ start, count }) => [start, count])).toEqual([[2, 1]]);
    expect(second.spanOf).toEqual(first.spanOf);
    expect(readsOf(points, learnt.version(now))).toBe(second);
  });
});
