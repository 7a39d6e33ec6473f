import { describe, expect, test } from "vitest";
import { systemClock } from "#shared/kit/clock.ts";
import { createMetrics } from "#shared/kit/metrics.ts";
import { minutes } from "#shared/model/time.ts";
import { parsePlant } from "#shared/plant/load.ts";
import type { ModbusAddress } from "#shared/plant/protocols/modbus.ts";
import { plantTags } from "#shared/plant/select.ts";
import type { Point, Reading } from "../../gateway/driver.ts";
import { createLearnt } from "../../gateway/drivers/modbus/learnt.ts";
import { modbus } from "../../gateway/drivers/modbus/module.ts";
import { createPlanner } from "../../gateway/drivers/modbus/wanted.ts";
import { goodCase } from "../plant/cases.ts";
import { modbusPolling } from "./defaults.ts";
import { device, env, openOne, point, uint16 } from "./modbusDevices.ts";
import { type Act, type Asked, ownAddress, startModbusServer } from "./modbusServer.ts";

const never = new AbortController().signal;
const brief = (readings: readonly Reading[]) =>
  readings.map((reading) => (reading.quality === "bad" ? reading.reason : reading.value));
const covers = ({ start, count }: Asked, register: number) => start <= register && register < start + count;
const places = (asked: readonly Asked[]) => asked.map(({ start, count }) => [start, count]);
const upTo = (n: number) => Array.from({ length: n }, (_, i) => i);

/** A driver whose monotonic clock can be put forward. */
async function openWithClock(port: number, polling: Parameters<typeof device>[2] = {}) {
  let ahead = 0;
  const clock = { ...systemClock, monotonic: () => (systemClock.monotonic() + ahead) as never };
  const world = { ...env(), clock };
  return {
    driver: await openOne(device(port, {}, polling), world),
    later: (by: number) => {
      ahead += by;
    },
  };
}

describe("what a device answers with an exception", () => {
  test.each<[number, string, number]>([
    [1, "ADDRESS_UNKNOWN", 1],
    [2, "ADDRESS_UNKNOWN", 1],
    [3, "ADDRESS_UNKNOWN", 1],
    [4, "DEVICE_FAULT", 1],
    [5, "BUSY", 2],
    [6, "BUSY", 2],
    [7, "DEVICE_FAULT", 1],
    [8, "DEVICE_FAULT", 1],
    [99, "DEVICE_FAULT", 1],
  ])("exception %i makes the value bad %s, asked %i times", async (exception, reason, asked) => {
    await using server = await startModbusServer(() => ({ exception }));
    await using driver = await openOne(device(server.port));
    await driver.connect(never);
    expect(brief(await driver.read([uint16(3)], never))).toEqual([reason]);
    expect(server.asked).toHaveLength(asked);
  });

  test("a busy device gets a rest, and its answer then counts", async () => {
    await using server = await startModbusServer((asked, at) => (at === 0 ? { exception: 6 } : ownAddress(asked)));
    await using driver = await openOne(device(server.port));
    await driver.connect(never);
    expect(brief(await driver.read([uint16(3)], never))).toEqual([3]);
    expect(driver.diagnosis().counters).toMatchObject({ retries: 1, "exception 6": 1 });
  });

  test("a table that the device does not know is asked for once, not halved", async () => {
    await using server = await startModbusServer((asked) =>
      asked.functionCode === 4 ? { exception: 1 } : ownAddress(asked),
    );
    await using driver = await openOne(device(server.port));
    await driver.connect(never);
    const inputs = upTo(100).map((register) => point({ table: "input", register, format: "uint16" }));
    const readings = brief(await driver.read([...inputs, uint16(5)], never));
    expect(readings).toEqual([...inputs.map(() => "ADDRESS_UNKNOWN"), 5]);
    expect(server.asked).toHaveLength(2);
  });
});

