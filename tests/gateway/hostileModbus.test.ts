// F57 and F58 of the fault matrix: malformed and late answers of a Modbus unit, through the real driver.
import { describe, expect, test } from "vitest";
import { systemClock } from "#shared/kit/clock.ts";
import { millis } from "#shared/model/time.ts";
import type { ModbusAddress, ModbusConnection } from "#shared/plant/protocols/modbus.ts";
import type { Driver, Point, Reading } from "../../gateway/driver.ts";
import { modbus } from "../../gateway/drivers/modbus/module.ts";
import type { FramingName } from "../../simulators/faces/modbus/framings.ts";
import type { ModbusFault, Scenario } from "../../simulators/faults/catalogue.ts";
import { modbusPolling } from "./defaults.ts";
import { endOf, type PlacedPoint, scenario, startHostileModbus } from "./hostileRig.ts";
import { env } from "./modbusDevices.ts";

const never = new AbortController().signal;
const timeoutMs = 200;

const transports: Readonly<Record<FramingName, ModbusConnection["transport"]>> = {
  tcp: "tcp",
  rtu: "rtu-over-tcp",
  ascii: "ascii-over-tcp",
};

async function driverOf(port: number, framing: FramingName): Promise<Driver<ModbusAddress>> {
  const common = { host: "127.0.0.1", port, unit: 1, timeoutMs, byteOrder: "ABCD" } as const;
  const connection: ModbusConnection =
    framing === "tcp"
      ? { transport: "tcp", inFlight: 1, transactionIds: "checked", ...common }
      : { transport: transports[framing] as "rtu-over-tcp" | "ascii-over-tcp", ...common };
  const protocol = await modbus.load(env());
  const polling = { ...modbusPolling, periodMs: 100 };
  return protocol.driver({ id: "unit", gateway: "g", protocol: "modbus", connection, polling });
}

/** Three requests: what one of them says must never become the value of another. */
const registers = [0, 1, 2, 500, 501, 1_000, 1_001];
const points: readonly PlacedPoint[] = registers.map((register) => ({
  unit: 1,
  table: "holding",
  register,
  format: "uint16",
}));
const wanted = registers.map(
  (register): Point<ModbusAddress> => ({ address: { table: "holding", register, format: "uint16" }, report: "change" }),
);
/** No two registers agree, and none is what a shifted frame shows. */
const values = registers.map((register) => 20_000 + 7 * register);

/** What a turn gave: readings, or the code with which the connection was lost. */
async function turn(driver: Driver<ModbusAddress>): Promise<readonly Reading[] | string> {
  try {
    return await driver.read(wanted, never);
  } catch (error) {
    const { code } = error as { code: string };
    // As the acquisition does it, a short rest first.
    await systemClock.sleep(millis(20));
    await driver.connect(never).catch(() => {});
    return code;
  }
}

const isWhole = (given: readonly Reading[] | string): boolean =>
  typeof given !== "string" && given.every(({ quality }) => quality === "good");

/** A value of a turn that is not the register's own. */
const wrongOf = (given: readonly Reading[] | string): readonly unknown[] =>
  typeof given === "string" ? [] : given.filter(({ value }, i) => value !== null && value !== values[i]);

/** What a fault must look like while it lasts: right, no value at all, either, or bad for one of these reasons. */
type Look = "right" | "none" | "either" | readonly string[];

function lookOf(fault: ModbusFault, framing: FramingName): Look {
  const onTcp = (look: Look): Look => (framing === "tcp" ? look : "right");
  switch (fault.fault) {
    case "modbus.dribble":
      return "right";
    case "modbus.exception":
      return { 4: ["DEVICE_FAULT"], 6: ["BUSY"], 11: ["NOT_CONNECTED", "TIMEOUT"] }[fault.code] ?? "none";
    case "modbus.wrong":
      return fault.field === "transaction" || fault.field === "protocol" ? onTcp("none") : "none";
    case "modbus.length":
      return onTcp("none");
    case "modbus.checksum":
      return framing === "tcp" ? "right" : "none";
    case "modbus.garbage":
      return fault.before > 0 && framing === "tcp" ? "none" : "either";
    case "modbus.flood":
      return "either";
    default:
      return "none";
  }
}

