import { type DurationMs, minutes } from "#shared/model/time.ts";
import type { FileFormat } from "../sqlite/database.ts";

/** Length of the time that one chunk covers. Part of the file format: changing it needs a migration. */
export const bucketWidth: DurationMs = minutes(15);

export const bucketOf = (at: number): number => Math.floor(at / bucketWidth);

/** Series ids stay below this, so that a chunk's key is a safe integer until the year 9999. */
export const seriesPerBucket = 2 ** 21;

/** Time-major key of a chunk: sealing appends to the table's end, retention deletes from its beginning. */
export const chunkId = (bucket: number, series: number): number => bucket * seriesPerBucket + series;
export const bucketOfChunk = (id: number): number => Math.floor(id / seriesPerBucket);
export const seriesOfChunk = (id: number): number => id % seriesPerBucket;

/**
 * history.db. A sample is in exactly one place: `hot` until its bucket is sealed, then `chunk`. Where both hold a
 * sample of the same tag and time, `hot` is newer; within `hot`, the higher seq and the later position.
 */
export const historyFormat: FileFormat = {
  name: "history",
  migrations: [
    `
    CREATE TABLE series (
      id           INTEGER PRIMARY KEY,
      tag          TEXT NOT NULL UNIQUE,
      first_bucket INTEGER,                    -- bounds of its chunks, null while it has none
      last_bucket  INTEGER
    ) STRICT;
    CREATE TABLE hot (
      seq  INTEGER PRIMARY KEY,
      n    INTEGER NOT NULL,
      body BLOB NOT NULL                       -- block of many series, as they came
    ) STRICT;
    CREATE TABLE chunk (
      id        INTEGER PRIMARY KEY,           -- bucket * 2^21 + series
      n         INTEGER NOT NULL,              -- good and uncertain samples
      n_bad     INTEGER NOT NULL,
      n_numeric INTEGER NOT NULL,              -- numbers and booleans among n; the v_ columns are of these
      t_min     INTEGER NOT NULL,              -- ms UTC
      t_max     INTEGER NOT NULL,
      v_min     REAL,
      v_max     REAL,
      v_sum     REAL,
      v_first   REAL,
      v_last    REAL,
      body      BLOB NOT NULL                  -- block of one series, ascending
    ) STRICT;
    CREATE TABLE stored_batch (
      queue_id TEXT PRIMARY KEY,
      ranges   TEXT NOT NULL                   -- as formatRanges writes them
    ) STRICT;
    CREATE TABLE damaged_block (               -- what could not be decoded, kept for recovery
      id     INTEGER PRIMARY KEY,
      origin TEXT NOT NULL,
      body   BLOB NOT NULL
    ) STRICT;
    CREATE TABLE state (
      generation INTEGER NOT NULL              -- grows with every seal: readers drop their copy of hot then
    ) STRICT;
    INSERT INTO state (generation) VALUES (1);
    `,
  ],
};
