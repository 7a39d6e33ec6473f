import { regionsWithoutData } from "./gaps.ts";
import type { Region, TrendSeries } from "./series.ts";

/** One series in one period of the table: null figures where there was no data at all. */
export interface Summary {
  readonly min: number | null;
  readonly mean: number | null;
  readonly max: number | null;
  readonly last: number | null;
  /** Some of the period is without data. */
  readonly incomplete: boolean;
}

/** Figures of the points in [from, to). Means of buckets and samples alike, each point counting once. */
export function summarise(series: TrendSeries, period: Region, now: number): Summary {
  const { points } = series;
  let [count, sum, min, max, last] = [0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN];
  for (let i = points.firstAt(period.from); i < points.size && points.t(i) < period.to; i++) {
    const mid = points.mid(i);
    if (Number.isNaN(mid)) continue;
    count++;
    sum += mid;
    min = Math.min(min, points.low(i));
    max = Math.max(max, points.high(i));
    last = mid;
  }
  const incomplete = regionsWithoutData(series, period, now).length > 0;
  if (count === 0) return { min: null, mean: null, max: null, last: null, incomplete };
  return { min, mean: sum / count, max, last, incomplete };
}

/** The window in equal periods, oldest first; none begins in the future. */
export function periodsOf(window: Region, count: number, now: number): readonly Region[] {
  const width = (window.to - window.from) / count;
  return Array.from({ length: count }, (_, k) => ({
    from: window.from + k * width,
    to: window.from + (k + 1) * width,
  })).filter(({ from }) => from < now);
}

/** The point that a cursor at `at` reads: the newest one not after it, unless nothing is known there. */
export function pointAt(series: TrendSeries, at: number, isUnknown: boolean): number | null {
  const { points } = series;
  const next = points.firstAt(at + 1);
  if (next === 0 || isUnknown) return null;
  return Number.isNaN(points.mid(next - 1)) ? null : next - 1;
}
