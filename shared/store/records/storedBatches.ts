import { addRange, formatRanges, noRanges, parseRanges, type Ranges } from "#shared/model/ranges.ts";
import type { EpochMs } from "#shared/model/time.ts";
import { family, type Row } from "./family.ts";

export interface StoredBatchReader {
  /** Batches stored in a sample store that has no transaction of its own for them. */
  storedBatches(): ReadonlyMap<string, Ranges>;
  /** Batches that will never come: their gateways gave them up. */
  givenUpBatches(): ReadonlyMap<string, Ranges>;
}

export interface StoredBatchWriter {
  saveStoredBatches(queueId: string, ranges: Ranges): void;
  /** Adds to what is known of the queues. */
  saveGivenUp(batches: readonly { readonly queueId: string; readonly ranges: Ranges }[], at: EpochMs): void;
  /** Of queues that nothing was said of since `before`. */
  forgetGivenUp(before: EpochMs): void;
}

const rangesByQueue = (rows: readonly Row[]): ReadonlyMap<string, Ranges> =>
  new Map(rows.map((row) => [String(row.queue_id), parseRanges(String(row.ranges))]));

export const storedBatches = family({
  sql: {
    upsertRanges: `INSERT INTO stored_batch (queue_id, ranges) VALUES (?, ?)
      ON CONFLICT (queue_id) DO UPDATE SET ranges = excluded.ranges`,
    ranges: "SELECT queue_id, ranges FROM stored_batch",
    upsertGivenUp: `INSERT INTO given_up (queue_id, at_ms, ranges) VALUES (?, ?, ?)
      ON CONFLICT (queue_id) DO UPDATE SET at_ms = excluded.at_ms, ranges = excluded.ranges`,
    givenUp: "SELECT queue_id, ranges FROM given_up",
    givenUpOf: "SELECT queue_id, ranges FROM given_up WHERE queue_id = ?",
    deleteGivenUp: "DELETE FROM given_up WHERE at_ms < ?",
  },
  reads: (rows): StoredBatchReader => ({
    storedBatches: () => rangesByQueue(rows((sql) => sql.ranges.all())),
    givenUpBatches: () => rangesByQueue(rows((sql) => sql.givenUp.all())),
  }),
  writes: (durably): StoredBatchWriter => ({
    saveStoredBatches: (queueId, ranges) =>
      durably((sql) => {
        sql.upsertRanges.run(queueId, formatRanges(ranges));
      }),
    saveGivenUp: (batches, at) =>
      durably((sql) => {
        for (const { queueId, ranges } of batches) {
          const known = rangesByQueue(sql.givenUpOf.all(queueId)).get(queueId) ?? noRanges;
          const all = ranges.reduce((sum, [first, last]) => addRange(sum, first, last), known);
          sql.upsertGivenUp.run(queueId, at, formatRanges(all));
        }
      }),
    forgetGivenUp: (before) =>
      durably((sql) => {
        sql.deleteGivenUp.run(before);
      }),
  }),
});
