import type { Gap } from "#shared/model/sample.ts";
import type { EpochMs } from "#shared/model/time.ts";

/** An entry that counts lost samples; no later data takes it out. */
export const isLoss = ({ lost }: Gap): boolean => lost !== null;

/**
 * What is left of a silence once the time from `from` to `to` is accounted for: parts no longer than `gapAfterMs` are
 * none. A silence that lasts ends with the sample at `to`, or goes on behind it where `goesOn`.
 */
export function cutGap(gap: Gap, from: EpochMs, to: EpochMs, gapAfterMs: number, goesOn = false): readonly Gap[] {
  if (isLoss(gap) || to <= gap.from || (gap.to !== null && from >= gap.to)) return [gap];
  const left: Gap[] = [];
  if (from - gap.from > gapAfterMs) left.push({ ...gap, to: from });
  if (gap.to === null ? goesOn : gap.to - to > gapAfterMs) left.push({ ...gap, from: to });
  return left;
}

/** What is left of a silence once a sample at `at` is there. */
export const fillGap = (gap: Gap, at: EpochMs, gapAfterMs: number): readonly Gap[] => cutGap(gap, at, at, gapAfterMs);

/** The parts of a silence that no counted loss accounts for. */
export function withoutLosses(gap: Gap, entries: readonly Gap[], gapAfterMs: number): readonly Gap[] {
  return entries
    .filter(isLoss)
    .reduce<readonly Gap[]>(
      (left, loss) => left.flatMap((part) => cutGap(part, loss.from, loss.to ?? loss.from, gapAfterMs, true)),
      [gap],
    );
}
