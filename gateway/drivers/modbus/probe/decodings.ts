import { type ByteOrder, byteOrders, type NumberFormat, registersOf } from "#shared/plant/protocols/modbus.ts";
import { decodeRegisters } from "../decode.ts";
import type { Cell } from "./sweep.ts";

/** The registers from `address` on, read in one way. */
export interface Decoding {
  readonly address: number;
  readonly format: ProbedFormat;
  readonly order: ByteOrder;
  readonly value: number | bigint;
}

export type ProbedFormat = Exclude<NumberFormat, "bit" | "bits">;
export type Width = 1 | 2 | 4;

/** Every number format by the registers that it takes, the likely ones first. */
export const formatsOf = {
  1: ["uint16", "int16", "bcd16"],
  2: ["float32", "uint32", "int32", "bcd32"],
  4: ["float64", "uint64", "int64"],
} as const satisfies Record<Width, readonly ProbedFormat[]>;
export const widths = [1, 2, 4] as const satisfies readonly Width[];

/** One register has no order of words. */
export const ordersOf = (width: Width): readonly ByteOrder[] => (width === 1 ? ["ABCD", "BADC"] : byteOrders);

/** The contents of `width` registers from index `at` on; undefined where one of them could not be read. */
export function rawAt(cells: readonly Cell[], at: number, width: Width): readonly number[] | undefined {
  const taken = cells.slice(at, at + width).flatMap((cell) => ("raw" in cell ? [cell.raw] : []));
  return taken.length === width ? taken : undefined;
}

/** The registers in every format and order; BCD only where every digit is one. */
export function decodingsAt(cells: readonly Cell[], at: number, width: Width): readonly Decoding[] {
  const raw = rawAt(cells, at, width);
  const address = cells[at]?.address;
  if (!raw || address === undefined) return [];
  const bytes = Uint8Array.from(raw.flatMap((word) => [word >> 8, word & 0xff]));
  return formatsOf[width].flatMap((format) =>
    ordersOf(width).flatMap((order): Decoding[] => {
      const value = decodeRegisters(bytes, format, order);
      return format.startsWith("bcd") && Number.isNaN(value) ? [] : [{ address, format, order, value }];
    }),
  );
}

export const widthOf = (format: ProbedFormat): Width => registersOf[format];
