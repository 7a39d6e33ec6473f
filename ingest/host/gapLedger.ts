import type { Log } from "#shared/kit/log.ts";
import { messageOf } from "#shared/model/errors.ts";
import type { Gap, GapCause, Sample, TagId } from "#shared/model/sample.ts";
import type { EpochMs } from "#shared/model/time.ts";
import type { RecordsWriter } from "#shared/store/records/port.ts";
import { isAcceptedTag } from "#shared/wire/accepted.ts";
import { cutGap, fillGap, isLoss, withoutLosses } from "./gapCut.ts";

/** A tag as the ledger finds it. */
export interface GapTag {
  readonly tag: TagId;
  /** Source time of its newest sample in the store, null where there is none. */
  readonly newest: EpochMs | null;
  /** Silence up to this is no gap. */
  readonly gapAfterMs: number;
}

/** Samples of one tag that were accepted and are gone for good. */
export interface LostSamples {
  readonly tag: TagId;
  /** Source times of the first and the last of them. */
  readonly from: EpochMs;
  readonly to: EpochMs;
  readonly cause: GapCause;
  /** Null where nobody could count them. */
  readonly count: number | null;
}

/** Time without samples that a new sample has ended. */
export interface Hole {
  /** Source time of the sample before it. */
  readonly from: EpochMs;
  /** Queues that the samples before and behind it came in; null for none, and where it is not known any more. */
  readonly before: string | null;
  readonly queue: string | null;
  /** What it was taken for while it lasted; null where nobody had noticed it. */
  readonly taken: GapCause | null;
}
export type HoleCause = (hole: Hole) => GapCause;

interface TagState {
  /** Source time of the newest stored sample. */
  newest: EpochMs | null;
  /** Queue that it came in; null where it came in none, or before this process. */
  queue: string | null;
  isClockSuspect: boolean;
  readonly gapAfterMs: number;
  /** Ascending; of those that late data may change, the newest only. */
  gaps: readonly Gap[];
  /** As they are in the records. */
  saved: readonly Gap[];
}

/** For a tag outside the plant model. */
const gapAfterUnknownMs = 60_000;
/** Entries per tag that late data may still fill. */
const maxRecent = 256;

const stateOf = (newest: EpochMs | null, gapAfterMs: number): TagState => ({
  newest,
  queue: null,
  isClockSuspect: false,
  gapAfterMs,
  gaps: [],
  saved: [],
});
const sameEntry = (a: Gap, b: Gap): boolean => a.from === b.from && a.cause === b.cause;
const byFrom = (a: Gap, b: Gap): number => a.from - b.from;

/**
 * Ledger of lost time (D11). A source that is lost or silent opens a gap at the tag's newest sample, the next data closes
 * it, and data that arrives late takes out what it covers. A leap in a tag's stored time that nobody announced is a gap
 * too. Changes are saved by `flush`; a gap that opens and a loss that is recorded are saved at once.
 */
export class GapLedger {
  #records: Pick<RecordsWriter, "saveGaps">;
  #log: Log;
  #states = new Map<TagId, TagState>();
  #dirty = new Set<TagId>();
  #removed: Gap[] = [];
  #undelivered = new Set<TagId>();
  #hasFailed = false;

  constructor(tags: readonly GapTag[], known: readonly Gap[], records: Pick<RecordsWriter, "saveGaps">, log: Log) {
    this.#records = records;
    this.#log = log;
    for (const { tag, newest, gapAfterMs } of tags) this.#states.set(tag, stateOf(newest, gapAfterMs));
    for (const gap of known) {
      const state = this.#state(gap.tag);
      state.gaps = [...state.gaps, gap].sort(byFrom).slice(-maxRecent);
      state.saved = state.gaps;
      if (gap.cause === "undelivered") this.#undelivered.add(gap.tag);
    }
  }

