import { formatRanges, parseRanges, type Ranges } from "#shared/model/ranges.ts";
import type { TagId } from "#shared/model/sample.ts";
import { type EpochMs, instant } from "#shared/model/time.ts";
import { family, type Row } from "./family.ts";

/** What has come of a gateway's queue. */
export interface QueueRow {
  readonly queueId: string;
  /** The highest batch number that has come. */
  readonly highest: number;
  /** Batches that are stored, or that the gateway gave up. */
  readonly ranges: Ranges;
}

/** How many samples of a tag in an hour a gateway says to have accepted in one queue. */
export interface AcceptedRow {
  /** Begin of the hour, by source time, UTC. */
  readonly hour: EpochMs;
  readonly tag: TagId;
  readonly queueId: string;
  readonly count: number;
}

/** Reading what gateways have counted themselves. */
export interface AcceptedReader {
  /** By tag, hour and queue, of hours with from <= hour < to. */
  accepted(from: EpochMs, to: EpochMs): readonly AcceptedRow[];
  /** The queues that those counts are of. */
  queues(): readonly QueueRow[];
}

export interface AcceptedWriter {
  /** The highest count of a tag, hour and queue holds. */
  saveAccepted(rows: readonly AcceptedRow[], queues: readonly QueueRow[]): void;
  /** Counts of hours before this one are not needed any more. */
  forgetAccepted(before: EpochMs): void;
}

const acceptedOf = (row: Row): AcceptedRow => ({
  hour: instant(Number(row.hour_ms)),
  tag: row.tag as TagId,
  queueId: String(row.queue_id),
  count: Number(row.n),
});

const queueOf = (row: Row): QueueRow => ({
  queueId: String(row.queue_id),
  highest: Number(row.highest),
  ranges: parseRanges(String(row.ranges)),
});

export const acceptedCounts = family({
  sql: {
    upsertAccepted: `INSERT INTO accepted (hour_ms, tag, queue_id, n) VALUES (?, ?, ?, ?)
      ON CONFLICT (hour_ms, tag, queue_id) DO UPDATE SET n = max(n, excluded.n)`,
    accepted: `SELECT hour_ms, tag, queue_id, n FROM accepted WHERE hour_ms >= ? AND hour_ms < ?
      ORDER BY tag, hour_ms, queue_id`,
    upsertQueue: `INSERT INTO queue (queue_id, highest, ranges) VALUES (?, ?, ?)
      ON CONFLICT (queue_id) DO UPDATE SET highest = max(highest, excluded.highest), ranges = excluded.ranges`,
    queues: "SELECT queue_id, highest, ranges FROM queue",
    deleteQueues: "DELETE FROM queue WHERE queue_id NOT IN (SELECT queue_id FROM accepted)",
    deleteAccepted: "DELETE FROM accepted WHERE hour_ms < ?",
  },
  reads: (rows): AcceptedReader => ({
    accepted: (from, to) => rows((sql) => sql.accepted.all(from, to)).map(acceptedOf),
    queues: () => rows((sql) => sql.queues.all()).map(queueOf),
  }),
  writes: (durably): AcceptedWriter => ({
    saveAccepted: (rows, queues) =>
      durably((sql) => {
        for (const { queueId, highest, ranges } of queues) sql.upsertQueue.run(queueId, highest, formatRanges(ranges));
        for (const { hour, tag, queueId, count } of rows) sql.upsertAccepted.run(hour, tag, queueId, count);
      }),
    forgetAccepted: (before) =>
      durably((sql) => {
        sql.deleteAccepted.run(before);
        sql.deleteQueues.run();
      }),
  }),
});
