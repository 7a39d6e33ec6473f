import type { HistoryBucket } from "#shared/model/live.ts";
import type { Ranges } from "#shared/model/ranges.ts";
import type { BatchName, Sample, TagId } from "#shared/model/sample.ts";
import type { DurationMs, EpochMs } from "#shared/model/time.ts";

/** What a host hands over to be kept. `name` is null for samples of a foreign edge node that names no batches. */
export interface StoredBatch {
  readonly name: BatchName | null;
  readonly samples: readonly Sample[];
}

/** A sample that the store will never accept, and why. */
export interface RefusedSample {
  readonly sample: Sample;
  readonly why: string;
}

/** Makes refused samples durable elsewhere; throws where it cannot, and then the call that they are of fails. */
export type KeepRefused = (refused: readonly RefusedSample[]) => void;

/** The writing side of a sample store. One process holds it (D5). */
export interface SampleWriter extends AsyncDisposable {
  /**
   * Stores samples and the batches' names; resolved means durable. A sample of the same tag and time overwrites, a
   * batch twice changes nothing. What is no number (NaN, an infinity) is stored as a bad sample that says so; a whole
   * number beyond 2^53 that comes as a bigint is stored as its decimal text. Rejects with `STORE_UNAVAILABLE` or `DISK`
   * (verdict retry): the caller keeps the batches and hands them over again. Rejects with `RefusedSamplesError`
   * (`MALFORMED`, verdict reject) where some
   * samples will never be accepted: all others are stored then, and the names of all batches. Before those names are,
   * `keepRefused` gets the refused samples: a kill between cannot leave a batch that counts as stored with samples that
   * lie nowhere. After a failure it may get the same again.
   */
  write(batches: readonly StoredBatch[], keepRefused?: KeepRefused): Promise<void>;
  /** Numbers of the batches stored so far, per queue id. */
  storedBatches(): Promise<ReadonlyMap<string, Ranges>>;
}

/**
 * The reading side; any number of processes may hold one beside the writer. A query whose `signal` aborts rejects with
 * the signal's reason and costs the store no further work.
 */
export interface SampleReader extends AsyncDisposable {
  /** Every tag that has or had a sample, in order of code points. */
  tags(signal?: AbortSignal): Promise<readonly TagId[]>;
  /**
   * Samples of one tag with from <= at < to, ascending, at most `limit`; `more` when the limit cut. `thinned` when
   * retention has left little of a part of the range but its roll-ups: `buckets` tells of them.
   */
  range(
    tag: TagId,
    from: EpochMs,
    to: EpochMs,
    limit: number,
    signal?: AbortSignal,
  ): Promise<{ samples: Sample[]; more: boolean; thinned?: boolean }>;
  /**
   * Per tag the non-empty buckets `[from + k * width, from + (k + 1) * width)`, ascending. Booleans count as 0 and 1;
   * strings have `n` only. Bad samples count in `bad` and nowhere else. Every sample counts: no peak is missed.
   * Where retention has left only roll-ups, each counts in the bucket of its first sample.
   */
  buckets(
    tags: readonly TagId[],
    from: EpochMs,
    to: EpochMs,
    width: DurationMs,
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<TagId, readonly HistoryBucket[]>>;
  /** The newest sample per tag with at < before; tags that have none are absent. */
  last(tags: readonly TagId[], before: EpochMs, signal?: AbortSignal): Promise<ReadonlyMap<TagId, Sample>>;
  /** How many samples a tag has with from <= at < to. */
  count(tag: TagId, from: EpochMs, to: EpochMs, signal?: AbortSignal): Promise<number>;
}
