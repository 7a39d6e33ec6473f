import type { Ranges } from "#shared/model/ranges.ts";
import type { BatchName, Sample } from "#shared/model/sample.ts";
import type { Loss } from "./losses.ts";

/** A batch taken out for sending; it stays on disk until the host acknowledges it. */
export interface Outgoing {
  readonly name: BatchName;
  readonly device: string;
  readonly samples: readonly Sample[];
  /** Of a time before others that were sent already: it goes out as such (payloads, is_historical). */
  readonly historical?: boolean;
  /** Its size on disk, near to that on the wire. */
  readonly bytes: number;
}

/** The gateway's queue on disk (D3). Nothing in it is deleted but by the host's acknowledgement or the byte quota. */
export interface Outbox extends AsyncDisposable {
  /** Random and new at every start, so that no number is ever used twice. */
  readonly queueId: string;
  /** Takes samples of one device as the next batch and returns its number. It may be sent once it is durable. */
  push(device: string, samples: readonly Sample[], when?: "live" | "historical"): number;
  /** Number of the newest batch that was pushed, durable or not; 0 while there is none. */
  lastNumber(): number;
  /** Number of the newest durable batch; 0 while there is none. */
  durableNumber(): number;
  /** Number of the batch that `takeLive` gives next; one more than the last durable one where there is none. */
  nextLive(): number;
  /** The oldest durable batch of this start that was never taken and is still in memory. */
  takeLive(): Outgoing | undefined;
  /** The oldest durable batch that is not live any more: of an earlier start, or too many were waiting. */
  takeBacklog(): Promise<Outgoing | undefined>;
  /** The host stored these batches of `queueId`. Unknown queues and numbers never sent are ignored. */
  acknowledge(queueId: string, ranges: Ranges): void;
  /** Batches given up, until the host takes note of them. */
  readonly losses: readonly Loss[];
  /** Batches that are not acknowledged, and what the outbox takes on disk. */
  depth(): { readonly batches: number; readonly backlog: number; readonly bytes: number };
}
