import { describe, expect, test } from "vitest";
import { CodedError } from "#shared/model/errors.ts";
import { millis } from "#shared/model/time.ts";
import { type ModbusTable, modbusTables } from "#shared/plant/protocols/modbus.ts";
import { ascii } from "../../gateway/drivers/modbus/frames/ascii.ts";
import type { Framing } from "../../gateway/drivers/modbus/frames/framing.ts";
import { mbap } from "../../gateway/drivers/modbus/frames/mbap.ts";
import { readFunctions } from "../../gateway/drivers/modbus/frames/pdu.ts";
import { rtu } from "../../gateway/drivers/modbus/frames/rtu.ts";
import { createSharedLine } from "../../gateway/drivers/modbus/sharedLine.ts";
import { seeded } from "../../simulators/physics/random.ts";
import { createFuzzDevice, type FuzzLine, SteppedClock } from "./modbusFuzzDevice.ts";

const units = [1, 2, 3];
/** Few lengths, so that late answers look like the ones that are waited for. */
const counts = [1, 1, 2, 3, 10, 10, 10, 40];
const timeoutMs = 100;
const perSession = 500;

interface Variant extends FuzzLine {
  readonly framing: Framing;
}
const line = (variant: Pick<Variant, "wire" | "framing"> & Partial<Variant>): Variant => ({
  inFlight: 1,
  isSerial: false,
  timeoutMs,
  ...variant,
});
const variants: Readonly<Record<string, Variant>> = {
  "Modbus TCP": line({ wire: "tcp", framing: mbap(true) }),
  "Modbus TCP, four in flight": line({ wire: "tcp", framing: mbap(true), inFlight: 4 }),
  "Modbus TCP, transaction ids ignored": line({ wire: "tcp", framing: mbap(false), answersId: 0 }),
  "RTU over TCP": line({ wire: "rtu", framing: rtu }),
  "RTU on a serial line": line({ wire: "rtu", framing: rtu, isSerial: true }),
  "ASCII over TCP": line({ wire: "ascii", framing: ascii }),
  "ASCII on a serial line": line({ wire: "ascii", framing: ascii, isSerial: true }),
};

interface Outcome {
  exchanges: number;
  values: number;
  wrong: string[];
  done: Map<string, number>;
}

/** One link with its device, and units that ask without end. */
async function session(variant: Variant, seed: number): Promise<Outcome> {
  const random = seeded(seed);
  const clock = new SteppedClock();
  const device = createFuzzDevice(variant, clock, random);
  const { framing, inFlight, isSerial } = variant;
  const link = createSharedLine(
    { where: "fuzz", framing, open: device.line.open, inFlight, gap: millis(0), forgetsByReopening: !isSerial },
    clock,
  );
  const never = new AbortController().signal;
  const outcome: Outcome = { exchanges: 0, values: 0, wrong: [], done: new Map(device.done) };
  const below = (n: number) => Math.floor(random() * n);
  const timeout = millis(timeoutMs);

  const exchange = async (unit: number) => {
    const table: ModbusTable = modbusTables[below(10) < 8 ? 2 : below(4)] ?? "holding";
    const count = counts[below(counts.length)] ?? 1;
    const start = below(3) * 100;
    try {
      const answer = await link.request({ unit, timeout, pause: millis(0), table, start, count }, never);
      if ("exception" in answer) return;
      outcome.values += 1;
      const expected = device.expected(unit, readFunctions[table], start, count);
      const isRight = expected !== undefined && Buffer.compare(Buffer.from(expected), answer.data) === 0;
      if (!isRight) outcome.wrong.push(`unit ${unit} ${table} ${start}+${count}\n${device.log.join("\n")}`);
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      if (error.code !== "NOT_CONNECTED") return;
      link.detach(unit);
      await link.attach(unit, timeout, never);
    }
  };

  let running = units.length;
  const worker = async (unit: number) => {
    await link.attach(unit, timeout, never);
    while (outcome.exchanges < perSession && outcome.wrong.length === 0) {
      outcome.exchanges += 1;
      await exchange(unit);
      if (below(20) === 0) await clock.sleep(millis(below(timeoutMs * 3)));
    }
    link.detach(unit);
    running -= 1;
  };
  const workers = Promise.all(units.map(worker));
  for (let steps = 0; running > 0; steps++) {
    if (steps > perSession * 100) throw new Error(`no end, PILOTLINE_FUZZ_SEED=${seed}\n${device.log.join("\n")}`);
    await clock.step();
  }
  await workers;
  expect(device.line.openNow).toBeLessThanOrEqual(1);
  await link[Symbol.asyncDispose]();
  expect(device.line.openNow).toBe(0);
  outcome.done = new Map(device.done);
  return outcome;
}

const firstSeed = Number(process.env.PILOTLINE_FUZZ_SEED ?? 1);
const sessions = Number(process.env.PILOTLINE_FUZZ_SESSIONS ?? 30);

describe("fuzzed exchanges: no value that is not the answer to its request", () => {
  test.each(Object.entries(variants))("%s", async (name, variant) => {
    const total = { exchanges: 0, values: 0, done: new Map<string, number>() };
    for (let i = 0; i < sessions; i++) {
      const seed = firstSeed + i;
      const outcome = await session(variant, seed);
      expect(outcome.wrong, `${name}, PILOTLINE_FUZZ_SEED=${seed}`).toEqual([]);
      total.exchanges += outcome.exchanges;
      total.values += outcome.values;
      for (const [act, n] of outcome.done) total.done.set(act, (total.done.get(act) ?? 0) + n);
    }
    expect(total.exchanges).toBeGreaterThanOrEqual(sessions * perSession);
    // Nothing is safe that never answers.
    expect(total.values / total.exchanges).toBeGreaterThan(0.3);
    if (process.env.PILOTLINE_FUZZ_SAY)
      console.info(name, total.exchanges, total.values, Object.fromEntries(total.done));
  });
});
