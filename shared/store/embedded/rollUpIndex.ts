import type { Database, Statement } from "../sqlite/database.ts";
import { type RollUp, rollUpColumns, rollUpOfRow } from "./rollUp.ts";
import { bucketOfChunk, chunkId, seriesPerBucket } from "./schema.ts";

/** One row of a table of roll-ups. */
export interface RolledUp {
  readonly id: number;
  /** Quarter of an hour, or hour, since 1970. */
  readonly bucket: number;
  readonly rollUp: RollUp;
}

/** Finds the roll-ups of one series in a table that is ordered by time: `chunk` by quarter hours, `hour` by hours. */
export class RollUpIndex {
  readonly #get: Statement;
  readonly #next: Statement;
  readonly #previous: Statement;

  constructor(database: Database, table: "chunk" | "hour") {
    this.#get = database.prepare(`SELECT ${rollUpColumns} FROM ${table} WHERE id = ?`);
    this.#next = database.prepare(`SELECT min(id) AS id FROM ${table} WHERE id > ?`);
    this.#previous = database.prepare(`SELECT max(id) AS id FROM ${table} WHERE id < ?`);
  }

  at(bucket: number, series: number): RolledUp | undefined {
    const id = chunkId(bucket, series);
    const row = this.#get.get(id);
    return row && { id, bucket, rollUp: rollUpOfRow(row) };
  }

  /** Rows with first <= bucket <= last, ascending. Buckets in which no series has a row cost nothing. */
  *ascending(series: number, first: number, last: number): Generator<RolledUp> {
    for (let bucket = first; bucket <= last; ) {
      const row = this.at(bucket, series);
      if (row) yield row;
      const next = row ? bucket + 1 : this.#bucketAfter(chunkId(bucket, series), bucket);
      if (next === undefined) return;
      bucket = next;
    }
  }

  /** Rows with first <= bucket <= last, descending. */
  *descending(series: number, first: number, last: number): Generator<RolledUp> {
    for (let bucket = last; bucket >= first; ) {
      const row = this.at(bucket, series);
      if (row) yield row;
      const next = row ? bucket - 1 : this.#bucketBefore(chunkId(bucket, series), bucket);
      if (next === undefined) return;
      bucket = next;
    }
  }

  /** The next bucket that may hold the series: one further, or where the next row of any series lies. */
  #bucketAfter(id: number, bucket: number): number | undefined {
    const next = this.#next.get(id)?.id;
    if (typeof next !== "number") return undefined;
    return Math.max(bucket + 1, bucketOfChunk(next) + (next % seriesPerBucket > id % seriesPerBucket ? 1 : 0));
  }

  #bucketBefore(id: number, bucket: number): number | undefined {
    const previous = this.#previous.get(id)?.id;
    if (typeof previous !== "number") return undefined;
    return Math.min(bucket - 1, bucketOfChunk(previous) - (previous % seriesPerBucket < id % seriesPerBucket ? 1 : 0));
  }
}
