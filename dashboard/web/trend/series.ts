import type { HistoryAnswer, HistoryBucket } from "#shared/model/live.ts";
import type { TagValue } from "#shared/model/sample.ts";
import type { TagInfo } from "#shared/model/tag.ts";
import type { Cell } from "../live/cell.ts";
import { Points } from "./points.ts";

/** A stretch of time. */
export interface Region {
  readonly from: number;
  readonly to: number;
}

/** A gap that the server knows, and the ledger's cause of it; `unknown` where nobody has noted one. */
export interface KnownGap extends Region {
  readonly cause: string;
}

/** History and live tail of one tag in one model; every change makes a new `points` or grows it. */
export interface TrendSeries {
  readonly info: TagInfo;
  readonly points: Points;
  /** Live samples since the page was opened, kept apart until history contains them. */
  readonly tail: Points;
  /** Gaps that the server knows, ascending; `to` is infinite while one lasts. */
  readonly gaps: readonly KnownGap[];
  /** What history was read of, null while none was. */
  readonly loaded: Region | null;
  /** Width of the buckets, null where `points` are samples. */
  readonly bucketMs: number | null;
  /** Texts of a string tag: a point's number is its place here. */
  readonly words: string[];
}

/** A live tail longer than this is cut: history is read again long before. */
export const mostTailPoints = 20_000;

export const emptySeries = (info: TagInfo): TrendSeries => ({
  info,
  points: new Points(),
  tail: new Points(),
  gaps: [],
  loaded: null,
  bucketMs: null,
  words: [],
});

/** A value as a height: yes and no are 1 and 0, texts are numbered in the order of their appearance. */
export function heightOf(value: TagValue | null, words: string[]): number {
  if (value === null) return Number.NaN;
  if (typeof value === "number") return value;
  if (typeof value === "boolean") return value ? 1 : 0;
  const known = words.indexOf(value);
  return known >= 0 ? known : words.push(value) - 1;
}

const codeOf = { good: 0, uncertain: 1, bad: 2 } as const;

/** A live value behind the series; a bad one has no height, so the line ends there. */
export function appendLive(series: TrendSeries, cell: Cell): void {
  if (cell.at === null || series.tail.size >= mostTailPoints) return;
  const height = cell.quality === "bad" ? Number.NaN : heightOf(cell.value, series.words);
  series.tail.push(cell.at, height, height, height, codeOf[cell.quality]);
  series.points.push(cell.at, height, height, height, codeOf[cell.quality]);
}

/** A series from a history answer, with the tail behind it: history rules up to its newest point. */
export function mergeHistory(was: TrendSeries, answer: HistoryAnswer): TrendSeries {
  const points = new Points(1_024);
  const words = [...was.words];
  if (answer.kind === "raw") {
    answer.t.forEach((t, i) => {
      const quality = answer.q[i] ?? 2;
      const height = quality === 2 ? Number.NaN : heightOf(answer.v[i] ?? null, words);
      points.push(t, height, height, height, quality);
    });
  } else {
    pushBuckets(points, answer.buckets, answer.widthMs, was.tail);
  }
  was.tail.copyTo(points, 0);
  const newest = answer.kind === "raw" ? answer.t[answer.t.length - 1] : answer.buckets[answer.buckets.length - 1]?.t;
  return {
    info: was.info,
    points,
    tail: newest === undefined ? was.tail : was.tail.since(newest),
    gaps: answer.gaps
      .map(({ from, to, cause }) => ({ from, to: to ?? Number.POSITIVE_INFINITY, cause }))
      .sort((a, b) => a.from - b.from),
    loaded: { from: answer.from, to: answer.to },
    bucketMs: answer.kind === "raw" ? null : answer.widthMs,
    words,
  };
}

/**
 * A bucket stands at its middle. Where the tail reaches back before one, the tail's own samples are finer and take
 * its place; a bucket that is still filling ends where the tail begins.
 */
function pushBuckets(points: Points, buckets: readonly HistoryBucket[], widthMs: number, tail: Points): void {
  const tailFrom = tail.size > 0 ? tail.t(0) : Number.POSITIVE_INFINITY;
  for (const bucket of buckets) {
    if (bucket.t >= tailFrom) return;
    const t = Math.min(bucket.t + widthMs / 2, tailFrom - 1);
    const { min, max, mean } = bucket;
    if (min === null || max === null || mean === null) {
      if (bucket.bad > 0) points.push(t, Number.NaN, Number.NaN, Number.NaN, 2);
    } else {
      points.push(t, min, mean, max, 0);
    }
  }
}