describe("missing and damaged answers", () => {
  test("a lost answer is asked for again within the read, and counted", async () => {
    await using server = await startModbusServer((asked, at) => (at === 1 ? "silence" : ownAddress(asked)));
    await using driver = await openOne(device(server.port));
    await driver.connect(never);
    await driver.read([uint16(1)], never);
    expect(brief(await driver.read([uint16(2)], never))).toEqual([2]);
    expect(driver.diagnosis().counters.retries).toBe(1);
  });

  test("as often as polling.retries says, and no more", async () => {
    const state = { silences: 0 };
    await using server = await startModbusServer((asked) => (state.silences-- > 0 ? "silence" : ownAddress(asked)));
    await using driver = await openOne(device(server.port, { timeoutMs: 60 }, { retries: 3 }));
    await driver.connect(never);
    await driver.read([uint16(1)], never);
    state.silences = 3;
    expect(brief(await driver.read([uint16(2)], never))).toEqual([2]);
    state.silences = 4;
    expect(brief(await driver.read([uint16(2)], never))).toEqual(["TIMEOUT"]);
    expect(driver.diagnosis().counters).toMatchObject({ requests: 9, retries: 6, timeouts: 7 });
  });

  test("with no retries it is bad at once", async () => {
    await using server = await startModbusServer((asked, at) => (at === 1 ? "silence" : ownAddress(asked)));
    await using driver = await openOne(device(server.port, {}, { retries: 0 }));
    await driver.connect(never);
    await driver.read([uint16(1)], never);
    expect(brief(await driver.read([uint16(2)], never))).toEqual(["TIMEOUT"]);
    expect(brief(await driver.read([uint16(2)], never))).toEqual([2]);
    expect(driver.diagnosis().counters.retries).toBe(0);
  });

  test("a damaged answer is asked for again, and is MALFORMED when it stays so; the device is not lost", async () => {
    const otherFunction = (transaction: number) =>
      Buffer.from([transaction >> 8, transaction & 255, 0, 0, 0, 5, 1, 4, 2, 0, 7]);
    const bad = new Set([1, 3, 4]);
    await using server = await startModbusServer((asked, at) =>
      bad.has(at) ? { raw: otherFunction } : ownAddress(asked),
    );
    await using driver = await openOne(device(server.port, { timeoutMs: 5_000 }));
    await driver.connect(never);
    const seen: unknown[] = [];
    for (let i = 0; i < 4; i++) seen.push(...brief(await driver.read([uint16(i)], never)));
    expect(seen).toEqual([0, 1, "MALFORMED", 3]);
    expect(driver.diagnosis().counters).toMatchObject({ requests: 6, retries: 2, "bad frames": 3, timeouts: 0 });
  });

  test("a block that is never answered makes its own tags bad, and the device stays", async () => {
    await using server = await startModbusServer((asked) => (covers(asked, 900) ? "silence" : ownAddress(asked)));
    await using driver = await openOne(device(server.port, { timeoutMs: 60 }));
    await driver.connect(never);
    const points = [uint16(1), uint16(900), uint16(400)];
    for (let i = 0; i < 3; i++) expect(brief(await driver.read(points, never))).toEqual([1, "TIMEOUT", 400]);
  });
});

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

describe("several requests at once", () => {
  test.each([1, 4])("%i in flight, where the connection says so, and every value is its own", async (inFlight) => {
    await using server = await startModbusServer(ownAddress, 10);
    await using driver = await openOne(device(server.port, { inFlight, timeoutMs: 10_000 }));
    await driver.connect(never);
    const registers = upTo(8).map((i) => i * 1_000);
    for (let i = 0; i < 2; i++) expect(brief(await driver.read(registers.map(uint16), never))).toEqual(registers);
    expect(server.mostInFlight).toBe(inFlight);
  });
});

describe("several groups of one device", () => {
  test("read at the same time, each gets its own values, and they learn for each other", async () => {
    await using server = await startModbusServer(
      (asked) => (covers(asked, 40) ? { exception: 2 } : ownAddress(asked)),
      3,
    );
    await using driver = await openOne(device(server.port, { timeoutMs: 5_000 }));
    await driver.connect(never);
    const groups = upTo(4).map((i) => upTo(25).map((j) => uint16(i + 4 * j)));
    const expected = upTo(4).map((i) => upTo(25).map((j) => (i + 4 * j === 40 ? "ADDRESS_UNKNOWN" : i + 4 * j)));
    for (let round = 0; round < 3; round++) {
      const readings = await Promise.all(groups.map((points) => driver.read(points, never)));
      expect(readings.map(brief)).toEqual(expected);
    }
    expect(server.mostInFlight).toBe(1);
  });

  test("a group that fails late does not end the connection that stands by then", async () => {
    const state = { silent: true };
    await using server = await startModbusServer((asked) =>
      state.silent && asked.start >= 500 ? "silence" : ownAddress(asked),
    );
    await using driver = await openOne(device(server.port, { timeoutMs: 300 }, { retries: 0 }));
    await driver.connect(never);
    const stop = new AbortController();
    const late = driver.read([uint16(500)], never).catch(() => "failed");
    const first = driver.read([uint16(1)], stop.signal).catch(() => "failed");
    stop.abort(new Error("stopped by the test"));
    expect(await first).toBe("failed");
    await driver.connect(never);
    expect(await late).toBe("failed");
    state.silent = false;
    expect(brief(await driver.read([uint16(7)], never))).toEqual([7]);
  });
});

