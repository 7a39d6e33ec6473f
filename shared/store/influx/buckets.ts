import type { HistoryBucket } from "#shared/model/live.ts";
import type { TagId } from "#shared/model/sample.ts";
import { instant } from "#shared/model/time.ts";
import { rowsOf } from "./rows.ts";
import type { InfluxSeries } from "./server.ts";

export interface TagBuckets {
  readonly buckets: Map<number, HistoryBucket>;
  /** Starts of the buckets in which a correction left fields behind: the server's sums are wrong there. */
  readonly unsure: Set<number>;
}

/** Reads the answers to `bucketQueries`. */
export function readBuckets(answers: readonly (readonly InfluxSeries[])[]): ReadonlyMap<TagId, TagBuckets> {
  const byTag = new Map<TagId, TagBuckets>();
  const [sums = [], ...corrections] = answers;
  for (const [{ buckets }, row] of rowsByTag(byTag, sums)) {
    const t = Number(row.time);
    const numbers = Number(row.nf ?? 0);
    const known = (cell: unknown): number | null => (numbers === 0 || cell === null ? null : Number(cell));
    buckets.set(t, {
      t: instant(t),
      n: numbers + Number(row.ns ?? 0),
      bad: 0,
      min: known(row.low),
      max: known(row.high),
      mean: known(row.average),
      first: known(row.opening),
      last: known(row.closing),
    });
  }
  for (const [{ buckets, unsure }, row] of corrections.flatMap((series) => [...rowsByTag(byTag, series)])) {
    const t = Number(row.time);
    const bad = Number(row.bad ?? 0);
    if (bad > 0) buckets.set(t, { ...(buckets.get(t) ?? emptyBucket(t)), bad });
    if (Number(row.leftf ?? 0) + Number(row.lefts ?? 0) > 0) unsure.add(t);
  }
  return byTag;
}

const emptyBucket = (t: number): HistoryBucket => ({
  t: instant(t),
  n: 0,
  bad: 0,
  min: null,
  max: null,
  mean: null,
  first: null,
  last: null,
});

function* rowsByTag(byTag: Map<TagId, TagBuckets>, answer: readonly InfluxSeries[]) {
  for (const series of answer) {
    const tag = series.tags?.id as TagId;
    const known = byTag.get(tag) ?? { buckets: new Map(), unsure: new Set() };
    byTag.set(tag, known);
    for (const row of rowsOf(series)) yield [known, row] as const;
  }
}
