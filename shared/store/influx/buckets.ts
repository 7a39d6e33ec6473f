import type { HistoryBucket } from "#shared/model/live.ts";
import type { TagId } from "#shared/model/sample.ts";
import { instant } from "#shared/model/time.ts";
import { type BucketPart, rowsOf, tagOf } from "./rows.ts";
import type { InfluxSeries } from "./server.ts";

export interface TagBuckets {
  readonly parts: Map<number, BucketPart>;
  /** Starts of the buckets in which a correction left fields behind: the server's sums are wrong there. */
  readonly unsure: Set<number>;
}

/** Reads the answers to `bucketQueries`. */
export function readBuckets(answers: readonly (readonly InfluxSeries[])[]): ReadonlyMap<TagId, TagBuckets> {
  const byTag = new Map<TagId, TagBuckets>();
  const [sums = [], ...corrections] = answers;
  for (const [{ parts }, row] of rowsByTag(byTag, sums)) {
    const t = Number(row.time);
    const numbers = Number(row.nf ?? 0);
    const known = (cell: unknown): number | null => (numbers === 0 || cell === null ? null : Number(cell));
    const bucket: HistoryBucket = {
      t: instant(t),
      n: numbers + Number(row.ns ?? 0),
      bad: 0,
      min: known(row.low),
      max: known(row.high),
      mean: known(row.average),
      first: known(row.opening),
      last: known(row.closing),
    };
    if (bucket.n > 0) parts.set(t, { bucket, numbers });
  }
  for (const [{ parts, unsure }, row] of corrections.flatMap((series) => [...rowsByTag(byTag, series)])) {
    const t = Number(row.time);
    const bad = Number(row.bad ?? 0);
    const { bucket, numbers } = parts.get(t) ?? emptyPart(t);
    if (bad > 0) parts.set(t, { bucket: { ...bucket, bad }, numbers });
    if (Number(row.leftf ?? 0) + Number(row.lefts ?? 0) > 0) unsure.add(t);
  }
  return byTag;
}

const emptyPart = (t: number): BucketPart => ({
  bucket: { t: instant(t), n: 0, bad: 0, min: null, max: null, mean: null, first: null, last: null },
  numbers: 0,
});

/** One bucket of two parts, the earlier one first. */
export function joined(early: BucketPart | undefined, late: BucketPart): BucketPart {
  if (early === undefined) return late;
  const [a, b] = [early.bucket, late.bucket];
  const numbers = early.numbers + late.numbers;
  const both = (of: (x: number, y: number) => number, x: number | null, y: number | null): number | null =>
    x === null ? y : y === null ? x : of(x, y);
  const mean = both((x, y) => (x * early.numbers + y * late.numbers) / numbers, a.mean, b.mean);
  const ends = { first: a.first ?? b.first, last: b.last ?? a.last };
  return {
    bucket: {
      t: a.t,
      n: a.n + b.n,
      bad: a.bad + b.bad,
      min: both(Math.min, a.min, b.min),
      max: both(Math.max, a.max, b.max),
      mean,
      ...ends,
    },
    numbers,
  };
}

function* rowsByTag(byTag: Map<TagId, TagBuckets>, answer: readonly InfluxSeries[]) {
  for (const series of answer) {
    for (const row of rowsOf(series)) {
      const tag = tagOf(series, row);
      const known = byTag.get(tag) ?? { parts: new Map(), unsure: new Set() };
      byTag.set(tag, known);
      yield [known, row] as const;
    }
  }
}
