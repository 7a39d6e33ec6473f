import type { Log } from "#shared/kit/log.ts";
import { messageOf } from "#shared/model/errors.ts";
import type { RecordsWriter } from "#shared/store/records/port.ts";
import type { GapLedger } from "./gapLedger.ts";

/** Saves what has changed in the ledger; keeps it where the records cannot be written. */
export function createGapSaver(gaps: GapLedger, records: RecordsWriter, log: Log): () => void {
  let hasFailed = false;
  return () => {
    const changes = gaps.takeChanges();
    if (changes.length === 0) return;
    try {
      records.saveGaps(changes);
      hasFailed = false;
    } catch (error) {
      gaps.restore(changes);
      if (!hasFailed) log.error({ error: messageOf(error) }, "Gap ledger cannot be written; its entries wait");
      hasFailed = true;
    }
  };
}
