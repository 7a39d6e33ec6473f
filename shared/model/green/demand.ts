import { each, finite, notNegative, positive } from "../checks.ts";
import { nearestRank, ratio } from "../ratio.ts";
import type { Standard } from "../standard.ts";
import intervals from "../standards/demandIntervals.json" with { type: "json" };
import { isAtLeast } from "../threshold.ts";

export interface DemandInterval {
  readonly windowMinutes: number;
  /** Least share of a window that must be known. */
  readonly knownShare: number;
  /** Step of the sliding windows. */
  readonly slideMinutes: number;
}
export const demandIntervals: readonly Standard<DemandInterval>[] = intervals;

/** Power that lasts; null where it is unknown. Segments follow one another, the first begins at a full window. */
export interface PowerSegment {
  readonly minutes: number;
  readonly kw: number | null;
}
/** Equal windows that follow one another, in columns: a year of sixty meters has two million. */
export interface DemandWindows {
  readonly knownMinutes: Float64Array;
  /** Mean over the known minutes. */
  readonly kw: Float64Array;
}

export const demandWindows = (
  windows: readonly { readonly knownMinutes: number; readonly kw: number }[],
): DemandWindows => ({
  knownMinutes: Float64Array.from(windows, ({ knownMinutes }) => knownMinutes),
  kw: Float64Array.from(windows, ({ kw }) => kw),
});

/** Of windows that are known well enough. */
export interface PeakDemand {
  readonly validKw: Float64Array;
  /** The largest. */
  readonly maxKw: number | null;
}

/** Mean power of the windows that are known well enough, and the largest of it (G-07). */
export function peakDemand({ knownMinutes, kw }: DemandWindows, minKnownMinutes: number): PeakDemand {
  notNegative(minKnownMinutes, "least known minutes");
  each(knownMinutes, notNegative, "known minutes of window");
  const valid = new Float64Array(kw.length);
  let [count, maxKw] = [0, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < kw.length; i++) {
    if (!isAtLeast(knownMinutes[i] as number, minKnownMinutes)) continue;
    maxKw = Math.max(maxKw, kw[i] as number);
    valid[count++] = kw[i] as number;
  }
  const validKw = each(valid.slice(0, count), finite, "power of window");
  return { validKw, maxKw: count > 0 ? maxKw : null };
}

/** The mean over a window of segments that follow one another. */
function windowAt(
  segments: readonly (PowerSegment & { readonly start: number })[],
  from: number,
  to: number,
): { readonly knownMinutes: number; readonly kw: number } {
  let knownMinutes = 0;
  let kwMinutes = 0;
  for (const { start, minutes, kw } of segments) {
    const inside = Math.min(to, start + minutes) - Math.max(from, start);
    if (inside <= 0 || kw === null) continue;
    knownMinutes += inside;
    kwMinutes += kw * inside;
  }
  return { knownMinutes, kw: ratio(kwMinutes, knownMinutes) ?? 0 };
}

/** G-07: mean power of aligned windows, and of windows that slide and lie wholly within the data. */
export function demand(
  segments: readonly PowerSegment[],
  { windowMinutes, knownShare, slideMinutes }: DemandInterval,
): {
  readonly fixedWindowsKw: readonly number[];
  readonly fixedMaxKw: number | null;
  readonly slidingMaxKw: number | null;
} {
  positive(windowMinutes, "window in min");
  let end = 0;
  const placed = segments.map(({ minutes, kw }, i) => {
    const start = end;
    end += notNegative(minutes, `minutes of segment ${i}`);
    return { start, minutes, kw: kw === null ? null : finite(kw, `power of segment ${i}`) };
  });
  const windows = (step: number, last: number) =>
    demandWindows(
      Array.from({ length: Math.max(0, Math.floor(last / step) + 1) }, (_, i) =>
        windowAt(placed, i * step, i * step + windowMinutes),
      ),
    );
  const least = knownShare * windowMinutes;
  const fixed = peakDemand(windows(windowMinutes, end), least);
  const sliding = peakDemand(windows(positive(slideMinutes, "slide in min"), end - windowMinutes), least);
  return { fixedWindowsKw: [...fixed.validKw], fixedMaxKw: fixed.maxKw, slidingMaxKw: sliding.maxKw };
}

/** G-04: nearest-rank P10 of the mean power of equal windows, and the share of the energy below it. */
export function baseLoad(valuesKw: ArrayLike<number>): {
  readonly baseKw: number | null;
  readonly share: number | null;
} {
  each(valuesKw, notNegative, "power in kW");
  const baseKw = nearestRank(valuesKw, 0.1);
  if (baseKw === null) return { baseKw, share: null };
  let [below, total] = [0, 0];
  for (let i = 0; i < valuesKw.length; i++) {
    const kw = valuesKw[i] as number;
    below += Math.min(kw, baseKw);
    total += kw;
  }
  return { baseKw, share: ratio(below, total) };
}

/**
 * Windows of several meters of one level as those of their sum, which is what peaks (G-07); a window is known as far as
 * the least known meter is.
 */
export function simultaneousDemand(meters: readonly DemandWindows[]): DemandWindows {
  const length = meters.length > 0 ? Math.min(...meters.map(({ kw }) => kw.length)) : 0;
  const knownMinutes = new Float64Array(length).fill(Number.POSITIVE_INFINITY);
  const kw = new Float64Array(length);
  for (const own of meters)
    for (let i = 0; i < length; i++) {
      kw[i] = (kw[i] as number) + (own.kw[i] as number);
      knownMinutes[i] = Math.min(knownMinutes[i] as number, own.knownMinutes[i] as number);
    }
  return { knownMinutes, kw };
}

/** Stretches of windows one after another. */
export function joinedDemand(parts: readonly DemandWindows[]): DemandWindows {
  const length = parts.reduce((sum, { kw }) => sum + kw.length, 0);
  const joined = { knownMinutes: new Float64Array(length), kw: new Float64Array(length) };
  let next = 0;
  for (const { knownMinutes, kw } of parts) {
    joined.knownMinutes.set(knownMinutes, next);
    joined.kw.set(kw, next);
    next += kw.length;
  }
  return joined;
}

/** Mean over peak power of the windows that are known well enough. */
export const loadFactor = ({ validKw, maxKw }: PeakDemand): number | null =>
  maxKw === null ? null : ratio(validKw.reduce((sum, kw) => sum + kw, 0) / validKw.length, maxKw);
