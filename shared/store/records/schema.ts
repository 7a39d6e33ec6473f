import type { FileFormat } from "../sqlite/database.ts";

/** records.db, version by version. Plain SQL that PostgreSQL takes with little change; instants are ms UTC. */
export const recordsFormat: FileFormat = {
  name: "records",
  migrations: [
    `
    CREATE TABLE alarm_event (
      seq          INTEGER PRIMARY KEY,
      alarm        TEXT NOT NULL,
      line         TEXT NOT NULL,
      transition   TEXT NOT NULL,
      at           INTEGER NOT NULL,
      processed_at INTEGER NOT NULL,
      user         TEXT,
      comment      TEXT,
      status       TEXT NOT NULL               -- AlarmStatus as JSON: what it was then, name and limit included
    ) STRICT;
    CREATE INDEX alarm_event_by_time ON alarm_event (at, seq);
    CREATE INDEX alarm_event_by_alarm ON alarm_event (alarm, seq);
    CREATE TABLE gap (
      tag     TEXT NOT NULL,
      from_ms INTEGER NOT NULL,
      to_ms   INTEGER,
      cause   TEXT NOT NULL,
      lost    INTEGER,
      PRIMARY KEY (tag, from_ms)
    ) STRICT;
    CREATE TABLE dead_letter (
      id          INTEGER PRIMARY KEY,
      received_at INTEGER NOT NULL,
      topic       TEXT NOT NULL,
      reason      TEXT NOT NULL,
      payload     BLOB NOT NULL
    ) STRICT;
    CREATE TABLE stored_batch (
      queue_id TEXT PRIMARY KEY,
      ranges   TEXT NOT NULL                   -- as formatRanges writes them
    ) STRICT;
    `,
    `
    CREATE TABLE gap_2 (
      tag     TEXT NOT NULL,
      from_ms INTEGER NOT NULL,
      to_ms   INTEGER,
      cause   TEXT NOT NULL,
      lost    INTEGER,
      PRIMARY KEY (tag, from_ms, cause)
    ) STRICT;
    INSERT INTO gap_2 SELECT tag, from_ms, to_ms, replace(cause, 'store_refused', 'rejected'), lost FROM gap;
    DROP TABLE gap;
    ALTER TABLE gap_2 RENAME TO gap;
    CREATE INDEX gap_by_time ON gap (from_ms);
    CREATE TABLE accepted (                    -- what gateways have counted themselves
      hour_ms  INTEGER NOT NULL,
      tag      TEXT NOT NULL,
      queue_id TEXT NOT NULL,
      n        INTEGER NOT NULL,
      PRIMARY KEY (hour_ms, tag, queue_id)
    ) STRICT, WITHOUT ROWID;
    `,
    `
    ALTER TABLE dead_letter ADD COLUMN tag TEXT;                  -- of a refused sample, with its source time
    ALTER TABLE dead_letter ADD COLUMN at_ms INTEGER;
    ALTER TABLE dead_letter ADD COLUMN times INTEGER NOT NULL DEFAULT 1;
    ALTER TABLE dead_letter ADD COLUMN last_received_at INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE dead_letter ADD COLUMN digest BLOB;               -- SHA-256 of topic and payload
    UPDATE dead_letter SET last_received_at = received_at;
    CREATE UNIQUE INDEX dead_letter_by_digest ON dead_letter (digest);
    CREATE TABLE dead_letter_gone (
      why TEXT PRIMARY KEY,                                       -- replayed, dropped, expired, crowded_out
      n   INTEGER NOT NULL
    ) STRICT;
    `,
    `
    CREATE TABLE queue (                       -- what ingest knows of the gateways' queues, for those who ask
      queue_id TEXT PRIMARY KEY,
      highest  INTEGER NOT NULL,               -- highest batch number that has come
      ranges   TEXT NOT NULL                   -- stored, or given up by the gateway
    ) STRICT;
    `,
    `
    ALTER TABLE alarm_event ADD COLUMN historical INTEGER NOT NULL DEFAULT 0;   -- 1: found in data that came late
    `,
  ],
};

