import type { ErrorCode } from "#shared/model/errors.ts";
import { exactInteger } from "#shared/model/exactInteger.ts";
import type { TagValue } from "#shared/model/sample.ts";
import {
  type ByteOrder,
  defaultEncoding,
  lengthOf,
  type ModbusAddress,
  type NumberFormat,
  registersOf,
} from "#shared/plant/protocols/modbus.ts";
import { isBits, type Span } from "./plan.ts";
import { decodeText } from "./text.ts";

const bytesPerRegister = 2;

/** How often the two halves change place, from the letters of the order. */
const swaps = {
  ABCD: { words: false, bytes: false },
  CDAB: { words: true, bytes: false },
  BADC: { words: false, bytes: true },
  DCBA: { words: true, bytes: true },
} as const satisfies Record<ByteOrder, { words: boolean; bytes: boolean }>;

/** A register value's bytes as big endian, whatever the order in which the device sends them. */
function inOrder(bytes: Uint8Array, order: ByteOrder): DataView {
  const { words, bytes: swapBytes } = swaps[order];
  if (!words && !swapBytes) return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const sorted = new Uint8Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) {
    const within = swapBytes ? i ^ 1 : i;
    const from = words ? bytes.length - bytesPerRegister - (within & ~1) + (within & 1) : within;
    sorted[i] = bytes[from] as number;
  }
  return new DataView(sorted.buffer);
}

/** Binary-coded decimal, a digit in four bits; NaN where one of them is above 9. */
function decimal(bcd: number): number {
  const digits = bcd.toString(16);
  return /^[0-9]+$/.test(digits) ? Number(digits) : Number.NaN;
}

const readers = {
  int16: (view) => view.getInt16(0),
  uint16: (view) => view.getUint16(0),
  int32: (view) => view.getInt32(0),
  uint32: (view) => view.getUint32(0),
  int64: (view) => view.getBigInt64(0),
  uint64: (view) => view.getBigUint64(0),
  float32: (view) => view.getFloat32(0),
  float64: (view) => view.getFloat64(0),
  bcd16: (view) => decimal(view.getUint16(0)),
  bcd32: (view) => decimal(view.getUint32(0)),
  bit: (view) => view.getUint16(0),
  bits: (view) => view.getUint16(0),
} as const satisfies Record<NumberFormat, (view: DataView) => number | bigint>;

/**
 * The value in `bytes`, the registers as they travel (two bytes each). 64-bit integers are bigint; BCD with a digit
 * above 9 is NaN. The formats `bit` and `bits` give the whole register as uint16.
 */
export function decodeRegisters(bytes: Uint8Array, format: NumberFormat, order: ByteOrder): number | bigint {
  return readers[format](inOrder(bytes.subarray(0, registersOf[format] * bytesPerRegister), order));
}

export const bitOf = (register: number, bit: number): boolean => ((register >> bit) & 1) === 1;

/**
 * The order that holds for a value: its own, or the connection's where it is a number of more than one register. The
 * registers of a string stand in the order of its characters, whatever the order of numbers.
 */
export const orderOf = (address: ModbusAddress, ofConnection: ByteOrder): ByteOrder =>
  address.byteOrder ?? (lengthOf(address) > 1 && address.format !== "string" ? ofConnection : "ABCD");

/** What has to be read for an address. */
export const spanOf = (address: ModbusAddress): Span => ({
  table: address.table,
  start: address.register,
  count: lengthOf(address),
});

export type Decoded = { readonly value: TagValue } | { readonly refused: ErrorCode };

/**
 * The raw value of `address` out of a response that began at `start`: `data` is its data bytes, registers big endian
 * or bits packed from the least significant. Refused are BCD with a digit above 9 and bytes that are no text; a float that is not a number stays, for the tag's scaling to judge.
 */
export function decodeAt(address: ModbusAddress, start: number, data: Uint8Array, ofConnection: ByteOrder): Decoded {
  const { table, format = "uint16", bit = 0, width = 1 } = address;
  const offset = address.register - start;
  if (isBits(table)) return { value: bitOf(data[offset >> 3] ?? 0, offset & 7) };
  const bytes = data.subarray(offset * bytesPerRegister, (offset + lengthOf(address)) * bytesPerRegister);
  const order = orderOf(address, ofConnection);
  if (format === "string") {
    const value = decodeText(bytes, address.encoding ?? defaultEncoding, swaps[order].bytes);
    return value === undefined ? { refused: "WRONG_TYPE" } : { value };
  }
  const value = decodeRegisters(bytes, format, order);
  switch (format) {
    case "bit":
      return { value: bitOf(Number(value), bit) };
    case "bits":
      return { value: (Number(value) >> bit) & (2 ** width - 1) };
    case "bcd16":
    case "bcd32":
      return Number.isNaN(value) ? { refused: "WRONG_TYPE" } : { value: Number(value) };
    case "int64":
    case "uint64":
      return { value: exactInteger(BigInt(value)) };
    default:
      return { value: Number(value) };
  }
}
