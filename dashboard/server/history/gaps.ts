import type { HistoryAnswer, HistoryBucket } from "#shared/model/live.ts";
import type { Gap } from "#shared/model/sample.ts";
import { type DurationMs, type EpochMs, instant } from "#shared/model/time.ts";

/** Time without samples; `to` is null while it lasts. */
export interface Hole {
  readonly from: EpochMs;
  readonly to: EpochMs | null;
}
export type HistoryGap = HistoryAnswer["gaps"][number];

/** For a hole that nobody has noted a cause for. */
export const unknownCause = "unknown";

const endOf = ({ to }: { readonly to: EpochMs | null }): number => to ?? Number.POSITIVE_INFINITY;
const overlap = (a: Hole, b: Hole): number => Math.min(endOf(a), endOf(b)) - Math.max(a.from, b.from);

/**
 * Empty stretches between buckets that are longer than `gapAfterMs`, to the buckets' resolution: the silence behind
 * each is at least as long.
 */
export function emptyStretches(buckets: readonly HistoryBucket[], width: DurationMs, gapAfterMs: number): Hole[] {
  const holes: Hole[] = [];
  for (const [index, bucket] of buckets.entries()) {
    const next = buckets[index + 1];
    const end = bucket.t + width;
    if (next && next.t - end > gapAfterMs) holes.push({ from: instant(end), to: next.t });
  }
  return holes;
}

/** Each hole with the cause of the ledger entry that overlaps it most. */
export const withCauses = (holes: readonly Hole[], ledger: readonly Gap[]): HistoryGap[] =>
  holes.map((hole) => {
    const best = ledger
      .filter((entry) => overlap(entry, hole) > 0)
      .reduce<Gap | null>((most, entry) => (most && overlap(most, hole) >= overlap(entry, hole) ? most : entry), null);
    return { ...hole, cause: best?.cause ?? unknownCause };
  });

/** Ledger entries that no hole shows: too short to be one, or data lies in them. */
export const notShown = (ledger: readonly Gap[], holes: readonly Hole[]): readonly Gap[] =>
  ledger.filter((entry) => !holes.some((hole) => overlap(entry, hole) > 0));
