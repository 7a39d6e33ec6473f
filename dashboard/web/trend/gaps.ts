import { type GapCause, gapCauses } from "#shared/model/sample.ts";
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
  return to - from > bridgeMs(series) || (gaps.length > 0 && holdsOneOf(gaps, from, to));
}

/** True where one of the ascending `gaps` lies in [from, to]. */
function holdsOneOf(gaps: readonly Region[], from: number, to: number): boolean {
  let [low, high] = [0, gaps.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((gaps[middle]?.from ?? from) < from) low = middle + 1;
    else high = middle;
  }
  for (let k = low; k < gaps.length; k++) {
    const gap = gaps[k];
    if (!gap || gap.from >= to) return false;
    if (gap.to <= to) return true;
  }
  return false;
}

/** The stretch of time that the page knows: what was read, and on from there where the live tail continues it. */
export function knownTime(series: TrendSeries, now: number): Region | null {
  const { loaded, tail } = series;
  if (loaded === null) return null;
  // A gap that lasts ends with a live value, and none has come.
  const lasting = series.gaps.some(({ from, to }) => !Number.isFinite(to) && nextValueAfter(series, from) > now);
  const follows = lasting || loaded.to >= now || (tail.size > 0 && tail.t(0) <= loaded.to + bridgeMs(series));
  return { from: loaded.from, to: follows ? now : loaded.to };
}

/**
 * Where in the window nothing is known: silences, bad samples, the server's gaps, and the end of the data up to now.
 * Ascending and disjoint. Neither the future nor what was not read yet is a gap.
 */
export function regionsWithoutData(series: TrendSeries, window: Region, now: number): readonly Region[] {
  const { points, info } = series;
  const known = knownTime(series, now);
  if (known === null) return [];
  const limit = bridgeMs(series);
  const found: Region[] = series.gaps
    .map(({ from, to }) => ({ from, to: Number.isFinite(to) ? to : nextValueAfter(series, from) }))
    .filter((gap) => overlaps(gap, known.from, known.to));
  let evidence = known.from;
  let bad = Number.NaN;
  const last = points.firstAt(known.to + 1);
  for (let i = Math.max(0, points.firstAt(Math.max(known.from, window.from)) - 1); i < last; i++) {
    const t = points.t(i);
    if (Number.isNaN(points.mid(i))) {
      if (Number.isNaN(bad)) bad = t;
      continue;
    }
    if (!Number.isNaN(bad)) found.push({ from: bad, to: t });
    else if (t - evidence > limit) found.push({ from: evidence, to: t });
    evidence = t;
    bad = Number.NaN;
    if (t > window.to) break;
  }
  const silentAfterMs = known.to >= now ? Math.max(limit, info.staleAfterMs) : limit;
  if (!Number.isNaN(bad)) found.push({ from: bad, to: known.to });
  else if (known.to - evidence > silentAfterMs) found.push({ from: evidence, to: known.to });
  const end = Math.min(window.to, now, known.to);
  return join(found.map(({ from, to }) => clip(from, to, Math.max(window.from, known.from), end)));
}

/** Why nothing is known at `at`, by the server's ledger; null where it does not say. */
export const causeAt = ({ gaps }: TrendSeries, at: number): GapCause | null => {
  const cause = gaps.find(({ from, to }) => at >= from && at <= to)?.cause;
  return gapCauses.find((one) => one === cause) ?? null;
};

/** Whether nothing is known at `at`: what lies between the points on both sides of it decides. */
export function isUnknownAt(series: TrendSeries, at: number, now: number): boolean {
  const before = series.points.firstAt(at + 1) - 1;
  const from = before < 0 ? at - 1 : series.points.t(before) - 1;
  return regionsWithoutData(series, { from, to: at + 1 }, now).some((region) => at > region.from && at < region.to);
}

/** A gap that lasted when the server answered ends with the first live value. */
function nextValueAfter({ points }: TrendSeries, at: number): number {
  for (let i = points.firstAt(at + 1); i < points.size; i++) if (!Number.isNaN(points.mid(i))) return points.t(i);
  return Number.POSITIVE_INFINITY;
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
