import type { AlarmEvent, AlarmStatus } from "#shared/model/alarm.ts";
import type { Ranges } from "#shared/model/ranges.ts";
import type { Gap, TagId } from "#shared/model/sample.ts";
import type { EpochMs } from "#shared/model/time.ts";

/** What has come of a gateway's queue. */
export interface QueueRow {
  readonly queueId: string;
  /** The highest batch number that has come. */
  readonly highest: number;
  /** Batches that are stored, or that the gateway gave up. */
  readonly ranges: Ranges;
}

/** A message or sample that could not be used, whole, with the reason: nothing refused is lost. */
export interface DeadLetter {
  readonly receivedAt: EpochMs;
  readonly topic: string;
  readonly reason: string;
  readonly payload: Uint8Array;
  /** Of a sample: its tag and source time; `payload` is the sample as JSON then. */
  readonly tag?: TagId;
  readonly at?: EpochMs;
}

/** A letter as it lies there. The same again is one letter that counts. */
export interface KeptLetter extends DeadLetter {
  readonly id: number;
  readonly times: number;
  readonly lastReceivedAt: EpochMs;
}

/** Why a letter lies there no more. */
export const letterEnds = ["replayed", "dropped", "expired", "crowded_out"] as const;
export type LetterEnd = (typeof letterEnds)[number];

export interface DeadLetterTotals {
  readonly letters: number;
  /** Messages and samples that the letters stand for. */
  readonly times: number;
  readonly bytes: number;
  /** Letters that went, since the records began. */
  readonly gone: Readonly<Record<LetterEnd, number>>;
}

/** How many samples of a tag in an hour a gateway says to have accepted in one queue. */
export interface AcceptedRow {
  /** Begin of the hour, by source time, UTC. */
  readonly hour: EpochMs;
  readonly tag: TagId;
  readonly queueId: string;
  readonly count: number;
}

/** Reading records: alarm journal, gap ledger, dead letters (D8). */
export interface RecordsReader extends AsyncDisposable {
  /** Journal entries with seq > after, ascending. */
  alarmEventsAfter(after: number, limit: number): readonly AlarmEvent[];
  /** Newest first, from <= at < to. */
  alarmEvents(query: { from: EpochMs; to: EpochMs; line?: string; limit: number }): readonly AlarmEvent[];
  /** The newest status of every alarm that has ever had an event. */
  alarmStatuses(): readonly AlarmStatus[];
  /** Highest seq in the journal, 0 while it is empty. */
  alarmSeq(): number;
  /** Ledger entries that overlap [from, to). */
  gaps(tag: TagId, from: EpochMs, to: EpochMs): readonly Gap[];
  /** The same of all tags, by tag and time. */
  allGaps(from: EpochMs, to: EpochMs): readonly Gap[];
  /** By tag, hour and queue, of hours with from <= hour < to. */
  accepted(from: EpochMs, to: EpochMs): readonly AcceptedRow[];
  /** The queues that those counts are of. */
  queues(): readonly QueueRow[];
  /** Newest first. */
  deadLetters(limit: number): readonly KeptLetter[];
  deadLetter(id: number): KeptLetter | undefined;
  deadLetterTotals(): DeadLetterTotals;
  /** Batches stored in a sample store that has no transaction of its own for them. */
  storedBatches(): ReadonlyMap<string, Ranges>;
}

/** Writing records; ingest alone holds it (D5). Each call is one durable transaction. */
export interface RecordsWriter extends RecordsReader {
  /** Appends to the journal and returns the events with their seq. */
  appendAlarmEvents(events: readonly Omit<AlarmEvent, "seq">[]): readonly AlarmEvent[];
  /** Inserts or replaces entries, and takes others out; an entry is the same by tag, `from` and cause. */
  saveGaps(put: readonly Gap[], remove?: readonly Gap[]): void;
  /** The highest count of a tag, hour and queue holds. */
  saveAccepted(rows: readonly AcceptedRow[], queues: readonly QueueRow[]): void;
  /** Counts of hours before this one are not needed any more. */
  forgetAccepted(before: EpochMs): void;
  appendDeadLetters(letters: readonly DeadLetter[]): void;
  /** How many of them were there. */
  removeDeadLetters(ids: readonly number[], why: LetterEnd): number;
  /** Takes out what last came before `before`, then the oldest until the rest holds at most `maxBytes`; how many. */
  pruneDeadLetters(before: EpochMs, maxBytes: number): number;
  saveStoredBatches(queueId: string, ranges: Ranges): void;
}
