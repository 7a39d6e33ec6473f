import { CodedError } from "#shared/model/errors.ts";
import { datatypes, type ScalarValue } from "./types.ts";

/** How an array of fixed-size elements lies in `bytes_value`: little-endian, without a length. */
interface Element {
  readonly sizeBytes: number;
  read(view: DataView, at: number): number | bigint;
  write(view: DataView, at: number, value: number | bigint): void;
}

const safe = (n: bigint): number | bigint => (Number.isSafeInteger(Number(n)) ? Number(n) : n);

const int = (sizeBytes: 1 | 2 | 4, read: Element["read"], min: number, max: number): Element => ({
  sizeBytes,
  read,
  write: (view, at, value) => {
    if (typeof value !== "number" || !Number.isInteger(value) || value < min || value > max) throw unfit(value);
    if (sizeBytes === 1) view.setUint8(at, value);
    else if (sizeBytes === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
  },
});

const long = (read: Element["read"], min: bigint, max: bigint): Element => ({
  sizeBytes: 8,
  read,
  write: (view, at, value) => {
    if (typeof value === "number" && !Number.isSafeInteger(value)) throw unfit(value);
    const n = BigInt(value);
    if (n < min || n > max) throw unfit(value);
    view.setBigUint64(at, BigInt.asUintN(64, n), true);
  },
});

const real = (sizeBytes: 4 | 8): Element => ({
  sizeBytes,
  read: (view, at) => (sizeBytes === 4 ? view.getFloat32(at, true) : view.getFloat64(at, true)),
  write: (view, at, value) => {
    if (typeof value !== "number") throw unfit(value);
    if (sizeBytes === 4) view.setFloat32(at, value, true);
    else view.setFloat64(at, value, true);
  },
});

const unfit = (value: unknown) => new CodedError("OUT_OF_RANGE", `${String(value)} does not fit the array's datatype.`);

const unsignedLong = long((view, at) => safe(view.getBigUint64(at, true)), 0n, 2n ** 64n - 1n);

const elements: Readonly<Record<number, Element>> = {
  [datatypes.Int8Array]: int(1, (view, at) => view.getInt8(at), -(2 ** 7), 2 ** 7 - 1),
  [datatypes.Int16Array]: int(2, (view, at) => view.getInt16(at, true), -(2 ** 15), 2 ** 15 - 1),
  [datatypes.Int32Array]: int(4, (view, at) => view.getInt32(at, true), -(2 ** 31), 2 ** 31 - 1),
  [datatypes.Int64Array]: long((view, at) => safe(view.getBigInt64(at, true)), -(2n ** 63n), 2n ** 63n - 1n),
  [datatypes.UInt8Array]: int(1, (view, at) => view.getUint8(at), 0, 2 ** 8 - 1),
  [datatypes.UInt16Array]: int(2, (view, at) => view.getUint16(at, true), 0, 2 ** 16 - 1),
  [datatypes.UInt32Array]: int(4, (view, at) => view.getUint32(at, true), 0, 2 ** 32 - 1),
  [datatypes.UInt64Array]: unsignedLong,
  [datatypes.FloatArray]: real(4),
  [datatypes.DoubleArray]: real(8),
  [datatypes.DateTimeArray]: unsignedLong,
};

export const isArrayType = (datatype: number): boolean =>
  datatype >= datatypes.Int8Array && datatype <= datatypes.DateTimeArray;

/** Elements of an array, or undefined where the bytes are none of the datatype or hold more than `maxElements`. */
export function readArray(
  bytes: Uint8Array,
  datatype: number,
  maxElements: number,
): readonly ScalarValue[] | undefined {
  if (datatype === datatypes.BooleanArray) return readBooleans(bytes, maxElements);
  if (datatype === datatypes.StringArray) return readStrings(bytes, maxElements);
  const element = elements[datatype];
  if (!element || bytes.length % element.sizeBytes !== 0 || bytes.length / element.sizeBytes > maxElements) {
    return undefined;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / element.sizeBytes }, (_, i) => element.read(view, i * element.sizeBytes));
}

/** The inverse of `readArray`; throws `OUT_OF_RANGE` or `WRONG_TYPE` where an element does not fit. */
export function writeArray(values: readonly ScalarValue[], datatype: number): Uint8Array {
  if (datatype === datatypes.BooleanArray) return writeBooleans(values);
  if (datatype === datatypes.StringArray) return writeStrings(values);
  const element = elements[datatype];
  if (!element) throw new CodedError("WRONG_TYPE", `Datatype ${datatype} is no array.`);
  const bytes = new Uint8Array(values.length * element.sizeBytes);
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => {
    if (typeof value !== "number" && typeof value !== "bigint") throw unfit(value);
    element.write(view, i * element.sizeBytes, value);
  });
  return bytes;
}

/** Booleans: their number in 4 bytes, then one bit each, the first one topmost. */
function readBooleans(bytes: Uint8Array, maxElements: number): readonly boolean[] | undefined {
  if (bytes.length < 4) return undefined;
  const count = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  if (count > maxElements || Math.ceil(count / 8) !== bytes.length - 4) return undefined;
  return Array.from({ length: count }, (_, i) => ((bytes[4 + (i >> 3)] as number) & (0x80 >> (i & 7))) !== 0);
}

function writeBooleans(values: readonly ScalarValue[]): Uint8Array {
  const bytes = new Uint8Array(4 + Math.ceil(values.length / 8));
  new DataView(bytes.buffer).setUint32(0, values.length, true);
  values.forEach((value, i) => {
    if (typeof value !== "boolean") throw unfit(value);
    if (value) bytes[4 + (i >> 3)] = (bytes[4 + (i >> 3)] as number) | (0x80 >> (i & 7));
  });
  return bytes;
}

/** Strings: UTF-8, each ended by a zero byte. */
function readStrings(bytes: Uint8Array, maxElements: number): readonly string[] | undefined {
  if (bytes.length === 0) return [];
  if (bytes.at(-1) !== 0) return undefined;
  let count = 0;
  for (const byte of bytes) if (byte === 0 && ++count > maxElements) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes.subarray(0, -1)).split("\0");
  } catch {
    return undefined;
  }
}

function writeStrings(values: readonly ScalarValue[]): Uint8Array {
  const texts = values.map((value) => {
    if (typeof value !== "string" || value.includes("\0")) throw unfit(value);
    return `${value}\0`;
  });
  return new TextEncoder().encode(texts.join(""));
}
