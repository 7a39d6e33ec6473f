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

export interface Explained {
  readonly gaps: readonly HistoryGap[];
  /** Entries that explain no hole: too short to be one, a part of one, or data lies in them. */
  readonly rest: readonly Gap[];
}

/** Gives each hole the cause of the ledger entry that covers it most, if it covers half; what lasts ends at `now`. */
export function explain(holes: readonly Hole[], ledger: readonly Gap[], now: EpochMs): Explained {
  const endOf = ({ to }: Hole): number => to ?? now;
  const overlap = (a: Hole, b: Hole): number => Math.min(endOf(a), endOf(b)) - Math.max(a.from, b.from);
  const used = new Set<Gap>();
  const gaps = holes.map((hole): HistoryGap => {
    const best = ledger.reduce<Gap | null>(
      (most, entry) => (most && overlap(most, hole) >= overlap(entry, hole) ? most : entry),
      null,
    );
    if (!best || overlap(best, hole) * 2 < endOf(hole) - hole.from) return { ...hole, cause: unknownCause };
    used.add(best);
    return { ...hole, cause: best.cause };
  });
  return { gaps, rest: ledger.filter((entry) => !used.has(entry)) };
}
