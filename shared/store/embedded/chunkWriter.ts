import { CodedError } from "#shared/model/errors.ts";
import type { Database, Statement } from "../sqlite/database.ts";
import { decodeBlock, encodeBlock } from "./blockCodec.ts";
import { mergePoints } from "./merge.ts";
import { noPoints, type Points } from "./points.ts";
import { addRollUps, rollUpColumns, rollUpOf, rowOf } from "./rollUp.ts";
import { RollUpIndex } from "./rollUpIndex.ts";
import { bucketOfChunk, bucketsPerHour, chunkId, seriesOfChunk } from "./schema.ts";
import { isThinned } from "./thinnedCodec.ts";

/** Ascending points of one series and bucket. */
export interface Piece {
  readonly series: number;
  readonly bucket: number;
  readonly points: Points;
}

export type Quarantine = (origin: string, body: Uint8Array, cause: CodedError) => void;

/**
 * Writes chunks and the hours' roll-ups over them: what a chunk already holds is read and merged, never replaced, and
 * every roll-up is made anew from all that lies under it, so late data corrects it. Call it inside a transaction.
 */
export class ChunkWriter {
  readonly #read: Statement;
  readonly #write: Statement;
  readonly #bound: Statement;
  readonly #writeHour: Statement;
  readonly #chunks: RollUpIndex;
  readonly #quarantine: Quarantine;

  constructor(database: Database, quarantine: Quarantine) {
    this.#quarantine = quarantine;
    this.#chunks = new RollUpIndex(database, "chunk");
    const marks = rollUpColumns.replaceAll(/\w+/g, "?");
    this.#read = database.prepare("SELECT body FROM chunk WHERE id = ?");
    this.#write = database.prepare(`INSERT OR REPLACE INTO chunk (id, ${rollUpColumns}, body) VALUES (?, ${marks}, ?)`);
    this.#writeHour = database.prepare(`INSERT OR REPLACE INTO hour (id, ${rollUpColumns}) VALUES (?, ${marks})`);
    this.#bound = database.prepare(
      `UPDATE series SET first_bucket = min(coalesce(first_bucket, ?1), ?1), last_bucket = max(coalesce(last_bucket, ?1), ?1)
       WHERE id = ?2 AND (first_bucket IS NULL OR first_bucket > ?1 OR last_bucket < ?1)`,
    );
  }

  /** Merges each piece into its chunk. */
  merge(pieces: Iterable<Piece>): void {
    const hours = new Set<number>();
    for (const { bucket, series, points: newer } of pieces) {
      const id = chunkId(bucket, series);
      const body = this.#read.get(id)?.body;
      const stored = body instanceof Uint8Array ? this.#decoded(id, body, newer) : noPoints;
      if (!stored) continue;
      const points = mergePoints(stored, newer);
      this.#write.run(id, ...rowOf(rollUpOf(points)), encodeBlock({ points, series: null }));
      this.#bound.run(bucket, series);
      hours.add(chunkId(Math.floor(bucket / bucketsPerHour), series));
    }
    for (const id of hours) this.#rollUpHour(id);
  }

  #rollUpHour(id: number): void {
    const first = bucketOfChunk(id) * bucketsPerHour;
    const quarters = Array.from({ length: bucketsPerHour }, (_, i) => this.#chunks.at(first + i, seriesOfChunk(id)));
    const whole = quarters.flatMap((quarter) => (quarter ? [quarter.rollUp] : [])).reduce(addRollUps);
    this.#writeHour.run(id, ...rowOf(whole));
  }

  /** The points of a chunk, or undefined where they cannot be merged with newer ones, which are kept aside then. */
  #decoded(id: number, body: Uint8Array, newer: Points): Points | undefined {
    if (isThinned(body)) {
      const cause = new CodedError("CONFLICT", "Retention was faster than these late samples.");
      this.#quarantine(`samples for chunk ${id}`, encodeBlock({ points: newer, series: null }), cause);
      return undefined;
    }
    try {
      return decodeBlock(body).points;
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      this.#quarantine(`chunk ${id}`, body, error);
      return noPoints;
    }
  }
}
