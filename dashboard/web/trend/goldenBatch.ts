import type { HistoryAnswer } from "#shared/model/live.ts";
import { instant } from "#shared/model/time.ts";
import { isBroken } from "./gaps.ts";
import type { Region, TrendSeries } from "./series.ts";
import { isStepped } from "./trace.ts";

/** A history answer as if everything in it had happened `byMs` later: runs are laid over one another at their starts. */
export function shifted(answer: HistoryAnswer, byMs: number): HistoryAnswer {
  const base = {
    ...answer,
    from: instant(answer.from + byMs),
    to: instant(answer.to + byMs),
    gaps: answer.gaps.map(({ from, to, cause }) => ({
      from: instant(from + byMs),
      to: to === null ? null : instant(to + byMs),
      cause,
    })),
  };
  if (base.kind === "raw") return { ...base, t: base.t.map((at) => at + byMs) };
  return { ...base, buckets: base.buckets.map((bucket) => ({ ...bucket, t: instant(bucket.t + byMs) })) };
}

/** What several runs had in common: per bin of the window the lowest, the median and the highest, and of how many runs. */
export interface BatchEnvelope {
  /** Middles of the bins. */
  readonly t: readonly number[];
  readonly low: readonly number[];
  readonly middle: readonly number[];
  readonly high: readonly number[];
  /** Runs that have something to say in the bin. */
  readonly runs: readonly number[];
}

/** Fewer runs than this make no envelope. */
export const leastRuns = 2;

/**
 * The envelope of thinned histories: extremes are those of the samples, since buckets keep them; the median is over the
 * runs' means in the bin. Nothing is made up across a gap: a run is not counted there.
 */
export function batchEnvelope(all: readonly TrendSeries[], { from, to }: Region, bins: number): BatchEnvelope {
  const width = (to - from) / bins;
  const envelope = { t: [] as number[], low: [] as number[], middle: [] as number[], high: [] as number[] };
  const runs: number[] = [];
  for (let k = 0; k < bins; k++) {
    const bin = { from: from + k * width, to: from + (k + 1) * width };
    const found = all.map((series) => inBin(series, bin)).filter((each) => each !== null);
    envelope.t.push((bin.from + bin.to) / 2);
    runs.push(found.length);
    const known = found.length >= leastRuns;
    envelope.low.push(known ? Math.min(...found.map(({ low }) => low)) : Number.NaN);
    envelope.high.push(known ? Math.max(...found.map(({ high }) => high)) : Number.NaN);
    envelope.middle.push(known ? median(found.map(({ mean }) => mean)) : Number.NaN);
  }
  return { ...envelope, runs };
}

interface InBin {
  readonly low: number;
  readonly mean: number;
  readonly high: number;
}

function inBin(series: TrendSeries, bin: Region): InBin | null {
  const { points } = series;
  const first = points.firstAt(bin.from);
  let [low, high, sum, count] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0];
  for (let i = first; i < points.size && points.t(i) < bin.to; i++) {
    const mid = points.mid(i);
    if (Number.isNaN(mid)) continue;
    low = Math.min(low, points.low(i));
    high = Math.max(high, points.high(i));
    sum += mid;
    count++;
  }
  if (count > 0) return { low, mean: sum / count, high };
  // No point in the bin: the line between its neighbours passes through it, unless it is broken there.
  if (first === 0 || first >= points.size || isBroken(series, first)) return null;
  const [before, after] = [points.mid(first - 1), points.mid(first)];
  const share = ((bin.from + bin.to) / 2 - points.t(first - 1)) / (points.t(first) - points.t(first - 1));
  const at = isStepped(series) ? before : before + (after - before) * share;
  return { low: at, mean: at, high: at };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}
