import type { ModbusTable } from "#shared/plant/protocols/modbus.ts";

/** Registers, or bits in the tables `coil` and `discrete`, that belong together and are never cut. */
export interface Span {
  readonly table: ModbusTable;
  /** 0-based protocol address. */
  readonly start: number;
  readonly count: number;
}

/** One read request and the spans that it answers. */
export interface ReadRequest<S extends Span = Span> extends Span {
  readonly spans: readonly S[];
}

export interface PlanLimits {
  /** Most registers in one request; at most 125 (Modbus Application Protocol V1.1b3, 6.3). */
  readonly maxRegisters: number;
  /** Unwanted registers that a request may span. */
  readonly maxGap: number;
}

/** Addresses that no request may touch, first and last included. */
export interface Forbidden {
  readonly table: ModbusTable;
  readonly from: number;
  readonly to: number;
}

/** What a plan must leave alone: forbidden addresses, and places that a request must not read across. */
export interface Obstacles {
  readonly forbidden: readonly Forbidden[];
  /** By `cutBefore`. */
  readonly cuts: ReadonlySet<string>;
}

export const noObstacles: Obstacles = { forbidden: [], cuts: new Set() };
export const cutBefore = (span: Span): string => `${span.table}:${span.start}`;

/** Most bits in one request (Modbus Application Protocol V1.1b3, 6.1). */
const maxBits = 2_000;
const bitsPerRegister = 16;

const endOf = (span: Span): number => span.start + span.count;
export const isBits = (table: ModbusTable): boolean => table === "coil" || table === "discrete";

/** Most registers or bits of the table in one request. */
export const mostOf = (table: ModbusTable, { maxRegisters }: Pick<PlanLimits, "maxRegisters">): number =>
  isBits(table) ? Math.min(maxBits, maxRegisters * bitsPerRegister) : maxRegisters;

/** The request that reads `spans`, all of one table, and nothing before or behind them. */
export function requestOf<S extends Span>(spans: readonly [S, ...S[]]): ReadRequest<S> {
  const start = Math.min(...spans.map((span) => span.start));
  return { table: spans[0].table, start, count: Math.max(...spans.map(endOf)) - start, spans };
}

/**
 * The fewest requests that read every span whole, within the limits and past the obstacles. A span that touches a
 * forbidden address is in no request.
 */
export function planReads<S extends Span>(
  spans: readonly S[],
  limits: PlanLimits,
  { forbidden, cuts }: Obstacles = noObstacles,
): readonly ReadRequest<S>[] {
  const perTable = Map.groupBy(spans, ({ table }) => table);
  return [...perTable].flatMap(([table, wanted]) => {
    const gap = limits.maxGap * (isBits(table) ? bitsPerRegister : 1);
    const walls = disjoint(forbidden.filter((wall) => wall.table === table));
    return planTable(wanted, mostOf(table, limits), gap, walls, cuts);
  });
}

/** Each request starts at the first span not yet read and reaches as far as it may: no other plan needs fewer. */
function planTable<S extends Span>(
  wanted: readonly S[],
  most: number,
  gap: number,
  walls: readonly Forbidden[],
  cuts: Obstacles["cuts"],
): readonly ReadRequest<S>[] {
  const sorted = wanted.toSorted((a, b) => a.start - b.start || a.count - b.count);
  const requests: { start: number; end: number; spans: [S, ...S[]] }[] = [];
  let wall = 0;
  for (const span of sorted) {
    while ((walls[wall]?.to ?? beyondAll) < span.start) wall += 1;
    if ((walls[wall]?.from ?? beyondAll) < endOf(span)) continue;
    const passed = walls[wall - 1]?.to ?? -1;
    const open = requests.at(-1);
    const joins =
      open !== undefined &&
      span.start - open.end <= gap &&
      endOf(span) - open.start <= most &&
      passed < open.end &&
      (span.start === open.start || !cuts.has(cutBefore(span)));
    if (joins) {
      open.end = Math.max(open.end, endOf(span));
      open.spans.push(span);
    } else {
      requests.push({ start: span.start, end: endOf(span), spans: [span] });
    }
  }
  return requests.map(({ start, end, spans }) => ({ table: spans[0].table, start, count: end - start, spans }));
}

const beyondAll = Number.POSITIVE_INFINITY;

/** The same addresses as ranges that do not overlap, ascending. */
function disjoint(ranges: readonly Forbidden[]): readonly Forbidden[] {
  const merged: Forbidden[] = [];
  for (const range of ranges.toSorted((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last && range.from <= last.to) merged[merged.length - 1] = { ...last, to: Math.max(last.to, range.to) };
    else merged.push(range);
  }
  return merged;
}
