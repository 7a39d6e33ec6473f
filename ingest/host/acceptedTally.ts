import type { Log } from "#shared/kit/log.ts";
import { messageOf } from "#shared/model/errors.ts";
import type { AcceptedRow, RecordsWriter } from "#shared/store/records/port.ts";
import type { AcceptedCount } from "#shared/wire/accepted.ts";

/** What the gateways say to have accepted, on its way into the records. */
export interface AcceptedTally {
  take(queueId: string, counts: readonly AcceptedCount[]): void;
  /** True once everything taken is on disk: only then may the batches that brought it be acknowledged. */
  flush(): boolean;
}

export function createAcceptedTally(records: Pick<RecordsWriter, "saveAccepted">, log: Log): AcceptedTally {
  const waiting = new Map<string, AcceptedRow>();
  let hasFailed = false;
  return {
    take: (queueId, counts) => {
      for (const { tag, hour, count } of counts) {
        if (count === null) continue;
        const key = `${queueId} ${hour} ${tag}`;
        if (count > (waiting.get(key)?.count ?? 0)) waiting.set(key, { hour, tag, queueId, count });
      }
    },
    flush: () => {
      if (waiting.size === 0) return true;
      try {
        records.saveAccepted([...waiting.values()]);
      } catch (error) {
        if (!hasFailed)
          log.error({ error: messageOf(error) }, "Counts cannot be written; acknowledgements wait for them");
        hasFailed = true;
        return false;
      }
      hasFailed = false;
      waiting.clear();
      return true;
    },
  };
}
