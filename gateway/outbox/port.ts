import type { Ranges } from "#shared/model/ranges.ts";
import type { BatchName, Sample } from "#shared/model/sample.ts";
import type { EpochMs } from "#shared/model/time.ts";
import type { Content } from "./record.ts";

/** A batch taken out for sending; it stays on disk until the host acknowledges it. */
export type Outgoing = Content & {
  readonly name: BatchName;
  /** Its size on disk, near to that on the wire. */
  readonly bytes: number;
};

export interface PushOptions {
  /** `historical`: of a time before others that were sent already. */
  readonly when?: "live" | "historical";
  /** Some alarm rule watches these tags: made durable at once, and given up last. */
  readonly isAlarm?: boolean;
}

/** Figures of the outbox as a whole, and of the queue of this start (D3). */
export interface OutboxDepth {
  /** Batches that are not acknowledged, and those of them that are neither live nor under way. */
  readonly batches: number;
  readonly backlog: number;
  /** What the outbox takes on disk, and how much of that is acknowledged and only kept for a replay. */
  readonly bytes: number;
  readonly keptBytes: number;
  /** Part of its quota that the fullest queue takes with what is not acknowledged, from 0 to 1. */
  readonly fill: number;
  /** Records of what was given up that the host has not taken note of. */
  readonly gaps: number;
  /** Number of the oldest batch of this start that is not acknowledged, and of the next one. */
  readonly oldestUnacknowledged: number;
  readonly next: number;
  /** Acknowledgements of batches that were never sent. */
  readonly refusedAcks: number;
  /** False while the disk takes nothing: what comes in is sent from memory, and a loss of power loses it. */
  readonly isDurable: boolean;
}

/**
 * The gateway's queue on disk (D3). Nothing in it is deleted but by the host's acknowledgement, or by the limits in bytes
 * and age; then a record of the gap takes its place. Order counts over all queues of this start, from 1.
 */
export interface Outbox extends AsyncDisposable {
  /** Random and new at every start, so that no number is ever used twice. */
  readonly queueId: string;
  /** Takes samples of one device as the next batch and returns its place in the order. It may be sent once it is durable. */
  push(device: string, samples: readonly Sample[], options?: PushOptions): number;
  /** Place of the newest batch that was pushed, durable or not; 0 while there is none. */
  lastNumber(): number;
  /** Everything up to this place is durable. */
  durableNumber(): number;
  /** Place of the batch that `takeLive` gives next; one more than the last one where there is none. */
  nextLive(): number;
  /** The oldest durable batch of this start that was never taken and is still in memory; `order` is its place. */
  takeLive(): { readonly out: Outgoing; readonly order: number } | undefined;
  /** The oldest durable batch that is not live any more: of an earlier start, or too many were waiting. */
  takeBacklog(): Promise<Outgoing | undefined>;
  /** The host stored these batches of `queueId`. Unknown queues are ignored, numbers never sent refused and counted. */
  acknowledge(queueId: string, ranges: Ranges): void;
  /** False for a batch that was acknowledged or given up: it needs no repetition. */
  owes(name: BatchName): boolean;
  /** Sends again what was accepted since `from` and is still there, as after a restore of the host's store. */
  replay(from: EpochMs): Promise<void>;
  depth(): OutboxDepth;
}