  #state(tag: TagId): TagState {
    const known = this.#states.get(tag);
    if (known) return known;
    const made = stateOf(null, gapAfterUnknownMs);
    this.#states.set(tag, made);
    return made;
  }

  /** The tags' source is lost since their newest samples, or since `at` where one has none. */
  open(tags: readonly TagId[], at: EpochMs, causeOf: (tag: TagId) => GapCause): void {
    for (const tag of tags) {
      const state = this.#state(tag);
      if (state.gaps.at(-1)?.to === null) continue;
      const gap: Gap = { tag, from: state.newest ?? at, to: null, cause: causeOf(tag), lost: null };
      this.#put(tag, state, [...state.gaps, ...withoutLosses(gap, state.gaps, state.gapAfterMs)]);
    }
    this.flush();
  }

  /** True while a gap of the tag lasts. */
  isOpen(tag: TagId): boolean {
    return this.#states.get(tag)?.gaps.at(-1)?.to === null;
  }

  /** True where the tag's newest sample has a time that its source's clock may have got wrong. */
  isClockSuspect(tag: TagId): boolean {
    return this.#states.get(tag)?.isClockSuspect ?? false;
  }

  /**
   * Samples that a gateway, or anybody else on the way, had accepted and gave up. True once the entries are on disk: only
   * then may the loss be acknowledged. Said twice it is one entry.
   */
  record(losses: readonly LostSamples[]): boolean {
    for (const { tag, from, to, cause, count } of losses) {
      if (isAcceptedTag(tag)) continue;
      const state = this.#state(tag);
      const entry: Gap = { tag, from, to, cause, lost: count ?? 0 };
      const others = state.gaps.filter((gap) => !sameEntry(gap, entry));
      const cut = others.flatMap((gap) => cutGap(gap, from, to, state.gapAfterMs, true));
      this.#put(tag, state, [...cut, entry]);
    }
    return this.flush();
  }

  /** Nobody will ever store this sample: an entry of one instant. `flush` saves it. */
  refused({ tag, at }: Sample): void {
    const state = this.#state(tag);
    const entry: Gap = { tag, from: at, to: at, cause: "rejected", lost: 1 };
    this.#put(tag, state, [...state.gaps.filter((gap) => !sameEntry(gap, entry)), entry]);
  }

  /** A sample that had been refused is stored after all. */
  redeemed({ tag, at }: Sample): void {
    const entry: Gap = { tag, from: at, to: at, cause: "rejected", lost: 1 };
    const state = this.#state(tag);
    this.#put(
      tag,
      state,
      state.gaps.filter((gap) => !sameEntry(gap, entry)),
    );
    // It may be older than what is kept in memory.
    this.#removed.push(entry);
  }

  /** The sample is stored; it came in this queue. */
  stored(sample: Sample, queue: string | null, causeOfHole: HoleCause): void {
    const { tag, at } = sample;
    const state = this.#state(tag);
    const { newest, gapAfterMs } = state;
    if (newest !== null && at <= newest) {
      if (state.gaps.length > 0) this.#fill(tag, state, at);
      return;
    }
    const before = state.queue;
    const wasSuspect = state.isClockSuspect;
    state.newest = at;
    state.queue = queue;
    state.isClockSuspect = sample.reason === "CLOCK_SUSPECT";
    const last = state.gaps.at(-1);
    const isOpen = last?.to === null;
    if (!isOpen && (newest === null || at - newest <= gapAfterMs)) return;
    const hole: Hole = { from: newest ?? at, before, queue, taken: isOpen ? last.cause : null };
    const cause = wasSuspect || state.isClockSuspect ? "clock_suspect" : causeOfHole(hole);
    if (isOpen) {
      // What was taken for an absence of the gateway was one of the connection, where the gateway has gone on.
      const closed = fillGap(last, at, gapAfterMs).map((gap) =>
        gap.cause === "gateway_lost" ? { ...gap, cause } : gap,
      );
      this.#put(tag, state, [...state.gaps.slice(0, -1), ...closed]);
    } else {
      const gap: Gap = { tag, from: hole.from, to: at, cause, lost: null };
      this.#put(tag, state, [...state.gaps, ...withoutLosses(gap, state.gaps, gapAfterMs)]);
    }
  }

  #fill(tag: TagId, state: TagState, at: EpochMs): void {
    const isTouched = state.gaps.some((gap) => !isLoss(gap) && at > gap.from && (gap.to === null || at < gap.to));
    if (isTouched)
      this.#put(
        tag,
        state,
        state.gaps.flatMap((gap) => fillGap(gap, at, state.gapAfterMs)),
      );
  }

  /** What is still missing of queues that are complete was never there. */
  settle(isComplete: (queue: string) => boolean): void {
    for (const tag of this.#undelivered) {
      const state = this.#state(tag);
      const { queue } = state;
      if (queue === null || !isComplete(queue)) continue;
      this.#put(
        tag,
        state,
        state.gaps.map((gap) =>
          gap.cause === "undelivered" && gap.to !== null ? { ...gap, cause: "source_silent" as const } : gap,
        ),
      );
    }
  }

  #put(tag: TagId, state: TagState, gaps: readonly Gap[]): void {
    state.gaps = [...gaps].sort((a, b) => Number(a.to === null) - Number(b.to === null) || byFrom(a, b));
    if (state.gaps.some(({ cause }) => cause === "undelivered")) this.#undelivered.add(tag);
    else this.#undelivered.delete(tag);
    this.#dirty.add(tag);
  }

  /** Saves what has changed; false where the records cannot be written, which is tried again by the next call. */
  flush(): boolean {
    if (this.#dirty.size === 0 && this.#removed.length === 0) return true;
    const states = [...this.#dirty].map((tag) => this.#state(tag));
    const put = states.flatMap(({ gaps, saved }) => gaps.filter((gap) => !saved.includes(gap)));
    const gone = states.flatMap(({ gaps, saved }) => saved.filter((was) => !gaps.some((gap) => sameEntry(gap, was))));
    try {
      this.#records.saveGaps(put, [...gone, ...this.#removed]);
    } catch (error) {
      if (!this.#hasFailed)
        this.#log.error({ error: messageOf(error) }, "Gap ledger cannot be written; its entries wait");
      this.#hasFailed = true;
      return false;
    }
    this.#hasFailed = false;
    this.#removed = [];
    for (const state of states) {
      state.gaps = state.gaps.slice(-maxRecent);
      state.saved = state.gaps;
    }
    this.#dirty.clear();
    return true;
  }
}
