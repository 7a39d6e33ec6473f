import { type Gap, parseTagId, type TagId } from "#shared/model/sample.ts";
import { type EpochMs, hours, instant } from "#shared/model/time.ts";
import type { SampleReader } from "#shared/store/port.ts";
import type { AcceptedRow, QueueRow } from "#shared/store/records/acceptedCounts.ts";
import type { RecordsReader } from "#shared/store/records/port.ts";

/** Why an hour has fewer samples in the store than the gateway accepted. */
export const explanations = ["lost", "rejected", "repeated", "thinned", "queued", "unexplained"] as const;
export type Explanation = (typeof explanations)[number];

/** One hour of one tag. */
export interface HourCount {
  readonly tag: TagId;
  readonly hour: EpochMs;
  /** Counted by the gateway when it took them into its outbox. */
  readonly accepted: number;
  readonly stored: number;
  /** Samples that are missing in the store, by what accounts for them; empty where none are. */
  readonly missing: Readonly<Partial<Record<Explanation, number>>>;
}

export interface ReconcileQuery {
  /** Whole hours, from <= hour < to. */
  readonly from: EpochMs;
  readonly to: EpochMs;
  readonly wants: (tag: TagId) => boolean;
}

/** Everything in the queue that the gateway has sent a count of is stored, or given up and in the ledger. */
export const isComplete = ({ highest, ranges }: QueueRow): boolean => {
  const [first, ...more] = ranges;
  return first !== undefined && first[0] === 1 && first[1] >= highest && more.length === 0;
};

/** Holds what gateways say to have accepted against what the store has, tag by tag and hour by hour. */
export async function* reconcile(
  records: Pick<RecordsReader, "accepted" | "gaps" | "queues">,
  reader: Pick<SampleReader, "buckets" | "count" | "range">,
  { from, to, wants }: ReconcileQuery,
): AsyncGenerator<HourCount> {
  const complete = new Set(
    records
      .queues()
      .filter(isComplete)
      .map(({ queueId }) => queueId),
  );
  const byTag = Map.groupBy(
    records.accepted(from, to).filter(({ tag }) => wants(tag)),
    ({ tag }) => tag,
  );
  for (const [tag, rows] of byTag) {
    const buckets = (await reader.buckets([tag], from, to, hours(1))).get(tag) ?? [];
    const spent = new Map<string, number>();
    const stored = new Map(buckets.map(({ t, n, bad }) => [t, n + bad]));
    for (const [hour, ofHour] of Map.groupBy(rows, (row) => row.hour)) {
      const accepted = ofHour.reduce((sum, { count }) => sum + count, 0);
      const quick = stored.get(hour) ?? 0;
      if (quick >= accepted) {
        yield { tag, hour, accepted, stored: quick, missing: {} };
        continue;
      }
      const end = instant(hour + hours(1));
      const exact = await reader.count(tag, hour, end);
      const isThinned = exact < accepted && (await reader.range(tag, hour, end, 1)).thinned === true;
      const context = { gaps: records.gaps(tag, hour, end), rows: ofHour, isThinned, complete, spent };
      yield { tag, hour, accepted, stored: exact, missing: explain(Math.max(0, accepted - exact), context) };
    }
  }
}

interface Context {
  readonly gaps: readonly Gap[];
  readonly rows: readonly AcceptedRow[];
  readonly isThinned: boolean;
  readonly complete: ReadonlySet<string>;
  /** What each loss of the tag has accounted for in the hours before. */
  readonly spent: Map<string, number>;
}

/** What accounts for it, the certain reasons first; none for more than it can. */
function explain(missing: number, { gaps, rows, isThinned, complete, spent }: Context): HourCount["missing"] {
  const explained: Partial<Record<Explanation, number>> = {};
  let left = missing;
  const take = (why: Explanation, most: number): number => {
    const n = Math.min(left, Math.max(0, most));
    if (n > 0) explained[why] = (explained[why] ?? 0) + n;
    left -= n;
    return n;
  };
  for (const { lost, cause, from } of gaps) {
    if (lost === null) continue;
    const key = `${from} ${cause}`;
    const before = spent.get(key) ?? 0;
    // A loss that nobody could count may be of any size.
    const n = take(cause === "rejected" ? "rejected" : "lost", lost === 0 ? left : lost - before);
    spent.set(key, before + n);
  }
  if (isThinned) take("thinned", left);
  if (!rows.every(({ queueId }) => complete.has(queueId))) take("queued", left);
  // A queue begins with the values that stand: the source may have given them, with the same time, before.
  take("repeated", rows.length - 1);
  take("unexplained", left);
  return explained;
}

export const lineOf = (tag: TagId): string => parseTagId(tag)?.line ?? "";
