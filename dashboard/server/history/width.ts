import { type DurationMs, type EpochMs, hours, instant, millis, minutes, seconds } from "#shared/model/time.ts";

/** Widths that a person reads off an axis, ascending. */
const niceWidths: readonly DurationMs[] = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500].map(millis),
  ...[1, 2, 5, 10, 15, 30].map(seconds),
  ...[1, 2, 5, 10, 15, 30].map(minutes),
  ...[1, 2, 3, 6, 12].map(hours),
];
const day = hours(24);

/** Buckets of one width, aligned to multiples of it, that cover a range: panning does not make them flicker. */
export interface BucketGrid {
  readonly width: DurationMs;
  readonly from: EpochMs;
  readonly to: EpochMs;
}

function gridOf(from: EpochMs, to: EpochMs, width: DurationMs): BucketGrid {
  const start = Math.floor(from / width) * width;
  return { width, from: instant(start), to: instant(Math.ceil(to / width) * width) };
}

export const bucketCount = ({ width, from, to }: BucketGrid): number => (to - from) / width;

/** The finest grid of a nice width (beyond 12 hours: whole days) that covers [from, to) with at most `most` buckets. */
export function bucketGrid(from: EpochMs, to: EpochMs, most: number): BucketGrid {
  for (const width of niceWidths) {
    const grid = gridOf(from, to, width);
    if (bucketCount(grid) <= most) return grid;
  }
  for (let days = Math.max(1, Math.ceil((to - from) / day / most)); ; days++) {
    const grid = gridOf(from, to, millis(days * day));
    if (bucketCount(grid) <= most) return grid;
  }
}
