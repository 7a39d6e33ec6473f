import type { ModbusPoint, Reading } from "../../signal.ts";
import { encodeValue, wordsOf } from "./encode.ts";

type Table = ModbusPoint["table"];

/** Registers that a unit has beside its points: reading them gives 0, as reserved registers do. */
const reservedGap = 60;

interface Span {
  readonly from: number;
  /** Behind the last. */
  readonly to: number;
}

/** One unit's tables: what a request reads. */
export interface UnitImage {
  set(point: ModbusPoint, reading: Reading): void;
  /** `count` registers from `from` as they travel; undefined where the unit has not all of them. */
  registers(table: "holding" | "input", from: number, count: number): Buffer | undefined;
  /** `count` bits from `from`, the first in the lowest bit; undefined where the unit has not all of them. */
  bits(table: "coil" | "discrete", from: number, count: number): Buffer | undefined;
}

export function createUnitImage(points: readonly ModbusPoint[]): UnitImage {
  const cells = { coil: new Map(), discrete: new Map(), holding: new Map(), input: new Map() } as Record<
    Table,
    Map<number, number>
  >;
  const spans = {
    coil: spansOf(points, "coil"),
    discrete: spansOf(points, "discrete"),
    holding: spansOf(points, "holding"),
    input: spansOf(points, "input"),
  };
  const has = (table: Table, from: number, count: number) =>
    spans[table].some((span) => span.from <= from && from + count <= span.to);

  return {
    set: (point, reading) => {
      const table = cells[point.table];
      if (point.format === undefined) {
        table.set(point.register, reading.value === true ? 1 : 0);
      } else if (point.format === "bit") {
        const mask = 1 << (point.bit ?? 0);
        const was = table.get(point.register) ?? 0;
        table.set(point.register, reading.value === true ? was | mask : was & ~mask);
      } else {
        const raw = reading.value === null ? null : Number(reading.value) / (point.factor ?? 1);
        const bytes = encodeValue(raw, point.format, point.byteOrder ?? "ABCD");
        for (let i = 0; i < bytes.length; i += 2) table.set(point.register + i / 2, bytes.readUInt16BE(i));
      }
    },
    registers: (table, from, count) => {
      if (!has(table, from, count)) return undefined;
      const bytes = Buffer.alloc(count * 2);
      for (let i = 0; i < count; i++) bytes.writeUInt16BE(cells[table].get(from + i) ?? 0, i * 2);
      return bytes;
    },
    bits: (table, from, count) => {
      if (!has(table, from, count)) return undefined;
      const bytes = Buffer.alloc(Math.ceil(count / 8));
      for (let i = 0; i < count; i++) {
        if (cells[table].get(from + i) === 1) bytes.writeUInt8(bytes.readUInt8(i >> 3) | (1 << (i & 7)), i >> 3);
      }
      return bytes;
    },
  };
}

/** The stretches of a table that exist: points and the reserved registers between neighbours. */
function spansOf(points: readonly ModbusPoint[], table: Table): readonly Span[] {
  const taken = points
    .filter((point) => point.table === table)
    .map(({ register, format }): Span => ({ from: register, to: register + (format ? wordsOf[format] : 1) }))
    .sort((a, b) => a.from - b.from);
  const spans: Span[] = [];
  for (const next of taken) {
    const last = spans.at(-1);
    if (!last || next.from - last.to > reservedGap) spans.push(next);
    else spans.splice(-1, 1, { from: last.from, to: Math.max(last.to, next.to) });
  }
  return spans;
}
