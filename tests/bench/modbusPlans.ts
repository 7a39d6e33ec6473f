import type { ModbusAddress, ModbusPolling, ModbusTable } from "#shared/plant/protocols/modbus.ts";
import { spanOf } from "../../gateway/drivers/modbus/decode.ts";
import { isBits, mostOf, type Span } from "../../gateway/drivers/modbus/plan.ts";
import { modbusPolling } from "../gateway/defaults.ts";
import { device, openOne, point } from "../gateway/modbusDevices.ts";
import { fewestInOrder } from "../gateway/modbusOptimum.ts";
import { startModbusServer } from "../gateway/modbusServer.ts";
import { type Benchmark, type Figure, figure } from "./figure.ts";

/** Polls until the driver knows the device; the one after them is counted. */
const learningPolls = 5;

interface RegisterMap {
  readonly addresses: readonly ModbusAddress[];
  readonly polling?: Partial<ModbusPolling>;
  /** Addresses that the device has not, and that nobody wrote down: found out by its refusals. */
  readonly holes?: readonly number[];
}

const range = (from: number, to: number, step = 1): readonly number[] =>
  Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, i) => from + i * step);
const numbers = (table: ModbusTable, format: "float32" | "uint16" | "uint32", registers: readonly number[]) =>
  registers.map((register): ModbusAddress => ({ table, register, format }));
const bits = (table: "coil" | "discrete", registers: readonly number[]) =>
  registers.map((register): ModbusAddress => ({ table, register }));

const plcHoles = [301, 702, 1_222];

const maps: Readonly<Record<string, RegisterMap>> = {
  "three-phase meter": {
    addresses: numbers("input", "float32", [
      ...range(0, 36, 2),
      ...range(42, 48, 2),
      ...range(52, 56, 2),
      ...range(60, 62, 2),
      ...range(70, 78, 2),
      ...range(84, 86, 2),
      ...range(100, 108, 2),
      ...range(200, 206, 2),
      ...range(224, 268, 2),
      ...range(334, 380, 2),
    ]),
  },
  "gas controller, 64 channels": {
    addresses: [
      ...numbers("input", "uint16", range(0, 63)),
      ...bits("discrete", range(0, 127)),
      ...bits("coil", range(0, 15)),
      ...numbers("holding", "uint16", range(10, 50, 10)),
    ],
  },
  "temperature logger, 400 channels, 60 registers at most": {
    addresses: [
      ...numbers("holding", "uint16", range(1_000, 1_399)),
      ...numbers("holding", "uint16", range(2_000, 2_024)),
    ],
    polling: { maxRegisters: 60 },
  },
  "frequency converter, unlisted holes": {
    addresses: [
      ...numbers("holding", "uint16", range(8_448, 8_455)),
      ...numbers("holding", "uint16", [8_704, 8_705, 8_706, 8_708, 8_709, 8_711, 8_714]),
      ...numbers("holding", "uint32", [12_288, 12_296, 12_306]),
    ],
    holes: [8_707, 8_710, 8_712, 12_292],
  },
  "PLC, scattered words, forbidden and unlisted holes": {
    addresses: numbers("holding", "uint16", scattered(300, 1_500)),
    polling: {
      exclude: [
        { table: "holding", from: 500, to: 520 },
        { table: "holding", from: 1_001, to: 1_001 },
      ],
    },
    holes: plcHoles,
  },
};

/** Words all over an address space, the same ones in every run, none of them forbidden or missing. */
function scattered(count: number, below: number): readonly number[] {
  const taken = new Set<number>();
  for (let at = 7; taken.size < count; at = (at * 1_103 + 12_345) % below) {
    const next = [at, at + 1, at + 2].find((register) => !taken.has(register)) ?? at + 3;
    if (!(next >= 500 && next <= 520) && next !== 1_001 && !plcHoles.includes(next)) taken.add(next);
  }
  return [...taken];
}

export const modbusPlans: Benchmark = {
  summary: "Modbus requests per poll for five register maps, counted at the device, against the fewest possible.",
  run: async (say) => {
    const figures: Figure[] = [];
    for (const [name, map] of Object.entries(maps)) {
      const { first, steady } = await requestsOf(map);
      say(`${name}: ${map.addresses.length} values, ${first} requests in the first poll, ${steady} from then on`);
      const reference = { name: "fewest possible", value: optimumOf(map) };
      figures.push(figure(`Modbus plan: ${name}`, steady, "requests per poll", reference));
    }
    return figures;
  },
};

async function requestsOf({ addresses, polling = {}, holes = [] }: RegisterMap) {
  await using server = await startModbusServer(({ start, count, functionCode }) => {
    if (holes.some((hole) => start <= hole && hole < start + count)) return { exception: 2 };
    return functionCode <= 2
      ? { bits: Array.from({ length: count }, () => true) }
      : { registers: Array.from({ length: count }, () => 1) };
  });
  await using driver = await openOne(device(server.port, { timeoutMs: 10_000 }, polling));
  const points = addresses.map(point);
  const signal = new AbortController().signal;
  const poll = async () => {
    const before = server.asked.length;
    const readings = await driver.read(points, signal);
    const bad = readings.filter(({ quality }) => quality !== "good").length;
    if (bad > 0) throw new Error(`${bad} values are bad: nothing to compare.`);
    return server.asked.length - before;
  };
  await driver.connect(signal);
  const first = await poll();
  for (let i = 1; i < learningPolls; i++) await poll();
  return { first, steady: await poll() };
}

function optimumOf({ addresses, polling = {}, holes = [] }: RegisterMap): number {
  const limits = { ...modbusPolling, ...polling };
  const excluded = (table: ModbusTable, register: number) =>
    limits.exclude.some(({ table: of, from, to }) => of === table && from <= register && register <= to);
  const spans = Map.groupBy(addresses.map(spanOf), ({ table }: Span) => table);
  const fewest = [...spans].map(([table, wanted]) => {
    const maxGap = limits.maxGap * (isBits(table) ? 16 : 1);
    const forbidden = (register: number) => holes.includes(register) || excluded(table, register);
    return fewestInOrder(wanted, { maxRegisters: mostOf(table, limits), maxGap }, forbidden);
  });
  return fewest.reduce((sum, n) => sum + n, 0);
}
