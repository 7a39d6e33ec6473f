import { CodedError } from "#shared/model/errors.ts";
import type { ByteReader, ByteWriter } from "./bytes.ts";

/**
 * Doubles that are no short decimals, bit by bit: 64-bit integers less a prediction, in planes of bytes, low byte first.
 *
 *   number of the prediction · mask of the planes that are noise · the planes
 *
 * Planes that are noise go apart: zstd cannot shorten them, and beside them it shortens the others less. The IEEE 754
 * bits of one sign have the order of their values, so what predicts values predicts them.
 */
const predictions = {
  /** XOR with the one before: for values that share bits, as those of single precision do. */
  sameBits: 0,
  /** Zigzag difference from the one before: for noise around a level. */
  sameValue: 1,
  /** Zigzag difference from the line through the two before: for what moves steadily. */
  sameSlope: 2,
} as const;
type Prediction = (typeof predictions)[keyof typeof predictions];
const isPrediction = (n: number): n is Prediction => n <= predictions.sameSlope;

const planeCount = 8;
/** So many values tell how all of a block move. */
const judgedValues = 256;
const two32 = 2 ** 32;

/** 64-bit integers, their low and their high 32 bits. */
interface Words {
  readonly low: Uint32Array;
  readonly high: Uint32Array;
}
const wordsOf = (n: number): Words => ({ low: new Uint32Array(n), high: new Uint32Array(n) });

export function writeBits(out: ByteWriter, values: Float64Array): void {
  const bits = wordsOf(values.length);
  const halves = new Uint32Array(Float64Array.from(values).buffer);
  for (let i = 0; i < values.length; i++) {
    bits.low[i] = halves[2 * i] as number;
    bits.high[i] = halves[2 * i + 1] as number;
  }
  const prediction = bestFor(bits);
  const words = residualsOf(bits, prediction);
  const planes = Array.from({ length: planeCount }, (_, i) => planeOf(words, i));
  const noise = planes.map(isNoise);
  out.byte(prediction);
  out.byte(noise.reduce((mask, is, i) => (is ? mask | (1 << i) : mask), 0));
  for (const [i, plane] of planes.entries()) {
    if (noise[i]) out.noise(plane);
    else out.bytes(plane);
  }
}

export function readBits(from: ByteReader, n: number): Float64Array {
  const prediction = from.byte();
  if (!isPrediction(prediction)) {
    throw new CodedError("DAMAGED", `A stored column has the unknown prediction ${prediction}.`);
  }
  const mask = from.byte();
  const words = wordsOf(n);
  const planes = Array.from({ length: planeCount }, (_, i) => ((mask >> i) & 1 ? from.noise(n) : from.bytes(n)));
  joinPlanes(planes.slice(0, 4), words.low);
  joinPlanes(planes.slice(4), words.high);
  return valuesOf(words, prediction);
}

/** The prediction that leaves the fewest bits of the first values, and so most likely of all. */
function bestFor({ low, high }: Words): Prediction {
  const some = { low: low.subarray(0, judgedValues), high: high.subarray(0, judgedValues) };
  let best: Prediction = predictions.sameValue;
  let lowest = Number.POSITIVE_INFINITY;
  for (const prediction of Object.values(predictions)) {
    const cost = costOf(residualsOf(some, prediction));
    if (cost < lowest) [best, lowest] = [prediction, cost];
  }
  return best;
}

/** Bits less their prediction. All arithmetic is modulo 2^64, a half at a time; doubles hold each step exactly. */
function residualsOf({ low, high }: Words, prediction: Prediction): Words {
  const n = low.length;
  const residuals = wordsOf(n);
  const isLine = prediction === predictions.sameSlope;
  // The two before, `a` the nearer one; before the first there are zeros, before the second the first twice.
  let [aLow, aHigh, bLow, bHigh] = [0, 0, 0, 0];
  for (let i = 0; i < n; i++) {
    const lowValue = low[i] as number;
    const highValue = high[i] as number;
    const reach = isLine ? 2 * aLow - bLow : aLow;
    const guessLow = reach >>> 0;
    const guessHigh = isLine ? 2 * aHigh - bHigh + Math.floor(reach / two32) : aHigh;
    if (prediction === predictions.sameBits) {
      residuals.low[i] = lowValue ^ guessLow;
      residuals.high[i] = highValue ^ guessHigh;
    } else {
      const offLow = lowValue - guessLow;
      const offHigh = highValue - guessHigh - (offLow < 0 ? 1 : 0);
      const sign = (offHigh | 0) >> 31;
      residuals.low[i] = (offLow << 1) ^ sign;
      residuals.high[i] = ((offHigh << 1) | (offLow >>> 31)) ^ sign;
    }
    bLow = i === 0 ? lowValue : aLow;
    bHigh = i === 0 ? highValue : aHigh;
    aLow = lowValue;
    aHigh = highValue;
  }
  return residuals;
}

