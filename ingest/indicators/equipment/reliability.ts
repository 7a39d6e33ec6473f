import { each, notNegative } from "#shared/model/checks.ts";
import { type Interval, interval, overlapMs, sumMs, union } from "#shared/model/interval.ts";
import { ratio, sum } from "#shared/model/ratio.ts";
import { type EpochMs, instant } from "#shared/model/time.ts";

const hourMs = 3_600_000;

/** U-13 and U-14 of one scope and period. */
export interface Reliability {
  readonly mtbfH: number | null;
  readonly mttrH: number | null;
  /** Without a failure: the productive time, which the MTBF is at least. */
  readonly mtbfLowerBoundH: number | null;
  readonly reason: "no_failures" | null;
}

function reliability(productiveH: number, failuresStarted: number, repairH: readonly number[]): Reliability {
  notNegative(productiveH, "productive time in h");
  const hasFailed = failuresStarted > 0;
  return {
    mtbfH: ratio(productiveH, failuresStarted),
    mttrH: ratio(sum(each(repairH, notNegative, "repair time in h")), repairH.length),
    mtbfLowerBoundH: hasFailed ? null : productiveH,
    reason: hasFailed ? null : "no_failures",
  };
}

/** Failures that all began and ended in the period. */
export const reliabilityOfRepairs = (productiveH: number, repairH: readonly number[]): Reliability =>
  reliability(productiveH, repairH.length, repairH);

/** UDT of one equipment. Intervals of one work order are one failure. */
export interface DownTime {
  readonly from: EpochMs;
  /** null while it lasts. */
  readonly to: EpochMs | null;
  readonly workOrder: string | null;
}

interface Failure {
  readonly startedAt: EpochMs;
  readonly restoredAt: EpochMs | null;
  readonly down: readonly Interval[];
}

function failuresOf(downTimes: readonly DownTime[], now: EpochMs): readonly Failure[] {
  const groups = Map.groupBy(downTimes, (down) => down.workOrder ?? down);
  return [...groups.values()].map((parts) => {
    const startedAt = instant(Math.min(...parts.map(({ from }) => from)));
    const isOpen = parts.some(({ to }) => to === null);
    const down = union(parts.map(({ from, to }) => interval(from, to ?? Math.max(now, from))));
    const restoredAt = isOpen ? null : instant(Math.max(...parts.map(({ from, to }) => to ?? from)));
    return { startedAt, restoredAt, down };
  });
}

export interface PeriodReliability extends Reliability {
  readonly failuresStarted: number;
  readonly repairsCompleted: number;
  readonly openAtEnd: number;
  /** UDT inside the period, of every failure. */
  readonly udtH: number;
}

/**
 * Failures count where they start, repairs, with their full duration, where they end; what is not restored before the
 * end of the period is open at its end.
 */
export function reliabilityInPeriod(
  downTimes: readonly DownTime[],
  period: Interval,
  productiveH: number,
): PeriodReliability {
  const failures = failuresOf(downTimes, period.to);
  const isInside = (at: EpochMs | null) => at !== null && at >= period.from && at < period.to;
  const restored = failures.filter(({ restoredAt }) => isInside(restoredAt));
  const failuresStarted = failures.filter(({ startedAt }) => isInside(startedAt)).length;
  const isOpenAtEnd = ({ startedAt, restoredAt }: Failure) =>
    startedAt < period.to && (restoredAt === null || restoredAt >= period.to);
  const downInside = failures.flatMap(({ down }) => down.map((part) => overlapMs(part, period)));
  return {
    failuresStarted,
    repairsCompleted: restored.length,
    openAtEnd: failures.filter(isOpenAtEnd).length,
    udtH: sum(downInside) / hourMs,
    ...reliability(
      productiveH,
      failuresStarted,
      restored.map(({ down }) => sumMs(down) / hourMs),
    ),
  };
}
