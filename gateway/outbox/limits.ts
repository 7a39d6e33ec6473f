import type { Clock } from "#shared/kit/clock.ts";
import type { Log } from "#shared/kit/log.ts";
import type { Counter, Metrics } from "#shared/kit/metrics.ts";
import { messageOf } from "#shared/model/errors.ts";
import { inRanges, type Ranges } from "#shared/model/ranges.ts";
import { type DurationMs, instant } from "#shared/model/time.ts";
import type { Damage } from "./cursor.ts";
import type { Disk } from "./disk.ts";
import { createGapLog } from "./gapLog.ts";
import type { Entry, Lane } from "./lane.ts";
import { countLost, createLostTally, lostByDamage, lostIn } from "./lostTags.ts";
import { isGap } from "./record.ts";
import type { Reserve } from "./reserve.ts";

/** What is given up, when, and that a record of the gap is durable before. Nothing here throws: it is tried again. */
export interface Limits {
  /** Keeps quotas and ages, after batches became durable. */
  enforce(): Promise<void>;
  /** Something else fills the disk: what is only kept goes first, then, where `mayGiveUp`, the oldest that is owed. */
  makeRoom(mayGiveUp: boolean): Promise<void>;
  /** While the disk takes nothing, memory is bounded too: the oldest go, and are recorded when it does again. */
  boundUnwritten(): void;
  /** Batches of a lane that cannot be read. */
  recordDamage(lane: Lane, damage: Damage): Promise<void>;
}

export interface LimitsOptions {
  /** What was accepted longer ago is given up. */
  readonly maxAge: DurationMs;
  /** What the host has stored is kept this long for a replay, while there is room. */
  readonly keepFor: DurationMs;
  readonly gapLane: Lane;
  /** In the order in which they are given up. */
  readonly dataLanes: readonly Lane[];
  readonly reserve: Reserve;
  readonly disk: Disk;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly putAside: Counter;
  /** Takes entries out of what waits to be sent at once. */
  readonly forgetLive: (isGone: (entry: Entry) => boolean) => void;
}

/** Batches that the disk does not take are kept in memory up to this. */
const unwrittenBytes = 16 << 20;

export function createLimits(options: LimitsOptions): Limits {
  const { gapLane, dataLanes, reserve, disk, clock, log, forgetLive, putAside } = options;
  const lost = options.metrics.counter("gateway_samples_lost_total", "Samples given up, by reason.");
  const gaps = createGapLog(gapLane, disk, reserve);
  /** What the disk did not take, added up: the samples themselves are gone. */
  let unrecorded = createLostTally();

  const orTryLater = async (work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      log.error({ error: messageOf(error) }, "DISK: a gap cannot be recorded now; what it stands for is kept");
    }
  };

  /** The oldest closed segment of a lane goes; false where there is none. */
  const giveUpOldest = async (lane: Lane, cause: "outbox_full" | "outbox_expired"): Promise<boolean> => {
    const [segment] = lane.closed;
    if (!segment) return false;
    const { queueId, path } = segment;
    const ranges = lane.unsettled(segment);
    if (ranges.length > 0) {
      const tags = await lostIn(disk, segment, (number) => inRanges(ranges, number));
      await gaps.add({ batches: [{ queueId, ranges }], cause, tags });
      lost.add(countLost(tags), { reason: cause });
      log.error(
        { queueId, ranges, path },
        `The oldest data of the outbox is given up (${cause}), and the gap recorded`,
      );
    }
    forgetLive(({ place }) => place?.segment === segment);
    lane.abandon(segment);
    return true;
  };

  const enforceIn = async (lane: Lane) => {
    const now = clock.now();
    while (lane.dropKept(instant(now - options.keepFor)));
    while (lane.bytes > lane.quotaBytes) if (!lane.dropKept() && !(await giveUpOldest(lane, "outbox_full"))) break;
    const isTooOld = () => (lane.closed[0]?.changedAt ?? now) < now - options.maxAge;
    while (isTooOld()) await giveUpOldest(lane, "outbox_expired");
  };

  const recordUnwritten = async () => {
    const { batches, tags } = unrecorded;
    if (batches.length === 0) return;
    const before = unrecorded;
    unrecorded = createLostTally();
    try {
      await gaps.add({ batches, cause: "outbox_failed", tags });
      lost.add(countLost(tags), { reason: "outbox_failed" });
    } catch (error) {
      // What was given up meanwhile joins it.
      before.addBatches(unrecorded.batches);
      before.addTags(unrecorded.tags);
      unrecorded = before;
      throw error;
    }
  };

  return {
    enforce: () =>
      orTryLater(async () => {
        await recordUnwritten();
        for (const lane of dataLanes) await enforceIn(lane);
        while (gapLane.dropKept(instant(clock.now() - options.keepFor)));
        await reserve.make();
      }),
    makeRoom: (mayGiveUp) =>
      orTryLater(async () => {
        if ([gapLane, ...dataLanes].some((lane) => lane.dropKept()) || !mayGiveUp) return;
        for (const lane of dataLanes) if (await giveUpOldest(lane, "outbox_full")) return;
      }),
    boundUnwritten: () => {
      let held = dataLanes.flatMap((lane) => lane.unwritten).reduce((sum, { out }) => sum + out.bytes, 0);
      while (held > unwrittenBytes) {
        const entry = dataLanes.find((one) => one.unwritten.length > 0)?.dropUnwritten();
        if (!entry) return;
        forgetLive((one) => one === entry);
        held -= entry.out.bytes;
        const { name } = entry.out;
        unrecorded.addBatches([{ queueId: name.queueId, ranges: [[name.number, name.number]] }]);
        if (!isGap(entry.out)) unrecorded.addSamples(entry.out.samples);
      }
    },
    recordDamage: (lane, damage) =>
      orTryLater(async () => {
        const { segment, first, last } = damage;
        const ranges = lane.unsettled(segment).flatMap(clip(first, last));
        const tags = await lostByDamage(disk, damage);
        if (ranges.length > 0) {
          await gaps.add({ batches: [{ queueId: segment.queueId, ranges }], cause: "outbox_damaged", tags });
        }
        lane.settle(segment.queueId, ranges);
        putAside.add(1, { reason: "damaged" });
        log.error({ file: segment.path, ranges }, "DAMAGED: batches cannot be read; the gap is recorded");
      }),
  };
}

const clip =
  (first: number, last: number) =>
  ([from, to]: Ranges[number]): Ranges =>
    from > last || to < first ? [] : [[Math.max(from, first), Math.min(to, last)]];
