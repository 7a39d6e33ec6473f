import { isBroken } from "./gaps.ts";
import type { Region, TrendSeries } from "./series.ts";

/** A connected line in pixels: x, y, x, y … */
export interface Stroke {
  readonly xy: number[];
  readonly uncertain: boolean;
}

/** What to draw of one series: lines, the min/max envelopes behind them, and points that stand alone. */
export interface Trace {
  readonly strokes: readonly Stroke[];
  readonly envelopes: readonly { readonly x: number[]; readonly low: number[]; readonly high: number[] }[];
  readonly dots: readonly (readonly [x: number, y: number])[];
}

export interface Projection {
  readonly x: (t: number) => number;
  readonly y: (value: number) => number;
  /** Holds a value until the next one, for states and switches. */
  readonly stepped: boolean;
}

/** Values drawn as steps: between two of them nothing lies. */
export const isStepped = ({ info }: TrendSeries): boolean => info.type !== "float";

/**
 * The series between the window's edges and one point beyond each. Points that share a pixel column become first,
 * lowest, highest and last, so that no peak is lost however many there are. Nothing is drawn across a gap.
 */
export function trace(series: TrendSeries, window: Region, projection: Projection): Trace {
  const { points } = series;
  const strokes: Stroke[] = [];
  const envelopes: { x: number[]; low: number[]; high: number[] }[] = [];
  const dots: [number, number][] = [];
  const start = Math.max(0, points.firstAt(window.from) - 1);
  const end = Math.min(points.size, points.firstAt(window.to) + 1);

  let i = start;
  while (i < end) {
    if (Number.isNaN(points.mid(i))) {
      i++;
      continue;
    }
    let j = i + 1;
    const uncertain = points.quality(i) === 1;
    while (j < end && !isBroken(series, j) && (points.quality(j) === 1) === uncertain) j++;
    // A change of quality is no gap: the next run begins where this one ends.
    const joined = j < end && !isBroken(series, j) ? j + 1 : j;
    if (joined - i === 1) dots.push([projection.x(points.t(i)), projection.y(points.mid(i))]);
    else strokes.push({ xy: strokeOf(series, i, joined, projection), uncertain });
    if (series.bucketMs !== null) envelopes.push(envelopeOf(series, i, j, projection));
    i = j;
  }
  return { strokes, envelopes, dots };
}

function strokeOf({ points }: TrendSeries, from: number, to: number, { x, y, stepped }: Projection): number[] {
  const xy: number[] = [];
  const put = (k: number): void => {
    const px = x(points.t(k));
    if (stepped && xy.length > 0) xy.push(px, xy[xy.length - 1] ?? 0);
    xy.push(px, y(points.mid(k)));
  };
  let i = from;
  let nextColumn = Math.floor(x(points.t(i)));
  while (i < to) {
    const column = nextColumn;
    let j = i + 1;
    let low = i;
    let high = i;
    for (; j < to; j++) {
      nextColumn = Math.floor(x(points.t(j)));
      if (nextColumn !== column) break;
      if (points.mid(j) < points.mid(low)) low = j;
      if (points.mid(j) > points.mid(high)) high = j;
    }
    const [second, third, last] = [Math.min(low, high), Math.max(low, high), j - 1];
    put(i);
    if (second > i) put(second);
    if (third > second) put(third);
    if (last > third) put(last);
    i = j;
  }
  return xy;
}

function envelopeOf({ points }: TrendSeries, from: number, to: number, { x, y }: Projection) {
  const area = { x: [] as number[], low: [] as number[], high: [] as number[] };
  for (let i = from; i < to; i++) {
    area.x.push(x(points.t(i)));
    area.low.push(y(points.low(i)));
    area.high.push(y(points.high(i)));
  }
  return area;
}
