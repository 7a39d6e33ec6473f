import type { WallTime } from "../text/format.ts";
import type { Region } from "./series.ts";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** Distances between ticks that people read easily. */
const steps = [
  1_000,
  2_000,
  5_000,
  10_000,
  15_000,
  30_000,
  minute,
  2 * minute,
  5 * minute,
  10 * minute,
  15 * minute,
  30 * minute,
  hour,
  2 * hour,
  3 * hour,
  6 * hour,
  12 * hour,
  day,
  2 * day,
  7 * day,
  14 * day,
  28 * day,
] as const;

/** The smallest step that leaves each label its room. */
export function tickStep(window: Region, widthPx: number, labelPx: number): number {
  const least = ((window.to - window.from) * labelPx) / Math.max(1, widthPx);
  return steps.find((step) => step >= least) ?? 28 * day;
}

/** How far the zone's wall clock is ahead of UTC at `at`, in ms. */
export function zoneOffset(at: number, parts: (at: number) => WallTime): number {
  const { year, month, day: date, hour: h, minute: m, second } = parts(at);
  return Date.UTC(year, month - 1, date, h, m, second) - Math.floor(at / 1_000) * 1_000;
}

/** Ticks at round wall-clock times of the zone, also across a change of its offset. */
export function ticks(window: Region, stepMs: number, parts: (at: number) => WallTime): readonly number[] {
  const found: number[] = [];
  const offset = zoneOffset(window.from, parts);
  // No zone leaves its offset and comes back to it within a week.
  const isSteady = window.to - window.from < 7 * day && zoneOffset(window.to, parts) === offset;
  let local = Math.ceil((window.from + offset) / stepMs) * stepMs;
  for (; found.length < 400; local += stepMs) {
    const guess = local - offset;
    const at = isSteady ? guess : local - zoneOffset(guess, parts);
    if (at > window.to) return found;
    if (at >= window.from) found.push(at);
  }
  return found;
}
