// Judges a store by what the gateways had accepted. Every value is a number that its instrument gave once.
import type { Gap, Sample, TagId } from "#shared/model/sample.ts";
import type { EpochMs } from "#shared/model/time.ts";

export interface Verdict {
  /** Samples that the gateways had accepted, up to the number where the experiment ended. */
  readonly accepted: number;
  /** Accepted and not stored, declared or not. */
  readonly lost: number;
  /** Of those, the ones that no entry of the gap ledger covers. */
  readonly undeclared: number;
  /** Stored more than once. */
  readonly duplicated: number;
  /** Stored with another value, time or quality than accepted, never accepted, or out of order. */
  readonly wrong: number;
  /** Longest time between two stored samples of a tag, and whether the ledger says why, ms. */
  readonly longestSilence: { readonly ms: number; readonly explained: boolean };
}

export interface Evidence {
  readonly accepted: readonly Sample[];
  readonly stored: ReadonlyMap<TagId, readonly Sample[]>;
  readonly gaps: (tag: TagId) => readonly Gap[];
  /** Numbers up to this one count; those after it may still be under way. */
  readonly upTo: number;
  /** Bad samples, which have no number, count up to this time. */
  readonly until: EpochMs;
}

export function judge({ accepted, stored, gaps, upTo, until }: Evidence): Verdict {
  const counts = ({ at, value, quality }: Sample) => (quality === "bad" ? at <= until : Number(value) <= upTo);
  const byTag = Map.groupBy(accepted.filter(counts), ({ tag }) => tag);
  let [lost, undeclared, duplicated, wrong] = [0, 0, 0, 0];
  let longestSilence = { ms: 0, explained: true };
  for (const tag of new Set([...byTag.keys(), ...stored.keys()])) {
    const wanted = new Map((byTag.get(tag) ?? []).map((sample) => [sample.at, sample]));
    const found = (stored.get(tag) ?? []).filter(counts);
    const declared = gaps(tag);
    const isDeclared = (at: number) => declared.some(({ from, to }) => at >= from && (to === null || at <= to));
    const seen = new Set<unknown>();
    let before: Sample | undefined;
    for (const sample of found) {
      const same = wanted.get(sample.at);
      const isSame = same?.quality === sample.quality && same.value === sample.value;
      if (sample.quality !== "bad" && seen.has(sample.value)) duplicated += 1;
      else if (!isSame || (before && Number(before.value) > Number(sample.value) && sample.quality !== "bad"))
        wrong += 1;
      if (sample.quality !== "bad") seen.add(sample.value);
      const silence = sample.at - (before?.at ?? sample.at);
      if (silence > longestSilence.ms) {
        const [from, to] = [sample.at - silence, sample.at];
        const explained = declared.some((gap) => gap.from < to && (gap.to === null || gap.to > from));
        longestSilence = { ms: silence, explained };
      }
      before = sample;
    }
    const storedAt = new Set(found.map(({ at }) => at));
    for (const at of wanted.keys()) {
      if (storedAt.has(at)) continue;
      lost += 1;
      if (!isDeclared(at)) undeclared += 1;
    }
  }
  return {
    accepted: [...byTag.values()].reduce((sum, all) => sum + all.length, 0),
    lost,
    undeclared,
    duplicated,
    wrong,
    longestSilence,
  };
}
