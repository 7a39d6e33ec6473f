import type { Region, TrendSeries } from "./series.ts";

export const yModes = ["auto", "range"] as const;
export type YMode = (typeof yModes)[number];

export interface Extent {
  readonly min: number;
  readonly max: number;
}

/** Lowest and highest of what the window shows; null where it shows nothing. */
export function extentOf({ points }: TrendSeries, window: Region): Extent | null {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (let i = Math.max(0, points.firstAt(window.from) - 1); i < points.size && points.t(i) <= window.to; i++) {
    if (points.low(i) < min) min = points.low(i);
    if (points.high(i) > max) max = points.high(i);
  }
  return min <= max ? { min, max } : null;
}

/** A scale, and whether its ticks are whole numbers only. */
export interface YScale extends Extent {
  readonly whole: boolean;
}

/**
 * The vertical scale of the series that share a chart. `range` is the tags' measuring range; `auto` fits what is
 * seen, but never so closely that the last digit of a steady value looks like a storm.
 */
export function yScale(all: readonly TrendSeries[], window: Region, mode: YMode): YScale {
  const scales = all.map((series) => scaleOf(series, window, mode));
  return {
    min: Math.min(...scales.map(({ min }) => min)),
    max: Math.max(...scales.map(({ max }) => max)),
    whole: scales.every(({ whole }) => whole),
  };
}

function scaleOf(series: TrendSeries, window: Region, mode: YMode): YScale {
  const { info, words } = series;
  if (info.type === "bool") return { min: -0.2, max: 1.2, whole: true };
  if (info.type === "string") return { min: -0.5, max: Math.max(1, words.length) - 0.5, whole: true };
  const seen = extentOf(series, window);
  const counts = seen !== null && countsIn(series, window, seen);
  const whole = counts || info.type === "int";
  if (mode === "range" && info.range) return { min: info.range[0], max: info.range[1], whole };
  const [low, high] = info.normal ?? info.range ?? [0, 1];
  const least = info.type === "int" ? 2 : 10 ** -info.decimals * 10;
  const { min, max } = counts ? withNeighbours(seen) : widened(seen ?? { min: low, max: high }, least);
  const margin = (max - min) * 0.06;
  return { min: min - margin, max: max + margin, whole };
}

/** Labels, codes and counts: whole numbers no larger than this, whatever the tag's type. */
const largestCount = 10;

function countsIn({ points }: TrendSeries, window: Region, { min, max }: Extent): boolean {
  if (min < -largestCount || max > largestCount) return false;
  for (let i = Math.max(0, points.firstAt(window.from) - 1); i < points.size && points.t(i) <= window.to; i++) {
    const [low, high] = [points.low(i), points.high(i)];
    if (!Number.isNaN(low) && !(Number.isInteger(low) && Number.isInteger(high))) return false;
  }
  return true;
}

/** At least one whole step. A constant lies between its neighbours, but 0 and 1 are each other's. */
function withNeighbours({ min, max }: Extent): Extent {
  if (min < max) return { min, max };
  return { min: min === 0 ? 0 : min - 1, max: min === 1 ? 1 : min + 1 };
}

/** At least `least` wide around the middle; what never was negative is not shown as if it could be. */
function widened({ min, max }: Extent, least: number): Extent {
  const missing = least - (max - min);
  if (missing <= 0) return { min, max };
  const low = min - missing / 2;
  return min >= 0 && low < 0 ? { min: 0, max: least } : { min: low, max: max + missing / 2 };
}

/** Ticks of states, switches and texts: each whole number has a name of its own, so all where there is room. */
export function wholeTicks(min: number, max: number, heightPx: number): number[] {
  const room = Math.max(1, Math.floor(heightPx / 18));
  const step = Math.max(1, Math.ceil((Math.floor(max) - Math.ceil(min) + 1) / room));
  const found: number[] = [];
  for (let at = Math.ceil(min / step) * step + 0; at <= max; at += step) found.push(at);
  return found;
}

/** Ticks of numbers: 1, 2 or 5 times a power of ten apart, not closer than `leastPx`. */
export function numberTicks({ min, max, whole }: YScale, heightPx: number, leastPx: number): number[] {
  const closest = ((max - min) * leastPx) / Math.max(leastPx, heightPx);
  const power = 10 ** Math.floor(Math.log10(closest));
  const step = Math.max(whole ? 1 : 0, power * ([1, 2, 5].find((times) => power * times >= closest) ?? 10));
  const first = Math.ceil(min / step);
  return Array.from({ length: Math.floor(max / step) - first + 1 }, (_, k) => (first + k) * step + 0);
}

/** Digits behind the point that tell ticks apart. */
export function tickDecimals([first = 0, second = first + 1]: readonly number[]): number {
  return Math.max(0, -Math.floor(Math.log10(second - first) + 1e-9));
}