describe("two drivers of one unit, as while a device is handed over to its new description", () => {
  test("share the connection, and the end of one does not cut the other off", async () => {
    await using server = await startModbusServer(ownAddress, 20);
    const protocol = await modbus.load(env());
    const old = protocol.driver(device(server.port, { timeoutMs: 5_000 }));
    await old.connect(never);
    expect(brief(await old.read([uint16(1)], never))).toEqual([1]);
    await using next = protocol.driver(device(server.port, { timeoutMs: 6_000, byteOrder: "DCBA" }));
    await next.connect(never);
    const reading = next.read([uint16(2)], never);
    await old[Symbol.asyncDispose]();
    await old[Symbol.asyncDispose]();
    expect(brief(await reading)).toEqual([2]);
    expect(brief(await next.read([uint16(3)], never))).toEqual([3]);
    expect(server.accepted).toBe(1);
    await next[Symbol.asyncDispose]();
    await expect.poll(() => server.open).toBe(0);
  });

  test("other settings of the line are another connection", async () => {
    await using server = await startModbusServer(ownAddress);
    const protocol = await modbus.load(env());
    await using old = protocol.driver(device(server.port));
    await using next = protocol.driver(device(server.port, { inFlight: 4 }));
    await old.connect(never);
    await next.connect(never);
    expect(brief(await next.read([uint16(3)], never))).toEqual([3]);
    expect(server.accepted).toBe(2);
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

describe("diagnosis", () => {
  const tags: readonly Point<ModbusAddress>[] = (() => {
    const { plant } = parsePlant(goodCase("small"), "plant.yaml", {});
    if (!plant) throw new Error("The case file is refused.");
    return plantTags(plant)
      .filter(({ device: { protocol } }) => protocol === "modbus")
      .map((tag) => ({ address: tag.address as ModbusAddress, report: "change" as const, tag }));
  })();

  test("a refused address is a warning that names tag, address, exception and remedy", async () => {
    await using server = await startModbusServer(() => ({ exception: 2 }));
    await using driver = await openOne(device(server.port, {}, {}, "meter"));
    await driver.connect(never);
    await driver.read(tags, never);
    expect(driver.diagnosis().warnings).toEqual([
      "meter refuses holding 100–103 of oven/energy with exception 2 (illegal data address): compare the tag's " +
        "address with the device's register list.",
    ]);
  });

  test("many are told in eleven sentences", async () => {
    await using server = await startModbusServer(() => ({ exception: 2 }));
    await using driver = await openOne(device(server.port, {}, {}, "meter"));
    await driver.connect(never);
    await driver.read(upTo(40).map(uint16), never);
    const { warnings } = driver.diagnosis();
    expect(warnings).toHaveLength(11);
    expect(warnings.at(-1)).toMatch(/^meter refuses 30 more addresses, from holding 10 on: /);
  });

  test("counts by exception code, latency and metrics with few labels", async () => {
    const codes = [2, 4, 99, 100, 101];
    await using server = await startModbusServer((asked) => {
      const exception = codes[asked.start - 1_000];
      return exception === undefined ? ownAddress(asked) : { exception };
    });
    const metrics = createMetrics();
    await using driver = await openOne(device(server.port, {}, { maxGap: 0, maxRegisters: 1 }), { ...env(), metrics });
    await driver.connect(never);
    expect(driver.diagnosis()).toMatchObject({ warnings: [], latencyMs: null, certificates: [] });
    const act: Act[] = [];
    for (const [i] of codes.entries()) await driver.read([uint16(1_000 + i)], never).then(() => act.push("end"));
    await driver.read(upTo(20).map(uint16), never);
    const { counters, latencyMs } = driver.diagnosis();
    expect(counters).toMatchObject({ "exception 2": 1, "exception 4": 1, "exception other": 3, retries: 0 });
    expect(latencyMs?.p50).toBeGreaterThan(0);
    expect(latencyMs?.p99).toBeGreaterThanOrEqual(latencyMs?.p50 ?? Number.NaN);
    const text = metrics.render();
    expect(text).toContain('gateway_modbus_requests_total{device="unit-1",outcome="answered"} 20');
    expect(text).toContain('gateway_modbus_requests_total{device="unit-1",outcome="exception"} 5');
    expect(text).toContain('gateway_modbus_exceptions_total{code="other",device="unit-1"} 3');
    expect(text).not.toContain('code="99"');
  });
});
