import type { Sample, TagId } from "#shared/model/sample.ts";

/**
 * How often a source gives another value for the time of its newest one: a store keeps one value per tag and time, the
 * later. A gateway of ours gives each value a time of its own; an edge node of another maker may not.
 */
export class ReplacedTimes {
  #newest = new Map<TagId, Sample>();

  /** How many values the samples, in their order, take the place of. */
  count(samples: readonly Sample[]): number {
    let replaced = 0;
    for (const sample of samples) {
      const before = this.#newest.get(sample.tag);
      if (before?.at === sample.at && (before.value !== sample.value || before.quality !== sample.quality))
        replaced += 1;
      if (!before || sample.at >= before.at) this.#newest.set(sample.tag, sample);
    }
    return replaced;
  }
}
