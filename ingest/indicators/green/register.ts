import { type Interval, overlapMs } from "#shared/model/interval.ts";
import { ratio } from "#shared/model/ratio.ts";
import { type Increment, incrementsOf, type Reading, type RegisterFlag, type RegisterRules } from "./increments.ts";

/** Energy of a span from a cumulative register; additive over meters of one level (D9). */
export interface RegisterEnergy {
  /** In the register's unit; includes `estimated`. */
  readonly total: number;
  /** Part that rests on an interval longer than `maxGapMs`, or on a reset. */
  readonly estimated: number;
  /** Time covered by accepted intervals that are not estimated. */
  readonly coveredMs: number;
  readonly flags: readonly RegisterFlag[];
}

interface Sums {
  total: number;
  estimated: number;
  coveredMs: number;
}

/** The part of an increment that falls into `span`: linear over its interval, nothing beyond it. */
export const partIn = (increment: Increment, span: Interval): number =>
  (increment.amount * overlapMs(increment, span)) / (increment.to - increment.from);

function addTo(sums: Sums, increment: Increment, span: Interval): void {
  const part = partIn(increment, span);
  sums.total += part;
  if (increment.isEstimated) sums.estimated += part;
  else sums.coveredMs += overlapMs(increment, span);
}

/** Sums of a span; increments ascend. */
function sumsIn(increments: readonly Increment[], span: Interval): Sums {
  const sums: Sums = { total: 0, estimated: 0, coveredMs: 0 };
  for (const increment of increments) {
    if (increment.to <= span.from) continue;
    if (increment.from >= span.to) break;
    addTo(sums, increment, span);
  }
  return sums;
}

/** Consumption per span by catalogue G-01, so that the spans of a year add up to the year. Readings in any order. */
export function registerEnergy(
  readings: readonly Reading[],
  spans: readonly Interval[],
  rules: RegisterRules,
): readonly (RegisterEnergy & { readonly coverage: number })[] {
  const { increments, flags } = incrementsOf(readings, rules);
  return spans.map((span) => {
    const sums = sumsIn(increments, span);
    return { ...sums, flags, coverage: ratio(sums.coveredMs, span.to - span.from) ?? 0 };
  });
}
