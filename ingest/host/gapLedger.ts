import type { Gap, GapCause, Sample, TagId } from "#shared/model/sample.ts";
import type { EpochMs } from "#shared/model/time.ts";

/** What the ledger needs to know of a tag. */
export interface GapTag {
  /** Source time of its newest sample, null where there is none. */
  newestAt(tag: TagId): EpochMs | null;
  /** Silence up to this is no gap. */
  gapAfterMs(tag: TagId): number;
}

/**
 * The gap that is left of `gap` once a sample at `at` is there, as entries to save: late data splits it, and a part no
 * longer than `gapAfterMs` is none. An entry with `to` equal to `from` says that nothing is left of it.
 */
export function fillGap(gap: Gap, at: EpochMs, gapAfterMs: number): readonly Gap[] {
  if (at <= gap.from || (gap.to !== null && at >= gap.to)) return [gap];
  const before: Gap = { ...gap, to: at - gap.from > gapAfterMs ? at : gap.from };
  if (gap.to === null || gap.to - at <= gapAfterMs) return [before];
  return [before, { ...gap, from: at }];
}

const isEmpty = (gap: Gap): boolean => gap.to === gap.from;
/** Closed gaps per tag that late data may still fill. */
const maxRecent = 16;

/**
 * Ledger of lost time (D11): a death opens a gap at the tag's newest sample; the next data closes it, and data that
 * arrives late from an outbox takes out what it covers. Changes wait in `takeChanges` to be saved together.
 */
export class GapLedger {
  #tags: GapTag;
  #recent = new Map<TagId, readonly Gap[]>();
  #changes = new Map<string, Gap>();

  constructor(tags: GapTag, open: readonly Gap[]) {
    this.#tags = tags;
    for (const gap of open) this.#recent.set(gap.tag, [...(this.#recent.get(gap.tag) ?? []), gap]);
  }

  /** The tag's source is lost since its newest sample, or since `at` where it has none. */
  open(tag: TagId, at: EpochMs, cause: GapCause): void {
    const recent = this.#recent.get(tag) ?? [];
    if (recent.some(({ to }) => to === null)) return;
    this.#put(tag, [...recent, { tag, from: this.#tags.newestAt(tag) ?? at, to: null, cause, lost: null }]);
  }

  fill({ tag, at }: Sample): void {
    const recent = this.#recent.get(tag);
    if (!recent) return;
    const touched = recent.some(({ from, to }) => at > from && (to === null || at < to));
    if (touched)
      this.#put(
        tag,
        recent.flatMap((gap) => fillGap(gap, at, this.#tags.gapAfterMs(tag))),
        recent,
      );
  }

  /** The store will never take this sample: a gap of one instant, with its cause. */
  refused({ tag, at }: Sample): void {
    this.#changes.set(`${tag} ${at}`, { tag, from: at, to: at, cause: "store_refused", lost: 1 });
  }

  #put(tag: TagId, gaps: readonly Gap[], before: readonly Gap[] = []): void {
    for (const gap of gaps) if (!before.includes(gap)) this.#changes.set(`${tag} ${gap.from}`, gap);
    const kept = gaps.filter((gap) => !isEmpty(gap)).slice(-maxRecent);
    if (kept.length > 0) this.#recent.set(tag, kept);
    else this.#recent.delete(tag);
  }

  /** Entries to save since the last call; `restore` gives them back where saving failed. */
  takeChanges(): readonly Gap[] {
    const changes = [...this.#changes.values()];
    this.#changes.clear();
    return changes;
  }

  restore(gaps: readonly Gap[]): void {
    for (const gap of gaps) {
      const key = `${gap.tag} ${gap.from}`;
      if (!this.#changes.has(key)) this.#changes.set(key, gap);
    }
  }
}
