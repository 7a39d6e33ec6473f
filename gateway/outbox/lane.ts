import type { Clock } from "#shared/kit/clock.ts";
import type { Ranges } from "#shared/model/ranges.ts";
import type { BatchName } from "#shared/model/sample.ts";
import type { DurationMs, EpochMs } from "#shared/model/time.ts";
import type { Damage, RecordPlace } from "./cursor.ts";
import type { Disk } from "./disk.ts";
import type { Outgoing } from "./port.ts";
import type { Content } from "./record.ts";
import type { Segment } from "./segment.ts";

/** A batch of this start on its way to the disk and to the host. */
export interface Entry {
  readonly lane: Lane;
  readonly out: Outgoing;
  readonly record: Uint8Array;
  /** Place among all batches of this start. */
  readonly order: number;
  /** Where it lies once it is durable. */
  place?: RecordPlace;
  /** `new`: nobody has it; `live`: offered for sending; `past`: taken, or left to the backlog. */
  state: "new" | "live" | "past";
}

/** One class of batches with queues, files and a quota of its own. */
export interface Lane extends AsyncDisposable {
  readonly queueId: string;
  readonly quotaBytes: number;
  push(content: Content, order: number): Entry;
  /** Pushed and not durable yet, oldest first. */
  readonly unwritten: readonly Entry[];
  /** Makes the oldest of what is unwritten durable, as one group; throws where the disk does not take it. */
  write(): Promise<readonly Entry[]>;
  /** Gives up the oldest entry that is not durable. */
  dropUnwritten(): Entry | undefined;
  /** The entry is taken for sending. */
  take(entry: Entry): void;
  /** The entry is not held in memory any more: the backlog has it. */
  spill(entry: Entry): Promise<void>;
  takeBacklog(): Promise<Outgoing | { readonly damage: Damage } | undefined>;
  /** Undefined where the queue is none of this lane; else whether all of the numbers can have been sent. */
  acknowledge(queueId: string, ranges: Ranges): "accepted" | "neverSent" | undefined;
  owes(name: BatchName): boolean;
  /** Owes everything again that was accepted since `from`. */
  replay(from: EpochMs): Promise<void>;
  /** Segments that nobody writes any more and of which something is owed, oldest first. */
  readonly closed: readonly Segment[];
  unsettled(segment: Segment): Ranges;
  settle(queueId: string, ranges: Ranges): void;
  /** Removes a closed segment. */
  abandon(segment: Segment): void;
  /** Removes the oldest segment that is only kept, or only such ones last changed before a time; false where none is. */
  dropKept(before?: EpochMs): boolean;
  seal(): Promise<void>;
  readonly bytes: number;
  readonly keptBytes: number;
  readonly owed: number;
  readonly backlog: number;
  readonly oldestUnsettled: number;
  readonly next: number;
}

export interface LaneOptions {
  readonly folder: string;
  readonly queueId: string;
  readonly quotaBytes: number;
  readonly segmentBytes: number;
  readonly segmentAge: DurationMs;
  readonly start: number;
  readonly owed: readonly Segment[];
  readonly kept: readonly Segment[];
  readonly disk: Disk;
  readonly clock: Clock;
  /** Work on files beside the writing, one after the other; resolves when it is done. */
  readonly chore: (work: () => Promise<void>) => Promise<void>;
}
