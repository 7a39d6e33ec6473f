// Units that ask one device without end, and what came of it.
import type { Clock } from "#shared/kit/clock.ts";
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
import { createFuzzDevice, type FuzzLine, type MakeLine } from "./modbusFuzzDevice.ts";

const units = [1, 2, 3];
/** Few lengths, so that late answers look like the ones that are waited for. */
const counts = [1, 1, 2, 3, 10, 10, 10, 40];

export interface Variant extends Omit<FuzzLine, "timeoutMs"> {
  readonly framing: Framing;
}
const line = (variant: Pick<Variant, "wire" | "framing"> & Partial<Variant>): Variant => ({
  inFlight: 1,
  isSerial: false,
  ...variant,
});
export const variants: Readonly<Record<string, Variant>> = {
  "Modbus TCP": line({ wire: "tcp", framing: mbap(true) }),
  "Modbus TCP, four in flight": line({ wire: "tcp", framing: mbap(true), inFlight: 4 }),
  "Modbus TCP, transaction ids ignored": line({ wire: "tcp", framing: mbap(false), answersId: 0 }),
  "RTU over TCP": line({ wire: "rtu", framing: rtu }),
  "RTU on a serial line": line({ wire: "rtu", framing: rtu, isSerial: true }),
  "ASCII over TCP": line({ wire: "ascii", framing: ascii }),
  "ASCII on a serial line": line({ wire: "ascii", framing: ascii, isSerial: true }),
};

export interface Outcome {
  exchanges: number;
  values: number;
  /** Values that are not the answer to their request, each with what the device did before. */
  readonly wrong: string[];
  done: ReadonlyMap<string, number>;
}

export interface FuzzSession {
  readonly variant: Variant;
  readonly seed: number;
  readonly exchanges: number;
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly makeLine?: MakeLine;
  /** Lets time pass, where the clock does not do that itself; throws where nothing happens any more. */
  readonly pass?: (isRunning: () => boolean) => Promise<void>;
}

/** One link with its device. Rejects where the link leaves a connection open. */
export async function fuzz(given: FuzzSession): Promise<Outcome> {
  const { variant, seed, clock, makeLine, timeoutMs } = given;
  const random = seeded(seed);
  const device = createFuzzDevice({ ...variant, timeoutMs }, clock, random, makeLine);
  const { framing, inFlight, isSerial } = variant;
  const link = createSharedLine(
    { where: "fuzz", framing, open: device.line.open, inFlight, gap: millis(0), forgetsByReopening: !isSerial },
    clock,
  );
  const never = new AbortController().signal;
  const outcome: Outcome = { exchanges: 0, values: 0, wrong: [], done: device.done };
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
    while (outcome.exchanges < given.exchanges && outcome.wrong.length === 0) {
      outcome.exchanges += 1;
      await exchange(unit);
      if (below(20) === 0) await clock.sleep(millis(below(timeoutMs * 3)));
    }
    link.detach(unit);
    running -= 1;
  };
  const workers = Promise.all(units.map(worker));
  await given.pass?.(() => running > 0);
  await workers;
  return outcome;
}
