import { describe, expect, test } from "vitest";
import type { Reading } from "../../gateway/driver.ts";
import { modbus } from "../../gateway/drivers/modbus/module.ts";
import { device, env, openOne, uint16 } from "./modbusDevices.ts";
import { type Act, ownAddress, startModbusServer } from "./modbusServer.ts";

const never = new AbortController().signal;
const brief = (readings: readonly Reading[]) =>
  readings.map(
    ({ value, quality, ...rest }) => ("reason" in rest && rest.reason) || (quality === "good" ? value : quality),
  );

describe("Modbus TCP driver against a scripted server", () => {
  test("reads 40 scattered registers in one request, one in flight", async () => {
    await using server = await startModbusServer(ownAddress, 5);
    await using driver = await openOne(device(server.port));
    await driver.connect(never);
    const registers = Array.from({ length: 40 }, (_, i) => i * 3);
    const [first, second] = await Promise.all([
      driver.read(registers.map(uint16), never),
      driver.read(registers.map(uint16), never),
    ]);
    expect(brief(first)).toEqual(registers);
    expect(brief(second)).toEqual(registers);
    expect(server.asked.map(({ start, count }) => [start, count])).toEqual([
      [0, 118],
      [0, 118],
    ]);
    expect(server.mostInFlight).toBe(1);
  });

  test("a device that falls silent gives bad TIMEOUT once, then counts as lost and its connection is renewed", async () => {
    const state = { silent: false };
    await using server = await startModbusServer((asked) => (state.silent ? "silence" : ownAddress(asked)));
    await using driver = await openOne(device(server.port));
    await driver.connect(never);
    expect(brief(await driver.read([uint16(7)], never))).toEqual([7]);
    state.silent = true;
    expect(brief(await driver.read([uint16(7)], never))).toEqual(["TIMEOUT"]);
    await expect(driver.read([uint16(7)], never)).rejects.toMatchObject({ verdict: "retry" });
    state.silent = false;
    await driver.connect(never);
    expect(brief(await driver.read([uint16(7)], never))).toEqual([7]);
    expect(server.open).toBe(1);
  });

  test("a unit that has not answered since its connection is asked once, then counts as lost", async () => {
    await using server = await startModbusServer(() => "silence");
    await using driver = await openOne(device(server.port, {}, { retries: 3 }));
    await driver.connect(never);
    await expect(driver.read([uint16(7)], never)).rejects.toMatchObject({ code: "TIMEOUT" });
    expect(server.asked).toHaveLength(1);
  });

  test.each<Act>(["reset", "end"])(
    "a connection that the device ends by %s rejects at once, not after the timeout",
    async (act) => {
      await using server = await startModbusServer(() => act);
      await using driver = await openOne(device(server.port, { timeoutMs: 20_000 }));
      await driver.connect(never);
      const began = performance.now();
      await expect(driver.read([uint16(0)], never)).rejects.toMatchObject({ code: "NOT_CONNECTED" });
      expect(performance.now() - began).toBeLessThan(2_000);
    },
  );

  test("thirty reconnections leave one socket at the device", async () => {
    await using server = await startModbusServer(() => "reset");
    await using driver = await openOne(device(server.port));
    for (let i = 0; i < 30; i++) {
      await driver.connect(never);
      await driver.read([uint16(0)], never).catch(() => {});
    }
    await driver.connect(never);
    await expect.poll(() => server.open).toBe(1);
    expect(server.accepted).toBe(31);
  });

  test("exception 2 in a merged block is isolated: only the wrong tag is bad, and the next poll asks for the others together", async () => {
    const missing = 57;
    const refuses = ({ start, count }: { start: number; count: number }) => start <= missing && missing < start + count;
    await using server = await startModbusServer((asked) => (refuses(asked) ? { exception: 2 } : ownAddress(asked)));
    await using driver = await openOne(device(server.port));
    await driver.connect(never);
    const registers = Array.from({ length: 120 }, (_, i) => i);
    const expected = registers.map((register) => (register === missing ? "ADDRESS_UNKNOWN" : register));
    expect(brief(await driver.read(registers.map(uint16), never))).toEqual(expected);
    // Not read across from now on.
    const before = server.asked.length;
    expect(brief(await driver.read(registers.map(uint16), never))).toEqual(expected);
    expect(server.asked.slice(before).map(({ start, count }) => [start, count])).toEqual([
      [0, 57],
      [58, 62],
    ]);
  });

  test("a hole between two tags is not read across again", async () => {
    const refuses = ({ start, count }: { start: number; count: number }) => start <= 5 && 5 < start + count;
    await using server = await startModbusServer((asked) => (refuses(asked) ? { exception: 2 } : ownAddress(asked)));
    await using driver = await openOne(device(server.port));
    await driver.connect(never);
    expect(brief(await driver.read([uint16(0), uint16(9)], never))).toEqual([0, 9]);
    const before = server.asked.length;
    expect(brief(await driver.read([uint16(0), uint16(9)], never))).toEqual([0, 9]);
    expect(server.asked.length - before).toBe(2);
  });

  test("a device that takes 20 registers at most is read in pieces that it takes", async () => {
    await using server = await startModbusServer((asked) => (asked.count > 20 ? { exception: 3 } : ownAddress(asked)));
    await using driver = await openOne(device(server.port));
    await driver.connect(never);
    const registers = Array.from({ length: 64 }, (_, i) => i);
    expect(brief(await driver.read(registers.map(uint16), never))).toEqual(registers);
    await driver.read(registers.map(uint16), never);
    const before = server.asked.length;
    expect(brief(await driver.read(registers.map(uint16), never))).toEqual(registers);
    expect(server.asked.slice(before).map(({ count }) => count)).toEqual([16, 16, 16, 16]);
  });

  test("units behind one address share one connection, and a unit that is away harms no other", async () => {
    const away: Readonly<Record<number, Act>> = { 2: { exception: 11 }, 3: "silence" };
    await using server = await startModbusServer((asked) => away[asked.unit] ?? ownAddress(asked));
    const units = [1, 2, 3].map((unit) => device(server.port, { unit }));
    const protocol = await modbus.load(env());
    const drivers = units.map((unit) => protocol.driver(unit));
    const [one, two, three] = drivers;
    for (const driver of [one, two, three]) await driver!.connect(never);
    await expect(two!.read([uint16(1)], never)).rejects.toMatchObject({ code: "NOT_CONNECTED" });
    for (let i = 0; i < 3; i++) {
      await three!.read([uint16(1)], never).catch(() => {});
      expect(brief(await one!.read([uint16(5)], never))).toEqual([5]);
    }
    expect(server.accepted).toBe(1);
    for (const driver of drivers) await driver[Symbol.asyncDispose]();
    await expect.poll(() => server.open).toBe(0);
  });

  test("a header that shifts all later answers costs one read, then the connection is renewed", async () => {
    const shifted = (transaction: number) => Buffer.from([transaction >> 8, transaction & 255, 0, 0, 255, 255, 1, 3]);
    await using server = await startModbusServer((asked, at) => (at === 0 ? { raw: shifted } : ownAddress(asked)));
    await using driver = await openOne(device(server.port));
    await driver.connect(never);
    const first = driver.read([uint16(1)], never).then(brief);
    await first.catch(() => driver.connect(never));
    expect(brief(await driver.read([uint16(1)], never))).toEqual([1]);
  });

  test("64-bit integers beyond 2^53 are their exact text, not rounded", async () => {
    await using server = await startModbusServer(() => ({ registers: [0x7fff, 0xffff, 0xffff, 0xffff] }));
    await using driver = await openOne(device(server.port));
    await driver.connect(never);
    const readings = await driver.read(
      [{ address: { table: "holding", register: 0, format: "int64" }, report: "change" }],
      never,
    );
    expect(brief(readings)).toEqual(["9223372036854775807"]);
  });

  test("an absent device rejects the connection and leaves nothing open", async () => {
    const server = await startModbusServer(ownAddress);
    await server[Symbol.asyncDispose]();
    await using driver = await openOne(device(server.port));
    await expect(driver.connect(never)).rejects.toMatchObject({ code: "NOT_CONNECTED" });
    await expect(driver.read([uint16(0)], never)).rejects.toMatchObject({ code: "NOT_CONNECTED" });
  });
});
