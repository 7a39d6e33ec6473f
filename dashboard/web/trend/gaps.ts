import type { Region, TrendSeries } from "./series.ts";

/** Longer than this between two points is no connection: the tag's own limit, with the width of the buckets. */
export const bridgeMs = ({ info, bucketMs }: TrendSeries): number =>
  bucketMs === null ? info.gapAfterMs : Math.max(info.gapAfterMs, bucketMs) + bucketMs;

const overlaps = (a: Region, from: number, to: number): boolean => a.from < to && a.to > from;

/** True where no line may run from point `i - 1` to point `i`. */
export function isBroken(series: TrendSeries, i: number): boolean {
  const { points, gaps } = series;
  if (i <= 0 || Number.isNaN(points.mid(i)) || Number.isNaN(points.mid(i - 1))) return true;
  const from = points.t(i - 1);
  const to = points.t(i);
  return (
    to - from > bridgeMs(series) || gaps.some((gap) => gap.from >= from && gap.to <= to && overlaps(gap, from, to))
  );
}

/**
 * Where in the window nothing is known: silences, bad samples, the server's gaps, and the end of the data up to now.
 * Ascending and disjoint. The future is no gap: nothing could be known there.
 */
export function regionsWithoutData(series: TrendSeries, window: Region, now: number): readonly Region[] {
  const { points, info } = series;
  const end = Math.min(window.to, now);
  if (window.from >= end) return [];
  const found: Region[] = [];
  const limit = bridgeMs(series);
  const first = points.firstAt(window.from);
  const last = points.firstAt(end);
  // The point before the window tells whether the window begins inside a connection.
  let known = first > 0 && !Number.isNaN(points.mid(first - 1)) ? points.t(first - 1) : Number.NaN;
  let bad = first > 0 && Number.isNaN(points.mid(first - 1)) ? points.t(first - 1) : Number.NaN;
  for (let i = first; i < last; i++) {
    const t = points.t(i);
    if (Number.isNaN(points.mid(i))) {
      if (Number.isNaN(bad)) bad = t;
      continue;
    }
    if (!Number.isNaN(bad)) found.push({ from: bad, to: t });
    else if (Number.isNaN(known) ? t - window.from > limit : t - known > limit) {
      found.push({ from: Number.isNaN(known) ? window.from : known, to: t });
    }
    known = t;
    bad = Number.NaN;
  }
  const next = last < points.size ? points.t(last) : now;
  if (!Number.isNaN(bad)) found.push({ from: bad, to: end });
  else if (Number.isNaN(known)) found.push({ from: window.from, to: end });
  else if (next - known > Math.max(limit, last < points.size ? 0 : info.staleAfterMs))
    found.push({ from: known, to: end });
  const declared = series.gaps.filter((gap) => overlaps(gap, window.from, end));
  return join([...found, ...declared].map(({ from, to }) => clip(from, to, window.from, end)));
}

const clip = (from: number, to: number, low: number, high: number): Region => ({
  from: Math.max(from, low),
  to: Math.min(to, high),
});

/** Overlapping and touching regions as one. */
function join(regions: readonly Region[]): readonly Region[] {
  const joined: Region[] = [];
  for (const region of [...regions].sort((a, b) => a.from - b.from)) {
    const before = joined[joined.length - 1];
    if (region.to <= region.from) continue;
    if (before && region.from <= before.to) {
      joined[joined.length - 1] = { from: before.from, to: Math.max(before.to, region.to) };
    } else joined.push(region);
  }
  return joined;
}
