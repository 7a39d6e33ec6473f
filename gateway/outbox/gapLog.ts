import { inRanges } from "#shared/model/ranges.ts";
import type { GapCause } from "#shared/model/sample.ts";
import type { LostData, LostTag } from "#shared/wire/lostData.ts";
import { type Disk, isDiskFull } from "./disk.ts";
import type { Lane } from "./lane.ts";
import { createLostTally, type LostTally } from "./lostTags.ts";
import { isGap } from "./record.ts";
import type { Reserve } from "./reserve.ts";
import { isUnreadable, recordsIn, type Segment } from "./segment.ts";

/** Durable records of what was given up; each is sent and acknowledged like a batch. */
export interface GapLog {
  /** Resolves when the record is durable: only then may what it stands for be removed. */
  add(lost: LostData): Promise<void>;
}

/** A record is sent in one message, and a broker may bound that. */
const tagsPerRecord = 1_000;

export function createGapLog(lane: Lane, disk: Disk, reserve: Reserve): GapLog {
  const write = async (lost: LostData) => {
    const entry = lane.push({ lost }, 0);
    try {
      await lane.write();
    } catch (error) {
      // The caller keeps what it wanted to give up, and says so again.
      lane.dropUnwritten();
      throw error;
    }
    await lane.spill(entry);
  };
  const writeSurely = async (lost: LostData) => {
    try {
      await write(lost);
    } catch (error) {
      if (!isDiskFull(error) || !(await reserve.release())) throw error;
      await write(lost);
    }
  };
  const writeParts = async ({ batches, cause, tags }: LostData) => {
    for (const part of parts(tags)) await writeSurely({ batches, cause, tags: part });
  };

  /** Old records become one per cause: a gap record is never given up itself. */
  const merge = async () => {
    await lane.seal();
    const old = lane.closed;
    if (old.length < 2) return;
    const byCause = new Map<GapCause, LostTally>();
    for (const segment of old) {
      for (const { batches, cause, tags } of await recordsOf(segment)) {
        const tally = byCause.get(cause) ?? createLostTally();
        tally.addBatches(batches);
        tally.addTags(tags);
        byCause.set(cause, tally);
      }
    }
    for (const [cause, { batches, tags }] of byCause) await writeParts({ batches, cause, tags });
    for (const segment of old) lane.abandon(segment);
  };
  const recordsOf = async (segment: Segment): Promise<readonly LostData[]> => {
    const owed = lane.unsettled(segment);
    const records: LostData[] = [];
    try {
      for await (const { record } of recordsIn(disk, segment.path, segment.bytes)) {
        if (isGap(record) && inRanges(owed, record.number)) records.push(record.lost);
      }
    } catch (error) {
      if (!isUnreadable(error)) throw error;
    }
    return records;
  };

  // One after the other: a record that fails takes back its own number only.
  let turn: Promise<unknown> = Promise.resolve();
  return {
    add: (lost) => {
      const done = turn.then(async () => {
        await writeParts(lost);
        while (lane.bytes > lane.quotaBytes && lane.dropKept());
        if (lane.bytes > lane.quotaBytes) await merge();
      });
      turn = done.catch(() => {});
      return done;
    },
  };
}

function parts(tags: readonly LostTag[]): readonly (readonly LostTag[])[] {
  const count = Math.max(1, Math.ceil(tags.length / tagsPerRecord));
  return Array.from({ length: count }, (_, i) => tags.slice(i * tagsPerRecord, (i + 1) * tagsPerRecord));
}
