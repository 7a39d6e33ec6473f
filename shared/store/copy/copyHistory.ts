import type { Sample, TagId } from "#shared/model/sample.ts";
import { type EpochMs, instant } from "#shared/model/time.ts";
import type { SampleReader, SampleWriter } from "../port.ts";
import { RefusedSamplesError } from "../refused.ts";
import { type DayDigest, DayDigests, dayOf, nextDay } from "./dayDigests.ts";

/** Samples in memory at once: one page of the source. */
export const samplesPerPage = 10_000;

export interface CopyParts {
  readonly source: SampleReader;
  readonly target: SampleReader;
  /** Null: nothing is written, only compared. */
  readonly writer: SampleWriter | null;
  /** Tries again what a store that is away rejects; gives up by throwing. */
  readonly patiently: <Result>(body: () => Promise<Result>) => Promise<Result>;
}

/** A day (UTC) of a tag whose samples are not the same in both stores. */
export interface DayDifference {
  readonly day: EpochMs;
  readonly source: DayDigest | null;
  readonly target: DayDigest | null;
}

/** What became of one tag. */
export interface TagCopy {
  readonly tag: TagId;
  readonly days: number;
  /** Samples of the source. */
  readonly samples: number;
  /** Samples handed to the target; the others were there already. */
  readonly written: number;
  readonly differences: readonly DayDifference[];
  /** Retention has left roll-ups in place of some of the source's samples: those are not copied. */
  readonly thinned: boolean;
  /** Why the target refused samples, where it did. */
  readonly refusal: string | null;
}

/** A stretch of whole days of one tag, and its first page. */
interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly first: readonly Sample[];
  readonly thinned: boolean;
}

/**
 * Copies one tag's samples with since <= at < until and compares counts and hashes of every day. A stretch of days that
 * is the same in both is not written again: so a copy that was broken off goes on where it stood, and keeps no state of
 * its own that could be wrong. Memory holds one page of samples.
 */
export async function copyTag(tag: TagId, since: EpochMs, until: EpochMs, parts: CopyParts): Promise<TagCopy> {
  const { source, target, writer, patiently } = parts;
  const total = { days: 0, samples: 0, written: 0 };
  const differences: DayDifference[] = [];
  let refusal: string | null = null;
  let thinned = false;

  const write = async (samples: readonly Sample[]): Promise<void> => {
    total.written += samples.length;
    await patiently(() => writer?.write([{ name: null, samples }]) ?? Promise.resolve()).catch((error: unknown) => {
      if (!(error instanceof RefusedSamplesError)) throw error;
      total.written -= error.refused.length;
      refusal ??= error.detail;
    });
  };
  const digests = async (
    reader: SampleReader,
    stretch: Stretch,
    each: (samples: readonly Sample[]) => Promise<void>,
  ) => {
    const days = new DayDigests();
    for await (const page of pagesOf(tag, reader, stretch, patiently)) {
      days.add(page);
      await each(page);
    }
    return days.finish();
  };
  const nothing = async () => {};

  for (let from: number = since; from < until; ) {
    const stretch = await nextStretch(tag, source, from, until, patiently);
    if (!stretch) break;
    thinned ||= stretch.thinned;
    const there: Stretch = { ...stretch, first: [] };
    const isNew =
      writer && (await patiently(() => target.count(tag, instant(stretch.from), instant(stretch.to)))) === 0;
    const wanted = await digests(source, stretch, isNew ? write : nothing);
    let found = await digests(target, there, nothing);
    if (writer && !isNew && differencesOf(wanted, found).length > 0) {
      await digests(source, stretch, write);
      found = await digests(target, there, nothing);
    }
    total.days += wanted.size;
    for (const { count } of wanted.values()) total.samples += count;
    differences.push(...differencesOf(wanted, found));
    from = stretch.to;
  }
  return { tag, ...total, differences, thinned, refusal };
}

/** The next whole days of the source that fill a page, at least one; undefined where it has no more samples. */
async function nextStretch(
  tag: TagId,
  source: SampleReader,
  from: number,
  until: number,
  patiently: CopyParts["patiently"],
): Promise<Stretch | undefined> {
  const ask = () => source.range(tag, instant(from), instant(until), samplesPerPage);
  const { samples, more, thinned = false } = await patiently(ask);
  const [first, last] = [samples[0], samples.at(-1)];
  if (!first || !last) return undefined;
  const lastDay = dayOf(last.at);
  const to = !more ? until : Math.min(until, lastDay > first.at ? lastDay : nextDay(first.at));
  return { from, to, first: samples.filter(({ at }) => at < to), thinned };
}

/** The samples of a stretch, page by page; the first one may be known. */
async function* pagesOf(
  tag: TagId,
  reader: SampleReader,
  { from, to, first }: Stretch,
  patiently: CopyParts["patiently"],
): AsyncGenerator<readonly Sample[]> {
  let next = from;
  if (first.length > 0) {
    yield first;
    if (first.length < samplesPerPage) return;
    next = (first.at(-1)?.at ?? to) + 1;
  }
  for (let more = next < to; more; ) {
    const start = instant(next);
    const page = await patiently(() => reader.range(tag, start, instant(to), samplesPerPage));
    if (page.samples.length > 0) yield page.samples;
    next = (page.samples.at(-1)?.at ?? to) + 1;
    more = page.more;
  }
}

function differencesOf(
  source: ReadonlyMap<number, DayDigest>,
  target: ReadonlyMap<number, DayDigest>,
): readonly DayDifference[] {
  return [...new Set([...source.keys(), ...target.keys()])]
    .toSorted((a, b) => a - b)
    .map((day) => ({ day: instant(day), source: source.get(day) ?? null, target: target.get(day) ?? null }))
    .filter(({ source: a, target: b }) => a?.hash !== b?.hash);
}
