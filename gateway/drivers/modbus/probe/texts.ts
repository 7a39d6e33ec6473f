import type { ModbusTable } from "#shared/plant/protocols/modbus.ts";
import type { Decoding, ProbedFormat } from "./decodings.ts";

/** Significant digits that a float carries. */
const digitsOf: Readonly<Partial<Record<ProbedFormat, number>>> = { float32: 7, float64: 12 };
/** Beyond these a number is written with an exponent: nobody measures there. */
const plain = { least: 1e-4, most: 1e9 };

export function numberText(value: number | bigint, format: ProbedFormat): string {
  const digits = digitsOf[format];
  if (typeof value === "bigint" || digits === undefined || !Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size !== 0 && (size < plain.least || size >= plain.most)) return value.toExponential(2);
  return String(Number(value.toPrecision(digits)));
}

export const rangeText = (from: number, count: number): string =>
  count === 1 ? String(from) : `${from}–${from + count - 1}`;

export const hexText = (raw: number): string => raw.toString(16).toUpperCase().padStart(4, "0");

/** Bit 15 first, in groups of four. */
export const bitsText = (raw: number): string =>
  raw
    .toString(2)
    .padStart(16, "0")
    .replace(/.{4}(?=.)/g, "$& ");

/** The two bytes as ASCII characters; a point for what is none. */
export const charactersText = (raw: number): string =>
  String.fromCharCode(raw >> 8, raw & 0xff).replace(/[^ -~]/g, ".");

/** As it stands in a plant file. */
export function addressText(table: ModbusTable, { address, format, order }: Decoding): string {
  const byteOrder = order === "ABCD" ? "" : `, byteOrder: ${order}`;
  return `{ table: ${table}, register: ${address}, format: ${format}${byteOrder} }`;
}
