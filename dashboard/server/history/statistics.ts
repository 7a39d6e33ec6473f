import { CodedError } from "#shared/model/errors.ts";
import type { TagStatistics } from "#shared/model/live.ts";
import type { Sample } from "#shared/model/sample.ts";
import type { TagInfo } from "#shared/model/tag.ts";
import { type EpochMs, instant, later, millis } from "#shared/model/time.ts";
import type { SampleReader } from "#shared/store/port.ts";

/** A value as a number: yes and no are 1 and 0; a text has none, unless it is a whole number beyond 2^53. */
function numberOf({ value }: Sample, { type }: TagInfo): number | null {
  if (typeof value === "number") return value;
  if (typeof value === "boolean") return value ? 1 : 0;
  return type === "int" && value !== null ? Number(value) : null;
}

/**
 * Figures of one tag over [from, to), each value weighted by the time for which it holds: up to the next sample, where
 * that comes within the tag's gap limit. A longer silence and a bad sample are unknown time, and weigh nothing.
 * Samples are taken one by one, ascending, the one before `from` included.
 */
export class HeldStatistics {
  readonly #info: TagInfo;
  readonly #from: EpochMs;
  readonly #to: EpochMs;
  #held: Sample | null = null;
  #samples = 0;
  #knownMs = 0;
  #uncertainMs = 0;
  /** Of time in which there is a number, for texts have none. */
  #weight = 0;
  #mean = 0;
  #squares = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;
  #first: number | null = null;
  #last: number | null = null;

  constructor(info: TagInfo, from: EpochMs, to: EpochMs) {
    this.#info = info;
    this.#from = from;
    this.#to = to;
  }

  add(sample: Sample): void {
    this.#holdUntil(sample.at);
    this.#held = sample;
    if (sample.at >= this.#from && sample.at < this.#to) this.#samples++;
  }

  /** `stillHolds`: what came last is no older than the gap limit, and nothing can have come after it yet. */
  finish(stillHolds: boolean): TagStatistics {
    if (stillHolds && this.#held) this.#holdUntil(this.#to);
    const isNumber = this.#weight > 0;
    return {
      tag: this.#info.tag,
      from: this.#from,
      to: this.#to,
      samples: this.#samples,
      knownMs: this.#knownMs,
      uncertainMs: this.#uncertainMs,
      min: isNumber ? this.#min : null,
      max: isNumber ? this.#max : null,
      mean: isNumber ? this.#mean : null,
      deviation: isNumber ? Math.sqrt(this.#squares / this.#weight) : null,
      first: this.#first,
      last: this.#last,
      thinned: false,
    };
  }

  #holdUntil(next: EpochMs): void {
    const held = this.#held;
    if (!held || held.quality === "bad" || next - held.at > this.#info.gapAfterMs) return;
    const from = Math.max(held.at, this.#from);
    const to = Math.min(next, this.#to);
    const lasts = to - from;
    if (lasts <= 0) return;
    this.#knownMs += lasts;
    if (held.quality === "uncertain") this.#uncertainMs += lasts;
    const value = numberOf(held, this.#info);
    if (value === null) return;
    this.#weight += lasts;
    const off = value - this.#mean;
    this.#mean += (off * lasts) / this.#weight;
    this.#squares += lasts * off * (value - this.#mean);
    this.#min = Math.min(this.#min, value);
    this.#max = Math.max(this.#max, value);
    if (from === this.#from) this.#first = value;
    if (to === this.#to) this.#last = value;
  }
}

/** Samples read at once, between which other requests have their turn. */
const pageSize = 5_000;
/** A month at one sample a second; more would hold the store for long. */
const mostSamples = 3_000_000;

export interface StatisticsSources {
  readonly samples: SampleReader;
  readonly now: EpochMs;
}

/** Figures of one tag from every sample that the store has; of a part that retention has thinned the extremes alone. */
export async function answerStatistics(
  info: TagInfo,
  from: EpochMs,
  asked: EpochMs,
  { samples, now }: StatisticsSources,
  signal: AbortSignal,
): Promise<TagStatistics> {
  const { tag } = info;
  const to = instant(Math.max(from, Math.min(asked, now)));
  const figures = new HeldStatistics(info, from, to);
  if (to === from) return figures.finish(false);
  const count = await samples.count(tag, from, to, signal);
  if (count > mostSamples) {
    const detail = `${count} samples of \`${tag}\` lie in this range, at most ${mostSamples} are computed at once; choose a shorter range.`;
    throw new CodedError("OUT_OF_RANGE", detail);
  }
  let newest = (await samples.last([tag], from, signal)).get(tag);
  if (newest) figures.add(newest);
  for (let next = from; next < to; ) {
    const page = await samples.range(tag, next, to, pageSize, signal);
    signal.throwIfAborted();
    if (page.thinned) return extremesOf(info, from, to, samples, signal);
    for (const sample of page.samples) figures.add(sample);
    newest = page.samples.at(-1) ?? newest;
    if (!page.more || !newest) break;
    next = instant(newest.at + 1);
  }
  const after = await samples.range(tag, to, later(to, millis(info.gapAfterMs + 1)), 1, signal);
  const [follower] = after.samples;
  if (follower) figures.add(follower);
  return figures.finish(newest !== undefined && now - newest.at <= info.gapAfterMs);
}

async function extremesOf(
  info: TagInfo,
  from: EpochMs,
  to: EpochMs,
  samples: SampleReader,
  signal: AbortSignal,
): Promise<TagStatistics> {
  const found = await samples.buckets([info.tag], from, to, millis(to - from), signal);
  const bucket = found.get(info.tag)?.[0];
  return {
    ...new HeldStatistics(info, from, to).finish(false),
    samples: (bucket?.n ?? 0) + (bucket?.bad ?? 0),
    min: bucket?.min ?? null,
    max: bucket?.max ?? null,
    thinned: true,
  };
}