/** Every statement on records. */
export const recordsSql = {
  insertEvent: `INSERT INTO alarm_event (seq, alarm, line, transition, at, processed_at, user, comment, status, historical)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  maxSeq: "SELECT coalesce(max(seq), 0) AS seq FROM alarm_event",
  eventsAfter: "SELECT * FROM alarm_event WHERE seq > ? ORDER BY seq LIMIT ?",
  events: "SELECT * FROM alarm_event WHERE at >= ? AND at < ? ORDER BY at DESC, seq DESC LIMIT ?",
  eventsOfLine: "SELECT * FROM alarm_event WHERE at >= ? AND at < ? AND line = ? ORDER BY at DESC, seq DESC LIMIT ?",
  statuses: `SELECT status FROM alarm_event
    WHERE seq IN (SELECT max(seq) FROM alarm_event WHERE historical = 0 GROUP BY alarm) ORDER BY alarm`,
  upsertGap: `INSERT INTO gap (tag, from_ms, to_ms, cause, lost) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (tag, from_ms, cause) DO UPDATE SET to_ms = excluded.to_ms, lost = excluded.lost`,
  deleteGap: "DELETE FROM gap WHERE tag = ? AND from_ms = ? AND cause = ?",
  gaps: `SELECT * FROM gap
    WHERE tag = ? AND from_ms < ? AND (to_ms IS NULL OR to_ms > ? OR (to_ms = from_ms AND to_ms >= ?)) ORDER BY from_ms`,
  allGaps: `SELECT * FROM gap
    WHERE from_ms < ? AND (to_ms IS NULL OR to_ms > ? OR (to_ms = from_ms AND to_ms >= ?)) ORDER BY tag, from_ms`,
  upsertAccepted: `INSERT INTO accepted (hour_ms, tag, queue_id, n) VALUES (?, ?, ?, ?)
    ON CONFLICT (hour_ms, tag, queue_id) DO UPDATE SET n = max(n, excluded.n)`,
  accepted: `SELECT hour_ms, tag, queue_id, n FROM accepted WHERE hour_ms >= ? AND hour_ms < ?
    ORDER BY tag, hour_ms, queue_id`,
  upsertQueue: `INSERT INTO queue (queue_id, highest, ranges) VALUES (?, ?, ?)
    ON CONFLICT (queue_id) DO UPDATE SET highest = max(highest, excluded.highest), ranges = excluded.ranges`,
  queues: "SELECT queue_id, highest, ranges FROM queue",
  deleteQueues: "DELETE FROM queue WHERE queue_id NOT IN (SELECT queue_id FROM accepted)",
  deleteAccepted: "DELETE FROM accepted WHERE hour_ms < ?",
  insertDeadLetter: `INSERT INTO dead_letter (received_at, topic, reason, payload, tag, at_ms, last_received_at, digest)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (digest) DO UPDATE
    SET times = times + 1, last_received_at = excluded.last_received_at, reason = excluded.reason`,
  deadLetters: "SELECT * FROM dead_letter ORDER BY id DESC LIMIT ?",
  deadLetter: "SELECT * FROM dead_letter WHERE id = ?",
  deadLetterTotals: `SELECT count(*) AS letters, coalesce(sum(times), 0) AS times, coalesce(sum(length(payload)), 0) AS bytes
    FROM dead_letter`,
  deadLettersGone: "SELECT why, n FROM dead_letter_gone",
  countGone: "INSERT INTO dead_letter_gone (why, n) VALUES (?, ?) ON CONFLICT (why) DO UPDATE SET n = n + excluded.n",
  deleteDeadLetter: "DELETE FROM dead_letter WHERE id = ?",
  expireDeadLetters: "DELETE FROM dead_letter WHERE last_received_at < ?",
  crowdOutDeadLetters: `DELETE FROM dead_letter WHERE id IN (
    SELECT id FROM (SELECT id, sum(length(payload)) OVER (ORDER BY id DESC) AS held FROM dead_letter) WHERE held > ?)`,
  upsertRanges: `INSERT INTO stored_batch (queue_id, ranges) VALUES (?, ?)
    ON CONFLICT (queue_id) DO UPDATE SET ranges = excluded.ranges`,
  ranges: "SELECT queue_id, ranges FROM stored_batch",
} as const;
