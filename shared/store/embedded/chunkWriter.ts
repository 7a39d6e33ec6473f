import { CodedError } from "#shared/model/errors.ts";
import type { Database, Statement } from "../sqlite/database.ts";
import { decodeBlock, encodeBlock } from "./blockCodec.ts";
import { mergePoints } from "./merge.ts";
import { isBad, isNumeric, noPoints, type Points } from "./points.ts";
import { chunkId } from "./schema.ts";

/** What a chunk's row says of its points beside the body, so that wide queries decode nothing. */
export interface ChunkSummary {
  readonly n: number;
  readonly bad: number;
  readonly numeric: number;
  readonly min: number | null;
  readonly max: number | null;
  readonly sum: number | null;
  readonly first: number | null;
  readonly last: number | null;
}

/** Summary of ascending points. */
export function summaryOf({ n, value, status }: Points): ChunkSummary {
  let bad = 0;
  let numeric = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let sum = 0;
  let first = 0;
  let last = 0;
  for (let i = 0; i < n; i++) {
    const one = status[i] as number;
    if (isBad(one)) bad++;
    if (!isNumeric(one)) continue;
    const v = value[i] as number;
    if (numeric++ === 0) first = v;
    last = v;
    sum += v;
    if (v < min) min = v;
    if (v > max) max = v;
  }
  const empty = { min: null, max: null, sum: null, first: null, last: null };
  return { n: n - bad, bad, numeric, ...(numeric === 0 ? empty : { min, max, sum, first, last }) };
}

/** Writes chunks: what a chunk already holds is read and merged, never replaced. Call it inside a transaction. */
export class ChunkWriter {
  readonly #read: Statement;
  readonly #write: Statement;
  readonly #bound: Statement;
  readonly #quarantine: (origin: string, body: Uint8Array, cause: CodedError) => void;

  constructor(database: Database, quarantine: (origin: string, body: Uint8Array, cause: CodedError) => void) {
    this.#quarantine = quarantine;
    this.#read = database.prepare("SELECT body FROM chunk WHERE id = ?");
    this.#write = database.prepare("INSERT OR REPLACE INTO chunk VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    this.#bound = database.prepare(
      `UPDATE series SET first_bucket = min(coalesce(first_bucket, ?1), ?1), last_bucket = max(coalesce(last_bucket, ?1), ?1)
       WHERE id = ?2 AND (first_bucket IS NULL OR first_bucket > ?1 OR last_bucket < ?1)`,
    );
  }

  /** Merges ascending points of one bucket and series into their chunk. */
  merge(bucket: number, series: number, newer: Points): void {
    const id = chunkId(bucket, series);
    const points = mergePoints(this.#stored(id), newer);
    const { n, bad, numeric, min, max, sum, first, last } = summaryOf(points);
    const from = points.at[0] as number;
    const to = points.at[points.n - 1] as number;
    const body = encodeBlock({ points, series: null });
    this.#write.run(id, n, bad, numeric, from, to, min, max, sum, first, last, body);
    this.#bound.run(bucket, series);
  }

  #stored(id: number): Points {
    const body = this.#read.get(id)?.body;
    if (!(body instanceof Uint8Array)) return noPoints;
    try {
      return decodeBlock(body).points;
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      this.#quarantine(`chunk ${id}`, body, error);
      return noPoints;
    }
  }
}
