import { CodedError } from "#shared/model/errors.ts";
import { readBits, writeBits } from "./bitsCodec.ts";
import type { ByteReader, ByteWriter } from "./bytes.ts";

/**
 * One column of numbers as bytes that zstd packs well. Format, all little-endian:
 *
 *   integers: first value as float64 · width in bytes · `width` planes of n - 1 zigzag differences, low byte first
 *   numbers:  exponent e (0 to 12) · integers round(v * 10^e)          where every v is exactly round(v * 10^e) / 10^e
 *             or 254 · bits, see `writeBits`                            for all others, bit by bit
 *             or 255 · 8 planes of the IEEE 754 bits XOR those before   as files before version 3 have them
 *   bytes:    0 · the one byte that all are, or 1 · the bytes
 *
 * Sensors report rounded decimals: their differences are small integers, and planes of these are nearly constant.
 */

/** Differences of two integers up to here, zigzagged, stay whole numbers in a double. */
const largestInteger = 2 ** 51;
const largestExponent = 12;
const bitsCodec = 254;
const xorCodec = 255;
const powersOf10 = Array.from({ length: largestExponent + 1 }, (_, e) => 10 ** e);
const two32 = 2 ** 32;

export function writeIntegers(out: ByteWriter, values: Float64Array): void {
  const n = values.length;
  if (n === 0) return;
  const low = new Uint32Array(n - 1);
  const high = new Uint32Array(n - 1);
  let largest = 0;
  for (let i = 1; i < n; i++) {
    const difference = (values[i] as number) - (values[i - 1] as number);
    const zigzag = difference >= 0 ? difference * 2 : difference * -2 - 1;
    if (zigzag > largest) largest = zigzag;
    low[i - 1] = zigzag; // the low 32 bits, by the typed array's own conversion
    high[i - 1] = zigzag / two32;
  }
  let width = 0;
  while (largest >= 256 ** width) width++;
  out.float(values[0] as number);
  out.byte(width);
  const planes = new Uint8Array(width * (n - 1));
  for (let plane = 0; plane < width; plane++) {
    const words = plane < 4 ? low : high;
    const shift = (plane & 3) * 8;
    const offset = plane * (n - 1);
    for (let i = 0; i < n - 1; i++) planes[offset + i] = (words[i] as number) >>> shift;
  }
  out.bytes(planes);
}

export function readIntegers(from: ByteReader, n: number): Float64Array {
  const values = new Float64Array(n);
  if (n === 0) return values;
  let value = from.float();
  values[0] = value;
  const width = from.byte();
  const planes = from.bytes(width * (n - 1));
  for (let i = 1; i < n; i++) {
    let low = 0;
    let high = 0;
    for (let plane = 0; plane < width; plane++) {
      const byte = planes[plane * (n - 1) + i - 1] as number;
      if (plane < 4) low |= byte << (plane * 8);
      else high |= byte << ((plane - 4) * 8);
    }
    const zigzag = (low >>> 0) + (high >>> 0) * two32;
    value += zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
    values[i] = value;
  }
  return values;
}

export function writeNumbers(out: ByteWriter, values: Float64Array): void {
  const decimals = asDecimals(values);
  if (decimals) {
    out.byte(decimals.exponent);
    writeIntegers(out, decimals.integers);
    return;
  }
  out.byte(bitsCodec);
  writeBits(out, values);
}

export function readNumbers(from: ByteReader, n: number): Float64Array {
  const codec = from.byte();
  if (codec <= largestExponent) {
    const values = readIntegers(from, n);
    const power = powersOf10[codec] as number;
    if (codec > 0) for (let i = 0; i < n; i++) values[i] = (values[i] as number) / power;
    return values;
  }
  if (codec === bitsCodec) return readBits(from, n);
  if (codec === xorCodec) return readXor(from, n);
  throw new CodedError("DAMAGED", `A stored column has the unknown codec ${codec}.`);
}

function readXor(from: ByteReader, n: number): Float64Array {
  const planes = from.bytes(8 * n);
  const bits = new Uint32Array(2 * n);
  for (let half = 0; half < 2; half++) {
    let before = 0;
    for (let i = 0; i < n; i++) {
      for (let byte = 0; byte < 4; byte++) before ^= (planes[(half * 4 + byte) * n + i] as number) << (byte * 8);
      bits[2 * i + half] = before;
    }
  }
  return new Float64Array(bits.buffer);
}

/** The values as integers times a power of ten, where that gives every one of them back exactly. */
function asDecimals(values: Float64Array): { exponent: number; integers: Float64Array } | undefined {
  const n = values.length;
  let exponent = 0;
  for (let i = 0; i < n; i++) {
    while (!isDecimal(values[i] as number, powersOf10[exponent] as number)) {
      if (++exponent > largestExponent) return undefined;
    }
  }
  // A value that fitted a smaller exponent need not fit the final one: look at all of them again.
  const power = powersOf10[exponent] as number;
  const integers = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const value = values[i] as number;
    if (!isDecimal(value, power)) return undefined;
    integers[i] = Math.round(value * power);
  }
  return { exponent, integers };
}

function isDecimal(value: number, power: number): boolean {
  const integer = Math.round(value * power);
  return Math.abs(integer) <= largestInteger && integer / power === value && !Object.is(value, -0);
}

export function writeBytes(out: ByteWriter, values: Uint8Array): void {
  if (values.length === 0) return;
  const first = values[0] as number;
  if (values.every((value) => value === first)) {
    out.byte(0);
    out.byte(first);
  } else {
    out.byte(1);
    out.bytes(values);
  }
}

export function readBytes(from: ByteReader, n: number): Uint8Array {
  if (n === 0) return new Uint8Array(0);
  return from.byte() === 0 ? new Uint8Array(n).fill(from.byte()) : from.bytes(n).slice();
}
