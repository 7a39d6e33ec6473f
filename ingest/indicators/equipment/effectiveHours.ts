import type { Calendar, Period } from "#shared/model/calendar.ts";
import { each, notNegative } from "#shared/model/checks.ts";
import { CodedError } from "#shared/model/errors.ts";
import { type Interval, sumMs, union } from "#shared/model/interval.ts";
import { ratio, sum } from "#shared/model/ratio.ts";
import type { EpochMs } from "#shared/model/time.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** U-15 effective machine hours: productive, necessary preparation and post-processing, ENG of a registered project. */
export const effectiveHours = (hours: {
  readonly productiveH: number;
  readonly preparationH: number;
  readonly postProcessingH: number;
  readonly projectEngineeringH: number;
}): number => sum(Object.entries(hours).map(([name, value]) => notNegative(value, name)));

/** U-16: effective hours over the quota. The value is not capped; the plain score is, at 100. */
export function quotaUse(effectiveH: number, quotaH: number): { rate: number | null; score: number | null } {
  const rate = ratio(notNegative(effectiveH, "effective hours"), notNegative(quotaH, "quota in h"));
  return { rate, score: rate === null ? null : Math.min(100, 100 * rate) };
}

/**
 * The quota of a year for the days in service within a period: yearly quota × days / days of the year. A day on which
 * the equipment came into service, or left it, counts.
 */
export function quotaInService(
  calendar: Calendar,
  period: Period,
  service: { readonly from: EpochMs; readonly to: EpochMs | null },
  yearlyQuotaH: number,
): { readonly days: number; readonly quotaH: number } {
  notNegative(yearlyQuotaH, "yearly quota in h");
  const year = calendar.period(period.name.slice(0, 4));
  const from = Math.max(period.from, calendar.periodAt("day", service.from).from);
  const lastTo = service.to === null ? period.to : calendar.periodAt("day", service.to).to;
  // Rounding takes out the hours by which a day may be longer or shorter.
  const days = Math.max(0, Math.round((Math.min(period.to, lastTo) - from) / dayMs));
  return { days, quotaH: (yearlyQuotaH * days) / Math.round((year.to - year.from) / dayMs) };
}

/** U-15 of a platform: per assessed instrument, and per instrument that served the whole year. */
export function averageEffectiveHours(
  effectiveH: readonly number[],
  serviceFractions: readonly number[],
): { readonly perInstrumentH: number | null; readonly perServiceYearH: number | null } {
  if (effectiveH.length !== serviceFractions.length)
    throw new CodedError(
      "OUT_OF_RANGE",
      `${effectiveH.length} instruments have hours, ${serviceFractions.length} a service fraction; give both for each.`,
    );
  const total = sum(each(effectiveH, notNegative, "effective hours"));
  return {
    perInstrumentH: ratio(total, effectiveH.length),
    perServiceYearH: ratio(total, sum(each(serviceFractions, notNegative, "service fraction"))),
  };
}

/** Used time of equipment that can do one run at a time: overlapping records are one use, and a conflict to be shown. */
export function usedHours(runs: readonly Interval[]): {
  readonly usedH: number;
  readonly sumOfRunsH: number;
  readonly hasConflict: boolean;
} {
  const usedMs = sumMs(union(runs));
  const runsMs = sumMs(runs);
  return { usedH: usedMs / hourMs, sumOfRunsH: runsMs / hourMs, hasConflict: runsMs > usedMs };
}
