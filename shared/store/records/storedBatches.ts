import { formatRanges, parseRanges, type Ranges } from "#shared/model/ranges.ts";
import { family } from "./family.ts";

export interface StoredBatchReader {
  /** Batches stored in a sample store that has no transaction of its own for them. */
  storedBatches(): ReadonlyMap<string, Ranges>;
}

export interface StoredBatchWriter {
  saveStoredBatches(queueId: string, ranges: Ranges): void;
}

export const storedBatches = family({
  sql: {
    upsertRanges: `INSERT INTO stored_batch (queue_id, ranges) VALUES (?, ?)
      ON CONFLICT (queue_id) DO UPDATE SET ranges = excluded.ranges`,
    ranges: "SELECT queue_id, ranges FROM stored_batch",
  },
  reads: (rows): StoredBatchReader => ({
    storedBatches: () =>
      new Map(rows((sql) => sql.ranges.all()).map((row) => [String(row.queue_id), parseRanges(String(row.ranges))])),
  }),
  writes: (durably): StoredBatchWriter => ({
    saveStoredBatches: (queueId, ranges) =>
      durably((sql) => {
        sql.upsertRanges.run(queueId, formatRanges(ranges));
      }),
  }),
});
