import type { TagId } from "#shared/model/sample.ts";
import { type EpochMs, instant } from "#shared/model/time.ts";
import type { SampleReader } from "#shared/store/port.ts";
import { type InputSample, readingsByTime } from "../readings.ts";
import type { SampleInput } from "../step.ts";

const page = 50_000;

interface Stream {
  readonly tag: TagId;
  waiting: InputSample[];
  /** Where the next page begins; null where there is none. */
  next: EpochMs | null;
}

/**
 * Stored samples of several tags in the order of time, page by page: each tag's newest before `from` first, for what
 * holds at the beginning was said before, then those with from <= at < to.
 */
export async function* historyOf(
  reader: SampleReader,
  tags: readonly TagId[],
  from: EpochMs,
  to: EpochMs,
): AsyncGenerator<readonly SampleInput[]> {
  const before = await reader.last(tags, from);
  const streams = tags.map((tag, input): Stream => {
    const first = before.get(tag);
    return { tag, waiting: first ? [{ input, ...first }] : [], next: from };
  });
  for (const [input, stream] of streams.entries()) await fill(stream, input);
  for (;;) {
    // Up to here every tag is known.
    const known = Math.min(...streams.map(({ next }) => (next === null ? Number.POSITIVE_INFINITY : next - 1)));
    const due: InputSample[] = [];
    for (const stream of streams) {
      const end = stream.waiting.findIndex(({ at }) => at > known);
      for (const sample of stream.waiting.splice(0, end < 0 ? stream.waiting.length : end)) due.push(sample);
    }
    if (due.length > 0) yield readingsByTime(due);
    if (streams.every(({ next, waiting }) => next === null && waiting.length === 0)) return;
    for (const [input, stream] of streams.entries()) if (stream.waiting.length === 0) await fill(stream, input);
  }

  async function fill(stream: Stream, input: number): Promise<void> {
    if (stream.next === null) return;
    const { samples, more } = await reader.range(stream.tag, stream.next, to, page);
    for (const sample of samples) stream.waiting.push({ input, ...sample });
    const last = samples.at(-1);
    stream.next = more && last ? instant(last.at + 1) : null;
  }
}
