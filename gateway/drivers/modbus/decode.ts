import {
  type ByteOrder,
  lengthOf,
  type ModbusAddress,
  type NumberFormat,
  registersOf,
} from "#shared/plant/protocols/modbus.ts";
import type { Span } from "./plan.ts";

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
  const sorted = new Uint8Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) {
    const within = swapBytes ? i ^ 1 : i;
    const from = words ? bytes.length - bytesPerRegister - (within & ~1) + (within & 1) : within;
    sorted[i] = bytes[from] as number;
  }
  return new DataView(sorted.buffer);
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
  bcd16: (view) => Number(view.getUint16(0).toString(16)),
  bcd32: (view) => Number(view.getUint32(0).toString(16)),
  bit: (view) => view.getUint16(0),
  bits: (view) => view.getUint16(0),
} as const satisfies Record<NumberFormat, (view: DataView) => number | bigint>;

/**
 * The value in `bytes`, the registers as they travel (two bytes each). 64-bit integers are bigint. Format `bit`
 * gives the whole register as uint16; `bitOf` takes the bit out.
 */
export function decodeRegisters(bytes: Uint8Array, format: NumberFormat, order: ByteOrder): number | bigint {
  return readers[format](inOrder(bytes.subarray(0, registersOf[format] * bytesPerRegister), order));
}

export const bitOf = (register: number, bit: number): boolean => ((register >> bit) & 1) === 1;

/** The order that holds for a value: its own, or the connection's where it takes more than one register. */
export const orderOf = (address: ModbusAddress, ofConnection: ByteOrder): ByteOrder =>
  address.byteOrder ?? (lengthOf(address) > 1 ? ofConnection : "ABCD");

/** What has to be read for an address. */
export const spanOf = (address: ModbusAddress): Span => ({
  table: address.table,
  start: address.register,
  count: lengthOf(address),
});

/**
 * The raw value of `address` out of a response that began at `start`: `data` is its data bytes, registers big endian
 * or bits packed from the least significant.
 */
export function decodeAt(
  address: ModbusAddress,
  start: number,
  data: Uint8Array,
  ofConnection: ByteOrder,
): number | bigint | boolean | string {
  const offset = address.register - start;
  if (address.table === "coil" || address.table === "discrete") {
    return bitOf(data[offset >> 3] ?? 0, offset & 7);
  }
  const format = address.format ?? "uint16";
  if (format === "string") return "";
  const value = decodeRegisters(data.subarray(offset * bytesPerRegister), format, orderOf(address, ofConnection));
  return format === "bit" ? bitOf(Number(value), address.bit ?? 0) : value;
}
