import { describe, expect, test } from "vitest";
import { createMetrics } from "#shared/kit/metrics.ts";
import { parsePlant } from "#shared/plant/load.ts";
import type { ModbusAddress } from "#shared/plant/protocols/modbus.ts";
import { plantTags } from "#shared/plant/select.ts";
import type { Point } from "../../gateway/driver.ts";
import { modbus } from "../../gateway/drivers/modbus/module.ts";
import { goodCase } from "../plant/cases.ts";
import { brief, covers, device, env, openOne, point, uint16, upTo } from "./modbusDevices.ts";
import { type Act, ownAddress, startModbusServer } from "./modbusServer.ts";

const never = new AbortController().signal;

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
