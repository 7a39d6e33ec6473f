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

/**
 * The vertical scale of the series that share a chart. `range` is the tags' measuring range; `auto` fits what is
 * seen, but never so closely that the last digit of a steady value looks like a storm.
 */
export function yScale(all: readonly TrendSeries[], window: Region, mode: YMode): Extent {
  const scales = all.map((series) => {
    const { info, words } = series;
    if (info.type === "bool") return { min: -0.2, max: 1.2 };
    if (info.type === "string") return { min: -0.5, max: Math.max(1, words.length) - 0.5 };
    if (mode === "range" && info.range) return { min: info.range[0], max: info.range[1] };
    const seen = extentOf(series, window);
    const [low, high] = info.normal ?? info.range ?? [0, 1];
    return padded(seen ?? { min: low, max: high }, info.type === "int" ? 2 : 10 ** -info.decimals * 10);
  });
  return {
    min: Math.min(...scales.map(({ min }) => min)),
    max: Math.max(...scales.map(({ max }) => max)),
  };
}

function padded({ min, max }: Extent, least: number): Extent {
  const middle = (min + max) / 2;
  const half = Math.max((max - min) / 2, least / 2) * 1.12;
  return { min: middle - half, max: middle + half };
}

/** Ticks of a scale on which only whole numbers mean something: states, switches, texts. */
export function wholeTicks(min: number, max: number, heightPx: number): number[] {
  const room = Math.max(1, Math.floor(heightPx / 18));
  const step = Math.max(1, Math.ceil((Math.floor(max) - Math.ceil(min) + 1) / room));
  const found: number[] = [];
  for (let at = Math.ceil(min / step) * step + 0; at <= max; at += step) found.push(at);
  return found;
}
