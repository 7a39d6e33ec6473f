import type { Sample, TagId } from "#shared/model/sample.ts";
import { type DurationMs, millis } from "#shared/model/time.ts";

export interface BatchLimits {
  readonly maxSamples: number;
  /** Longest time that a sample waits for others. */
  readonly maxAge: DurationMs;
  /** The same where an alarm rule watches one of them: no longer than the readings of one poll take to come in. */
  readonly urgentAge: DurationMs;
}

/** Short enough for the alarm path, large enough for the wire. */
export const batchLimits: BatchLimits = { maxSamples: 500, maxAge: millis(100), urgentAge: millis(5) };

/** Collects the samples of one device; cut by count or by age. Time is monotonic. */
export interface Batcher {
  /** The samples to send, ascending in time, when this one completes a batch. */
  add(sample: Sample, now: DurationMs): readonly Sample[] | undefined;
  /** When the collected samples must be taken; undefined while there are none. */
  due(): DurationMs | undefined;
  /** What is collected, ascending in time; empties the batcher. */
  take(): readonly Sample[];
}

export function createBatcher(limits: BatchLimits, isUrgent: (tag: TagId) => boolean = () => false): Batcher {
  let samples: Sample[] = [];
  let due: DurationMs | undefined;
  const take = () => {
    const taken = samples.sort((a, b) => a.at - b.at);
    samples = [];
    due = undefined;
    return taken;
  };
  return {
    add: (sample, now) => {
      const wait = isUrgent(sample.tag) ? limits.urgentAge : limits.maxAge;
      due = millis(Math.min(due ?? Number.POSITIVE_INFINITY, now + wait));
      samples.push(sample);
      return samples.length >= limits.maxSamples ? take() : undefined;
    },
    due: () => due,
    take,
  };
}
