import type { ModbusTable } from "#shared/plant/protocols/modbus.ts";

/** Registers, or bits in the tables `coil` and `discrete`, that belong together and are never cut. */
export interface Span {
  readonly table: ModbusTable;
  /** 0-based protocol address. */
  readonly start: number;
  readonly count: number;
}

/** One read request and the spans that it answers. */
export interface ReadRequest extends Span {
  readonly spans: readonly Span[];
}

export interface PlanLimits {
  /** Most registers in one request; at most 125 (Modbus Application Protocol V1.1b3, 6.3). */
  readonly maxRegisters: number;
  /** Unwanted registers that a request may span. */
  readonly maxGap: number;
}

/** Places that a request must not read across: learnt from a device that refused. */
export type Cuts = ReadonlySet<string>;
export const cutBefore = (span: Span): string => `${span.table}:${span.start}`;

/** Most bits in one request (Modbus Application Protocol V1.1b3, 6.1). */
const maxBits = 2_000;
const bitsPerRegister = 16;

const end = (span: Span): number => span.start + span.count;
const isBits = (table: ModbusTable): boolean => table === "coil" || table === "discrete";

/** The fewest requests that read every span whole, within the limits and without reading across a cut. */
export function planReads(spans: readonly Span[], limits: PlanLimits, cuts: Cuts = new Set()): readonly ReadRequest[] {
  const perTable = Map.groupBy(spans, ({ table }) => table);
  return [...perTable.entries()].flatMap(([table, wanted]) => {
    const size = isBits(table) ? Math.min(maxBits, limits.maxRegisters * bitsPerRegister) : limits.maxRegisters;
    const gap = isBits(table) ? limits.maxGap * bitsPerRegister : limits.maxGap;
    return planTable(table, wanted, size, gap, cuts);
  });
}

/** Each request starts at the first span not yet read and reaches as far as it may: no other plan needs fewer. */
function planTable(
  table: ModbusTable,
  wanted: readonly Span[],
  size: number,
  gap: number,
  cuts: Cuts,
): readonly ReadRequest[] {
  const sorted = wanted.toSorted((a, b) => a.start - b.start || a.count - b.count);
  const requests: { start: number; end: number; spans: Span[] }[] = [];
  for (const span of sorted) {
    const open = requests.at(-1);
    const joins =
      open !== undefined &&
      span.start - open.end <= gap &&
      end(span) - open.start <= size &&
      (span.start === open.start || !cuts.has(cutBefore(span)));
    if (joins) {
      open.end = Math.max(open.end, end(span));
      open.spans.push(span);
    } else {
      requests.push({ start: span.start, end: end(span), spans: [span] });
    }
  }
  return requests.map((request) => ({
    table,
    start: request.start,
    count: request.end - request.start,
    spans: request.spans,
  }));
}