/** The inverse of `residualsOf`, as doubles. */
function valuesOf({ low, high }: Words, prediction: Prediction): Float64Array {
  const n = low.length;
  const halves = new Uint32Array(2 * n);
  const isLine = prediction === predictions.sameSlope;
  let [aLow, aHigh, bLow, bHigh] = [0, 0, 0, 0];
  for (let i = 0; i < n; i++) {
    const offLow = low[i] as number;
    const offHigh = high[i] as number;
    const reach = isLine ? 2 * aLow - bLow : aLow;
    const guessLow = reach >>> 0;
    const guessHigh = isLine ? 2 * aHigh - bHigh + Math.floor(reach / two32) : aHigh;
    let lowValue: number;
    let highValue: number;
    if (prediction === predictions.sameBits) {
      lowValue = (guessLow ^ offLow) >>> 0;
      highValue = (guessHigh ^ offHigh) >>> 0;
    } else {
      const sign = -(offLow & 1);
      const sum = guessLow + ((((offLow >>> 1) | (offHigh << 31)) ^ sign) >>> 0);
      lowValue = sum >>> 0;
      highValue = (guessHigh + ((offHigh >>> 1) ^ sign) + (sum >= two32 ? 1 : 0)) >>> 0;
    }
    halves[2 * i] = lowValue;
    halves[2 * i + 1] = highValue;
    bLow = i === 0 ? lowValue : aLow;
    bHigh = i === 0 ? highValue : aHigh;
    aLow = lowValue;
    aHigh = highValue;
  }
  return new Float64Array(halves.buffer);
}

/** Bits that the planes of these residuals need at most, without the low ones that none of them uses. */
function costOf({ low, high }: Words): number {
  let cost = 0;
  let usedLow = 0;
  let usedHigh = 0;
  for (let i = 0; i < low.length; i++) {
    const highValue = high[i] as number;
    const lowValue = low[i] as number;
    cost += highValue === 0 ? 32 - Math.clz32(lowValue) : 64 - Math.clz32(highValue);
    usedLow |= lowValue;
    usedHigh |= highValue;
  }
  return cost - low.length * (usedLow === 0 ? 32 + trailingZeros(usedHigh) : trailingZeros(usedLow));
}

const trailingZeros = (word: number): number => (word === 0 ? 32 : 31 - Math.clz32(word & -word));

function planeOf({ low, high }: Words, plane: number): Uint8Array {
  const words = plane < 4 ? low : high;
  const shift = (plane & 3) * 8;
  const bytes = new Uint8Array(words.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = (words[i] as number) >>> shift;
  return bytes;
}

function joinPlanes([first, second, third, fourth]: readonly Uint8Array[], into: Uint32Array): void {
  if (!first || !second || !third || !fourth) return;
  for (let i = 0; i < into.length; i++) {
    const lower = (first[i] as number) | ((second[i] as number) << 8);
    into[i] = lower | ((third[i] as number) << 16) | ((fourth[i] as number) << 24);
  }
}

/** Pairs of equal bytes beyond those of pure chance, from which on a plane can be shortened. */
const noiseMargin = 1.1;
const fewestForChance = 64;

/** Whether the bytes are as good as random: by how many pairs of them are equal. */
function isNoise(bytes: Uint8Array): boolean {
  const n = bytes.length;
  if (n < fewestForChance) return false;
  const counts = new Uint32Array(256);
  for (let i = 0; i < n; i++) counts[bytes[i] as number] = (counts[bytes[i] as number] as number) + 1;
  let pairs = 0;
  for (const count of counts) pairs += count * count;
  return pairs < noiseMargin * (n + (n * n) / 256);
}
