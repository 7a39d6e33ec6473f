import type { Database, Statement } from "../sqlite/database.ts";
import { decodeBlock } from "./blockCodec.ts";
import type { ChunkSummary } from "./chunkWriter.ts";
import type { Points } from "./points.ts";
import { bucketOfChunk, chunkId, seriesPerBucket } from "./schema.ts";

export interface Chunk {
  readonly id: number;
  readonly bucket: number;
  /** Time of the first and the last point, ms UTC. */
  readonly from: number;
  readonly to: number;
  readonly summary: ChunkSummary;
}

/** Finds and reads the chunks of one series in a table that is ordered by time. */
export class ChunkIndex {
  readonly #get: Statement;
  readonly #body: Statement;
  readonly #next: Statement;
  readonly #previous: Statement;

  constructor(database: Database) {
    this.#get = database.prepare(
      "SELECT n, n_bad, n_numeric, t_min, t_max, v_min, v_max, v_sum, v_first, v_last FROM chunk WHERE id = ?",
    );
    this.#body = database.prepare("SELECT body FROM chunk WHERE id = ?");
    this.#next = database.prepare("SELECT min(id) AS id FROM chunk WHERE id > ?");
    this.#previous = database.prepare("SELECT max(id) AS id FROM chunk WHERE id < ?");
  }

  read(chunk: Chunk): Points {
    return decodeBlock(this.#body.get(chunk.id)?.body as Uint8Array).points;
  }

  /** Chunks with first <= bucket <= last, ascending. Buckets in which no series has a chunk cost nothing. */
  *ascending(series: number, first: number, last: number): Generator<Chunk> {
    for (let bucket = first; bucket <= last; ) {
      const chunk = this.#at(bucket, series);
      if (chunk) yield chunk;
      const next = chunk ? bucket + 1 : this.#bucketAfter(chunkId(bucket, series), bucket);
      if (next === undefined) return;
      bucket = next;
    }
  }

  /** Chunks with first <= bucket <= last, descending. */
  *descending(series: number, first: number, last: number): Generator<Chunk> {
    for (let bucket = last; bucket >= first; ) {
      const chunk = this.#at(bucket, series);
      if (chunk) yield chunk;
      const next = chunk ? bucket - 1 : this.#bucketBefore(chunkId(bucket, series), bucket);
      if (next === undefined) return;
      bucket = next;
    }
  }

  #at(bucket: number, series: number): Chunk | undefined {
    const id = chunkId(bucket, series);
    const row = this.#get.get(id);
    if (!row) return undefined;
    const known = (name: string): number | null => (row[name] === null ? null : Number(row[name]));
    return {
      id,
      bucket,
      from: Number(row.t_min),
      to: Number(row.t_max),
      summary: {
        n: Number(row.n),
        bad: Number(row.n_bad),
        numeric: Number(row.n_numeric),
        min: known("v_min"),
        max: known("v_max"),
        sum: known("v_sum"),
        first: known("v_first"),
        last: known("v_last"),
      },
    };
  }

  /** The next bucket that may hold the series: one further, or where the next chunk of any series lies. */
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
