import { join } from "node:path";
import { readIfThere, writeFileAtomic } from "#shared/kit/files.ts";
import { addRange, inRanges, noRanges, type Ranges } from "#shared/model/ranges.ts";
import type { EpochMs } from "#shared/model/time.ts";
import { missingIn } from "./coverage.ts";

/** Batches of one queue that were given up: their time is a gap that the host shows. */
export interface Loss {
  readonly queueId: string;
  readonly ranges: Ranges;
  readonly samples: number;
  /** Source times of the first and the last sample lost; null where nobody could read them. */
  readonly from: EpochMs | null;
  readonly to: EpochMs | null;
}

/** A record of losses on disk, kept until the host acknowledges their numbers. */
export interface Losses {
  readonly all: readonly Loss[];
  add(loss: Loss): Promise<void>;
  /** The host has taken note of these numbers. */
  acknowledge(queueId: string, ranges: Ranges): Promise<void>;
}

export async function openLosses(folder: string): Promise<Losses> {
  const file = join(folder, "losses.json");
  const text = await readIfThere(file);
  let all: readonly Loss[] = text === undefined ? [] : (JSON.parse(text) as Loss[]);
  const keep = async (next: readonly Loss[]) => {
    all = next;
    await writeFileAtomic(file, `${JSON.stringify(all)}\n`);
  };
  return {
    get all() {
      return all;
    },
    add: (loss) => keep(merge(all, loss)),
    acknowledge: async (queueId, ranges) => {
      const left = all.filter((loss) => loss.queueId !== queueId || !covers(ranges, loss.ranges));
      if (left.length < all.length) await keep(left);
    },
  };
}

const covers = (ranges: Ranges, wanted: Ranges): boolean =>
  wanted.every(([first, last]) => inRanges(ranges, first) && missingIn(ranges, first, last).length === 0);

/** One entry per queue, so that a long outage does not make a long file. */
function merge(all: readonly Loss[], loss: Loss): readonly Loss[] {
  const known = all.find(({ queueId }) => queueId === loss.queueId);
  if (!known) return [...all, loss];
  const merged: Loss = {
    queueId: loss.queueId,
    ranges: loss.ranges.reduce<Ranges>((sum, [first, last]) => addRange(sum, first, last), known.ranges ?? noRanges),
    samples: known.samples + loss.samples,
    from: least(known.from, loss.from),
    to: greatest(known.to, loss.to),
  };
  return all.map((other) => (other === known ? merged : other));
}

const least = (a: EpochMs | null, b: EpochMs | null) => (a === null || (b !== null && b < a) ? b : a);
const greatest = (a: EpochMs | null, b: EpochMs | null) => (a === null || (b !== null && b > a) ? b : a);
