import type { Log } from "#shared/kit/log.ts";
import { messageOf } from "#shared/model/errors.ts";
import type { Ranges } from "#shared/model/ranges.ts";
import type { BatchName } from "#shared/model/sample.ts";
import type { AcceptedRow } from "#shared/store/records/acceptedCounts.ts";
import type { RecordsWriter } from "#shared/store/records/port.ts";
import type { AcceptedCount } from "#shared/wire/accepted.ts";

/** What the gateways say to have accepted, and how much of it has come, on its way into the records. */
export interface AcceptedTally {
  /** The counts of a batch that has come. */
  take(batch: BatchName, counts: readonly AcceptedCount[]): void;
  /** Batches of the queue were stored. */
  settled(queueId: string): void;
  /**
   * True once everything taken is on disk: only then may the batches that brought it be acknowledged. `stored` gives the
   * batches of a queue that need not come any more.
   */
  flush(stored: (queueId: string) => Ranges): boolean;
}

export function createAcceptedTally(records: Pick<RecordsWriter, "saveAccepted">, log: Log): AcceptedTally {
  const waiting = new Map<string, AcceptedRow>();
  /** Highest batch number by queue, of queues that are counted. */
  const highest = new Map<string, number>();
  const changed = new Set<string>();
  let hasFailed = false;
  return {
    take: ({ queueId, number }, counts) => {
      if (counts.length === 0) return;
      highest.set(queueId, Math.max(number, highest.get(queueId) ?? 0));
      changed.add(queueId);
      for (const { tag, hour, count } of counts) {
        if (count === null) continue;
        const key = `${queueId} ${hour} ${tag}`;
        if (count > (waiting.get(key)?.count ?? 0)) waiting.set(key, { hour, tag, queueId, count });
      }
    },
    settled: (queueId) => {
      if (highest.has(queueId)) changed.add(queueId);
    },
    flush: (stored) => {
      if (changed.size === 0) return true;
      const queues = [...changed].map((queueId) => {
        return { queueId, highest: highest.get(queueId) ?? 0, ranges: stored(queueId) };
      });
      try {
        records.saveAccepted([...waiting.values()], queues);
      } catch (error) {
        if (!hasFailed)
          log.error({ error: messageOf(error) }, "Counts cannot be written; acknowledgements wait for them");
        hasFailed = true;
        return false;
      }
      hasFailed = false;
      waiting.clear();
      changed.clear();
      return true;
    },
  };
}
