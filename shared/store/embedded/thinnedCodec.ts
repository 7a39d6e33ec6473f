import { formatOf, pack, readBlock, unpack, writeBlock } from "./blockCodec.ts";
import { type ByteReader, ByteWriter } from "./bytes.ts";
import { readBytes, readIntegers, readNumbers, writeBytes, writeIntegers, writeNumbers } from "./columnCodec.ts";
import { joinPoints } from "./merge.ts";
import { type Points, slicePoints } from "./points.ts";
import { minutesOf, type RollUp } from "./rollUp.ts";

/**
 * What retention leaves of a chunk: its first and its last sample, so that holes keep their exact bounds, and its
 * minutes' roll-ups, none once those are too old as well.
 *
 *   format 2 · packed by `pack`: block of the two samples · number of minutes · their columns, in the order
 *   of `writeMinutes`
 */
const thinnedFormat = 2;

export interface Thinned {
  readonly points: Points;
  readonly minutes: readonly RollUp[];
}

export const isThinned = (body: Uint8Array): boolean => formatOf(body) === thinnedFormat;

/** `points` ascending, at least one. */
export function thin(points: Points): Thinned {
  const first = slicePoints(points, 0, 1);
  const ends = points.n === 1 ? first : joinPoints([first, slicePoints(points, points.n - 1, points.n)]);
  return { points: ends, minutes: minutesOf(points) };
}

export function encodeThinned({ points, minutes }: Thinned): Uint8Array {
  const out = new ByteWriter();
  writeBlock(out, { points, series: null });
  out.varint(minutes.length);
  writeMinutes(out, minutes);
  return pack(thinnedFormat, out);
}

/** The inverse of `encodeThinned`; throws `DAMAGED` for anything else. */
export function decodeThinned(body: Uint8Array): Thinned {
  const from = unpack(thinnedFormat, body);
  const { points } = readBlock(from);
  return { points, minutes: readMinutes(from, from.varint()) };
}

const whole = ["n", "bad", "numeric", "from", "to", "goodMs"] as const;
const values = ["min", "max", "sum", "first", "last"] as const;

function writeMinutes(out: ByteWriter, minutes: readonly RollUp[]): void {
  for (const key of whole)
    writeIntegers(
      out,
      Float64Array.from(minutes, (one) => one[key]),
    );
  for (const key of values)
    writeNumbers(
      out,
      Float64Array.from(minutes, (one) => one[key] ?? 0),
    );
  writeBytes(
    out,
    Uint8Array.from(minutes, ({ endsGood }) => Number(endsGood)),
  );
}

function readMinutes(from: ByteReader, length: number): RollUp[] {
  const columns = Object.fromEntries([
    ...whole.map((key) => [key, readIntegers(from, length)]),
    ...values.map((key) => [key, readNumbers(from, length)]),
  ]) as Record<(typeof whole)[number] | (typeof values)[number], Float64Array>;
  const endsGood = readBytes(from, length);
  return Array.from({ length }, (_, i) => {
    const known = (key: (typeof values)[number]): number | null =>
      columns.numeric[i] === 0 ? null : (columns[key][i] as number);
    return {
      n: columns.n[i] as number,
      bad: columns.bad[i] as number,
      numeric: columns.numeric[i] as number,
      min: known("min"),
      max: known("max"),
      sum: known("sum"),
      first: known("first"),
      last: known("last"),
      from: columns.from[i] as number,
      to: columns.to[i] as number,
      goodMs: columns.goodMs[i] as number,
      endsGood: endsGood[i] === 1,
    };
  });
}
