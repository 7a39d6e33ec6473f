import type { HistoryBucket } from "#shared/model/live.ts";
import type { Ranges } from "#shared/model/ranges.ts";
import type { BatchName, Sample, TagId } from "#shared/model/sample.ts";
import type { DurationMs, EpochMs } from "#shared/model/time.ts";

/** What a host hands over to be kept. `name` is null for samples of a foreign edge node that names no batches. */
export interface StoredBatch {
  readonly name: BatchName | null;
  readonly samples: readonly Sample[];
}

/** The writing side of a sample store. One process holds it (D5). */
export interface SampleWriter extends AsyncDisposable {
  /**
   * Stores samples and the batches' names; resolved means durable. A sample of the same tag and time overwrites, a
   * batch twice changes nothing. Rejects with `STORE_UNAVAILABLE` or `DISK` (verdict retry): the caller keeps the
   * batches and hands them over again. Rejects with `RefusedSamplesError` (`MALFORMED`, verdict reject) where some
   * samples will never be accepted: all others are stored then, and the names of all batches.
   */
  write(batches: readonly StoredBatch[]): Promise<void>;
  /** Numbers of the batches stored so far, per queue id. */
  storedBatches(): Promise<ReadonlyMap<string, Ranges>>;
}

/** The reading side; any number of processes may hold one beside the writer. */
export interface SampleReader extends AsyncDisposable {
  /** Samples of one tag with from <= at < to, ascending, at most `limit`; `more` when the limit cut. */
  range(tag: TagId, from: EpochMs, to: EpochMs, limit: number): Promise<{ samples: Sample[]; more: boolean }>;
  /**
   * Per tag the non-empty buckets `[from + k * width, from + (k + 1) * width)`, ascending. Booleans count as 0 and 1;
   * strings have `n` only. Bad samples count in `bad` and nowhere else.
   */
  buckets(
    tags: readonly TagId[],
    from: EpochMs,
    to: EpochMs,
    width: DurationMs,
  ): Promise<ReadonlyMap<TagId, readonly HistoryBucket[]>>;
  /** The newest sample per tag with at < before; tags that have none are absent. */
  last(tags: readonly TagId[], before: EpochMs): Promise<ReadonlyMap<TagId, Sample>>;
  /** How many samples a tag has with from <= at < to. */
  count(tag: TagId, from: EpochMs, to: EpochMs): Promise<number>;
}
