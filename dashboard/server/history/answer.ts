import type { HistoryAnswer } from "#shared/model/live.ts";
import type { Gap, Sample } from "#shared/model/sample.ts";
import { silencesIn } from "#shared/model/silence.ts";
import type { TagInfo } from "#shared/model/tag.ts";
import { type EpochMs, hours, instant, later } from "#shared/model/time.ts";
import type { SampleReader } from "#shared/store/port.ts";
import type { RecordsReader } from "#shared/store/records/port.ts";
import { qualityNumber } from "../live/latest.ts";
import { emptyStretches, explain, type HistoryGap, type Hole } from "./gaps.ts";
import { type BucketGrid, bucketGrid } from "./width.ts";

export interface HistoryRequest {
  readonly info: TagInfo;
  readonly from: EpochMs;
  readonly to: EpochMs;
  /** Width of the chart: at most so many points or buckets. */
  readonly pixels: number;
}
export interface HistorySources {
  readonly samples: SampleReader;
  readonly records: RecordsReader;
  /** Wall time: what lies after it is not missing yet. */
  readonly now: EpochMs;
}

/** Texts and switches cannot be averaged, so more of their points are given before buckets that only count. */
const mostDiscretePoints = 5_000;
/** So many ledger entries are held against the samples; the rest is shown unverified rather than not at all. */
const mostVerified = 32;
/** Of ledger entries that explain no hole, only so many are given, the longest: an answer stays bounded. */
const mostLedgerGaps = 500;
/** A source's clock may run ahead. */
const ahead = hours(24);

/** History of one tag: raw where it fits, else buckets; bounded whatever the range. Throws when `signal` aborts. */
export async function answerHistory(
  request: HistoryRequest,
  sources: HistorySources,
  signal: AbortSignal,
): Promise<HistoryAnswer> {
  const { info, from, to, pixels } = request;
  const isNumeric = info.type === "float" || info.type === "int";
  const limit = isNumeric ? pixels : Math.max(pixels, mostDiscretePoints);
  const base = { tag: info.tag, unit: info.unit, from, to };

  const { samples, more, thinned } = await sources.samples.range(info.tag, from, to, limit, signal);
  signal.throwIfAborted();
  if (!more && !thinned) {
    const gaps = await gapsOf(request, sources, rawHoles(samples, info), samples[0]?.at, samples.at(-1)?.at, signal);
    return {
      ...base,
      gaps,
      kind: "raw",
      t: samples.map(({ at }) => at),
      v: samples.map(({ value }) => value),
      q: samples.map(({ quality }) => qualityNumber(quality)),
    };
  }
  const grid = bucketGrid(from, to, pixels);
  const found = await sources.samples.buckets([info.tag], grid.from, grid.to, grid.width, signal);
  signal.throwIfAborted();
  const buckets = found.get(info.tag) ?? [];
  const holes = emptyStretches(buckets, grid.width, info.gapAfterMs);
  const [first, last] = await edgesOf(request, sources, grid);
  const gaps = await gapsOf(request, sources, holes, first, last, signal);
  return { ...base, gaps, kind: "buckets", widthMs: grid.width, buckets };
}

const rawHoles = (samples: readonly Sample[], { gapAfterMs }: TagInfo): readonly Hole[] =>
  silencesIn(
    samples.map(({ at }) => at),
    gapAfterMs,
  );

/** Times of the first and the last sample that the grid covers. */
async function edgesOf(
  { info }: HistoryRequest,
  { samples }: HistorySources,
  grid: BucketGrid,
): Promise<readonly [EpochMs | undefined, EpochMs | undefined]> {
  const first = await samples.range(info.tag, grid.from, grid.to, 1);
  const last = await samples.last([info.tag], grid.to);
  return [first.samples[0]?.at, last.get(info.tag)?.at];
}

/** The holes with those at both ends of the range, each with its cause, and what the ledger knows besides. */
async function gapsOf(
  { info, from, to }: HistoryRequest,
  { samples, records, now }: HistorySources,
  holes: readonly Hole[],
  first: EpochMs | undefined,
  last: EpochMs | undefined,
  signal: AbortSignal,
): Promise<HistoryGap[]> {
  const tag = info.tag;
  const end = instant(Math.min(to, now));
  const before = (await samples.last([tag], from)).get(tag)?.at;
  const all = [...holes];
  // Where the range is empty, one hole reaches from the sample before it to the one after it.
  const opened = before ?? from;
  if (first !== undefined && first - opened > info.gapAfterMs) all.unshift({ from: opened, to: first });
  const lastSeen = last ?? before ?? from;
  if (end - lastSeen > info.gapAfterMs) {
    const next = to < now ? (await samples.range(tag, to, later(now, ahead), 1)).samples[0]?.at : undefined;
    all.push({ from: lastSeen, to: next ?? null });
  }
  signal.throwIfAborted();

  const lasts = (gap: Gap): number => (gap.to ?? now) - gap.from;
  const { gaps, rest } = explain(all, records.gaps(tag, from, to), now);
  const confirmed: Gap[] = [];
  // A reconnect so short that nothing of this tag is missing is no gap in its history.
  const real = rest.filter((gap) => (gap.lost ?? 0) > 0 || lasts(gap) > info.gapAfterMs);
  const longest = real.toSorted((a, b) => lasts(b) - lasts(a)).slice(0, mostLedgerGaps);
  for (const [index, entry] of longest.entries()) {
    // Late data closes a gap by being there; where samples are known to be lost, it stays one.
    const verify = index < mostVerified && (entry.lost ?? 0) === 0;
    const within = verify ? await samples.count(tag, instant(entry.from + 1), entry.to ?? end) : 0;
    if (within === 0) confirmed.push(entry);
    signal.throwIfAborted();
  }
  const known = confirmed.map((entry): HistoryGap => ({ from: entry.from, to: entry.to, cause: entry.cause }));
  return [...gaps, ...known].sort((a, b) => a.from - b.from);
}
