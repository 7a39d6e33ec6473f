import { each, finite, notNegative, positive } from "../checks.ts";
import { nearestRank, ratio, sum } from "../ratio.ts";
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
export interface DemandWindow {
  readonly knownMinutes: number;
  /** Mean over the known minutes. */
  readonly kw: number;
}

const largest = (values: readonly number[]): number | null => (values.length > 0 ? Math.max(...values) : null);

/** Windows that are known well enough, and the largest mean power of them (G-07). */
export function peakDemand(
  windows: readonly DemandWindow[],
  minKnownMinutes: number,
): { readonly valid: readonly DemandWindow[]; readonly maxKw: number | null } {
  notNegative(minKnownMinutes, "least known minutes");
  const valid = windows.filter(({ knownMinutes }, i) =>
    isAtLeast(notNegative(knownMinutes, `known minutes of window ${i}`), minKnownMinutes),
  );
  return {
    valid,
    maxKw: largest(
      each(
        valid.map(({ kw }) => kw),
        finite,
        "power of window",
      ),
    ),
  };
}

/** The mean over a window of segments that follow one another. */
function windowAt(
  segments: readonly (PowerSegment & { readonly start: number })[],
  from: number,
  to: number,
): DemandWindow {
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
    Array.from({ length: Math.max(0, Math.floor(last / step) + 1) }, (_, i) =>
      windowAt(placed, i * step, i * step + windowMinutes),
    );
  const least = knownShare * windowMinutes;
  const fixed = peakDemand(windows(windowMinutes, end), least);
  const sliding = peakDemand(windows(positive(slideMinutes, "slide in min"), end - windowMinutes), least);
  return { fixedWindowsKw: fixed.valid.map(({ kw }) => kw), fixedMaxKw: fixed.maxKw, slidingMaxKw: sliding.maxKw };
}

/** G-04: nearest-rank P10 of the mean power of equal windows, and the share of the energy below it. */
export function baseLoad(valuesKw: readonly number[]): {
  readonly baseKw: number | null;
  readonly share: number | null;
} {
  const values = each(valuesKw, notNegative, "power in kW");
  const baseKw = nearestRank(values, 0.1);
  if (baseKw === null) return { baseKw, share: null };
  return { baseKw, share: ratio(sum(values.map((kw) => Math.min(kw, baseKw))), sum(values)) };
}

/**
 * Windows of several meters of one level as those of their sum, which is what peaks (G-07); a window is known as far as
 * the least known meter is.
 */
export function simultaneousDemand(meters: readonly (readonly DemandWindow[])[]): readonly DemandWindow[] {
  const length = Math.min(...meters.map((windows) => windows.length));
  if (!Number.isFinite(length)) return [];
  return Array.from({ length }, (_, i) => {
    const windows = meters.flatMap((meter) => meter[i] ?? []);
    return {
      knownMinutes: Math.min(...windows.map(({ knownMinutes }) => knownMinutes)),
      kw: sum(windows.map(({ kw }) => kw)),
    };
  });
}

/** Mean over peak power of the windows that are known well enough. */
export function loadFactor(windows: readonly DemandWindow[], minKnownMinutes: number): number | null {
  const { valid, maxKw } = peakDemand(windows, minKnownMinutes);
  return maxKw === null ? null : ratio(sum(valid.map(({ kw }) => kw)) / valid.length, maxKw);
}
