import type { Ranges } from "#shared/model/ranges.ts";
import type { BatchName, Sample, TagId } from "#shared/model/sample.ts";
import type { EpochMs } from "#shared/model/time.ts";

interface Batch {
  readonly name: BatchName | null;
  readonly samples: readonly Sample[];
}

/** A stored batch that came before a lower number of its queue. */
interface Early extends Batch {
  readonly number: number;
  readonly from: EpochMs;
  readonly to: EpochMs;
}

/** As much as a gateway has under way: what is resent late was overtaken by no more. */
const maxSamplesPerQueue = 25_000;

/** The batches, those of one queue in the order of their numbers: of two values of one time the later one must win. */
export function inOrderOfQueues<Given extends Batch>(batches: readonly Given[]): readonly Given[] {
  const ofQueue = Map.groupBy(batches, ({ name }) => name?.queueId);
  for (const [queueId, all] of ofQueue) {
    if (queueId !== undefined) all.sort((a, b) => (a.name?.number ?? 0) - (b.name?.number ?? 0));
  }
  return batches.map(({ name }) => ofQueue.get(name?.queueId)?.shift() as Given);
}

/**
 * Of two values that one queue gives for one tag and time, the one with the higher batch number holds, in whichever order
 * they are stored. A store knows order of arrival only, so what has come early is remembered here until all numbers below
 * it are there, for as many samples as a gateway has under way.
 */
export class Precedence {
  #early = new Map<string, Early[]>();

  /** Samples that must not be stored: a higher number of their queue has given another for their tag and time. */
  superseded(batches: readonly Batch[]): ReadonlySet<Sample> {
    const found = new Set<Sample>();
    for (const { name, samples } of batches) {
      const later = name ? (this.#early.get(name.queueId) ?? []).filter(({ number }) => number > name.number) : [];
      if (later.length === 0 || samples.length === 0) continue;
      const { from, to } = extent(samples);
      const own = new Map<TagId, Map<EpochMs, Sample>>();
      for (const sample of samples) {
        const times = own.get(sample.tag) ?? new Map();
        own.set(sample.tag, times.set(sample.at, sample));
      }
      for (const early of later) {
        if (early.to < from || early.from > to) continue;
        for (const { tag, at } of early.samples) {
          const sample = own.get(tag)?.get(at);
          if (sample) found.add(sample);
        }
      }
    }
    return found;
  }

  /** The batches are stored; `rangesOf` tells all numbers of their queues that are. */
  stored(batches: readonly Batch[], rangesOf: (queueId: string) => Ranges): void {
    const queues = new Set<string>();
    for (const { name, samples } of batches) {
      if (!name) continue;
      queues.add(name.queueId);
      if (samples.length === 0 || name.number <= completeUpTo(rangesOf(name.queueId))) continue;
      const all = this.#early.get(name.queueId) ?? [];
      all.push({ name, number: name.number, samples, ...extent(samples) });
      this.#early.set(name.queueId, all);
    }
    for (const queueId of queues) this.#forget(queueId, completeUpTo(rangesOf(queueId)));
  }

  #forget(queueId: string, complete: number): void {
    let room = maxSamplesPerQueue;
    const kept = (this.#early.get(queueId) ?? [])
      .filter(({ number }) => number > complete)
      .toReversed()
      .filter(({ samples }) => {
        room -= samples.length;
        return room >= 0;
      })
      .toReversed();
    if (kept.length > 0) this.#early.set(queueId, kept);
    else this.#early.delete(queueId);
  }
}

/** No number up to this one is missing. */
function completeUpTo([first]: Ranges): number {
  return first?.[0] === 1 ? first[1] : 0;
}

function extent(samples: readonly Sample[]): { from: EpochMs; to: EpochMs } {
  let [from, to] = [samples[0]?.at as EpochMs, samples[0]?.at as EpochMs];
  for (const { at } of samples) {
    if (at < from) from = at;
    if (at > to) to = at;
  }
  return { from, to };
}