// The units of these tests are mostly silent: the tests wait side by side.
describe("F57: no malformed answer becomes a value, and after each fault the unit is read again at once", () => {
  test.concurrent.each(["tcp", "rtu", "ascii"] as const)(
    "%s",
    async (framing) => {
      const what = await scenario("modbus-malformed");
      await using hostile = await startHostileModbus(what, points, framing);
      hostile.show(values);
      await using driver = await driverOf(hostile.port, framing);
      await driver.connect(never);
      expect(isWhole(await turn(driver))).toBe(true);
      const seen = new Map<string, number>();
      for (const step of what.steps) {
        const name = JSON.stringify(step.fault);
        await hostile.to(step.at);
        const during = [await turn(driver), await turn(driver), await turn(driver)];
        expect(during.flatMap(wrongOf), name).toEqual([]);
        const look = lookOf(step.fault as ModbusFault, framing);
        const reasons = during.flatMap((one) =>
          typeof one === "string"
            ? [one]
            : one.flatMap((reading) => (reading.quality === "bad" ? [reading.reason] : [])),
        );
        const numbers = during.flatMap((one) =>
          typeof one === "string" ? [] : one.filter(({ value }) => value !== null),
        );
        if (look === "right") expect(during.some(isWhole), name).toBe(true);
        else if (look !== "either") expect(numbers, name).toEqual([]);
        if (typeof look !== "string")
          expect(
            [...new Set(reasons)].filter((one) => !look.includes(one)),
            name,
          ).toEqual([]);
        await hostile.to(endOf(step));
        let turns = 0;
        let after: readonly Reading[] | string;
        const began = performance.now();
        do {
          after = await turn(driver);
          expect(wrongOf(after), `after ${name}`).toEqual([]);
          turns += 1;
        } while (!isWhole(after) && turns < 20);
        seen.set(name, turns);
        // Two timeouts, generously: each turn has three requests, and a busy machine is slow.
        expect(turns, `turns after ${name}`).toBeLessThan(4);
        expect(performance.now() - began, `recovery after ${name}`).toBeLessThan(20 * timeoutMs);
      }
      expect(seen.size).toBe(what.steps.length);
    },
    180_000,
  );
});

/** Hundreds of requests in time, then late ones: what one of them says never becomes the value of another. */
async function lateAnswersStayApart(what: Scenario, framing: FramingName): Promise<void> {
  const [slow, ...others] = what.steps;
  await using hostile = await startHostileModbus(what, points, framing);
  hostile.show(values);
  await using driver = await driverOf(hostile.port, framing);
  await driver.connect(never);
  // More requests than a transaction id of one byte has values, three in each turn.
  const before: (readonly Reading[] | string)[] = [];
  for (let i = 0; i < 100; i++) before.push(await turn(driver));
  expect(before.flatMap(wrongOf)).toEqual([]);
  expect(before.filter(isWhole).length).toBeGreaterThan(90);

  await hostile.to(slow!.at);
  // Slow, but in time.
  while (!isWhole(await turn(driver)));
  for (const step of others) {
    const name = JSON.stringify(step);
    const isAlways = step.chance === 1;
    await hostile.to(step.at);
    const during: (readonly Reading[] | string)[] = [];
    for (let i = 0; i < (isAlways ? 4 : 10); i++) during.push(await turn(driver));
    expect(during.flatMap(wrongOf), name).toEqual([]);
    expect(during.every(isWhole), name).toBe(false);
    if (isAlways) expect(during.some(isWhole), name).toBe(false);
    await hostile.to(endOf(step));
    const after: (readonly Reading[] | string)[] = [];
    do after.push(await turn(driver));
    while (!isWhole(after.at(-1)!));
    expect(after.flatMap(wrongOf), `after ${name}`).toEqual([]);
  }
}

describe("F58: a late answer is never taken for that to another request", () => {
  test.concurrent.each(["tcp", "rtu", "ascii"] as const)(
    "%s",
    async (framing) => lateAnswersStayApart(await scenario("modbus-slow"), framing),
    120_000,
  );

  test.concurrent.each(["tcp", "rtu", "ascii"] as const)(
    "%s through a gateway or serial server that gives late answers to whoever is connected by then",
    async (framing) => lateAnswersStayApart(await scenario("modbus-slow-line"), framing),
    120_000,
  );
});
