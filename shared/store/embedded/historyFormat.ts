import type { Database, FileFormat } from "../sqlite/database.ts";
import { decodeBlock } from "./blockCodec.ts";
import { ChunkWriter, type Piece } from "./chunkWriter.ts";
import { keepDamaged } from "./damagedBlock.ts";
import { bucketOfChunk, seriesOfChunk } from "./schema.ts";

/** Columns of a roll-up, see `rollUpColumns`. */
const rollUpTable = `
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
      good_ms   INTEGER NOT NULL,              -- good time between t_min and t_max
      -- whether the sample at t_max is good
      ends_good INTEGER NOT NULL`;

/**
 * history.db. A sample is in exactly one place: `hot` until its bucket is sealed, then `chunk`. Where both hold a
 * sample of the same tag and time, `hot` is newer; within `hot`, the higher seq and the later position. Each `chunk`
 * is its quarter of an hour's roll-up too, and each hour that has chunks has its row in `hour`.
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
      id        INTEGER PRIMARY KEY,
      n         INTEGER NOT NULL,
      n_bad     INTEGER NOT NULL,
      n_numeric INTEGER NOT NULL,
      t_min     INTEGER NOT NULL,
      t_max     INTEGER NOT NULL,
      v_min     REAL,
      v_max     REAL,
      v_sum     REAL,
      v_first   REAL,
      v_last    REAL,
      body      BLOB NOT NULL
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
    addRollUpTables,
    "", // version 3: blocks may have noise apart, which earlier software would take for damage
  ],
};

/** Version 2: good time, hours, and what retention has thinned. The columns before the body, which may be long. */
function addRollUpTables(database: Database): void {
  database.exec(`
    ALTER TABLE series ADD COLUMN raw_from INTEGER NOT NULL DEFAULT 0;     -- first bucket that may have samples
    ALTER TABLE series ADD COLUMN minutes_from INTEGER NOT NULL DEFAULT 0; -- first bucket that may have minutes
    ALTER TABLE chunk RENAME TO chunk_1;
    CREATE TABLE chunk (${rollUpTable},
      body      BLOB NOT NULL                  -- block of one series, ascending; or what retention left of it
    ) STRICT;
    CREATE TABLE hour (${rollUpTable}
    ) STRICT;`);
  const writer = new ChunkWriter(database, () => {});
  writer.merge(oldChunks(database));
  database.exec("DROP TABLE chunk_1");
}

function* oldChunks(database: Database): Generator<Piece> {
  for (const { id, body } of database.prepare("SELECT id, body FROM chunk_1 ORDER BY id").iterate()) {
    try {
      const { points } = decodeBlock(body as Uint8Array);
      yield { bucket: bucketOfChunk(Number(id)), series: seriesOfChunk(Number(id)), points };
    } catch {
      keepDamaged(database, `chunk ${id}`, body as Uint8Array);
    }
  }
}
