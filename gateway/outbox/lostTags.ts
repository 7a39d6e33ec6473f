import { addRange, noRanges, type Ranges } from "#shared/model/ranges.ts";
import type { Sample, TagId } from "#shared/model/sample.ts";
import { type EpochMs, instant } from "#shared/model/time.ts";
import { isAcceptedTag } from "#shared/wire/accepted.ts";
import type { BatchAck } from "#shared/wire/delivery.ts";
import type { LostTag } from "#shared/wire/lostData.ts";
import type { Damage } from "./cursor.ts";
import type { Disk } from "./disk.ts";
import { isGap } from "./record.ts";
import { isUnreadable, type ReadRecord, recordsIn, type Segment } from "./segment.ts";

/** Adds up what is lost, tag by tag and queue by queue. */
export interface LostTally {
  addBatches(batches: readonly BatchAck[]): void;
  addSamples(samples: readonly Sample[]): void;
  addTags(tags: readonly LostTag[]): void;
  readonly batches: readonly BatchAck[];
  readonly tags: readonly LostTag[];
}

export function createLostTally(): LostTally {
  const tags = new Map<TagId, LostTag>();
  const queues = new Map<string, Ranges>();
  const add = (one: LostTag) => {
    const known = tags.get(one.tag);
    if (!known) return tags.set(one.tag, one);
    const samples = known.samples === null || one.samples === null ? null : known.samples + one.samples;
    const from = instant(Math.min(one.from, known.from));
    return tags.set(one.tag, { tag: one.tag, from, to: instant(Math.max(one.to, known.to)), samples });
  };
  return {
    addBatches: (batches) => {
      for (const { queueId, ranges } of batches) {
        const known = queues.get(queueId) ?? noRanges;
        queues.set(
          queueId,
          ranges.reduce((sum, [first, last]) => addRange(sum, first, last), known),
        );
      }
    },
    addSamples: (samples) => {
      for (const { tag, at } of samples) if (!isAcceptedTag(tag)) add({ tag, from: at, to: at, samples: 1 });
    },
    addTags: (more) => more.forEach(add),
    get batches() {
      return [...queues].map(([queueId, ranges]) => ({ queueId, ranges }));
    },
    get tags() {
      return [...tags.values()];
    },
  };
}

/** Samples that somebody counted. */
export const countLost = (tags: readonly LostTag[]): number =>
  tags.reduce((sum, { samples }) => sum + (samples ?? 0), 0);

/** Records of a segment as far as it can be read. */
async function* readable(disk: Disk, { path, bytes }: Segment): AsyncGenerator<ReadRecord> {
  try {
    yield* recordsIn(disk, path, bytes);
  } catch (error) {
    if (!isUnreadable(error)) throw error;
  }
}

/** What is lost with those batches of a segment that `isLost` names. */
export async function lostIn(
  disk: Disk,
  segment: Segment,
  isLost: (number: number) => boolean,
): Promise<readonly LostTag[]> {
  const tally = createLostTally();
  for await (const { record } of readable(disk, segment)) {
    if (!isLost(record.number)) continue;
    if (isGap(record)) tally.addTags(record.lost.tags);
    else tally.addSamples(record.samples);
  }
  return tally.tags;
}

/**
 * What damage may have cost: nobody can read it, so it concerns every tag of the segment, from its last sample before
 * to its first behind. At the ends of the segment its own first time and the time of its last write bound the gap.
 */
export async function lostByDamage(disk: Disk, { segment, first, last }: Damage): Promise<readonly LostTag[]> {
  const bounds = new Map<TagId, { from?: EpochMs; to?: EpochMs }>();
  let earliest: EpochMs | undefined;
  for await (const { record } of readable(disk, segment)) {
    if (isGap(record)) continue;
    for (const { tag, at } of record.samples) {
      if (isAcceptedTag(tag)) continue;
      if (earliest === undefined || at < earliest) earliest = at;
      const bound = bounds.get(tag) ?? {};
      if (record.number < first) bound.from = at;
      else if (record.number > last) bound.to ??= at;
      bounds.set(tag, bound);
    }
  }
  return [...bounds].flatMap(([tag, { from = earliest, to = segment.changedAt }]) =>
    from === undefined || to <= from ? [] : [{ tag, from, to, samples: null }],
  );
}
