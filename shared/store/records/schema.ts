import type { FileFormat } from "../sqlite/database.ts";
import { assessmentTables } from "./assessmentTables.ts";
import { splitAlarms } from "./splitAlarms.ts";

/** A table of records that are chains of revisions; rows are added, never changed. */
const revisionTable = (name: string) => `
    CREATE TABLE ${name} (
      seq      INTEGER PRIMARY KEY,
      id       TEXT NOT NULL,
      revision INTEGER NOT NULL,               -- 1, 2, … of its record
      at       INTEGER NOT NULL,
      user     TEXT NOT NULL,
      why      TEXT,
      origin   TEXT NOT NULL UNIQUE,           -- the command or sample that caused it
      from_ms  INTEGER,                        -- of what has a time; to_ms is NULL while it lasts
      to_ms    INTEGER,
      record   TEXT NOT NULL,                  -- the record as JSON, as this revision has it
      UNIQUE (id, revision)
    ) STRICT;
    CREATE INDEX ${name}_by_time ON ${name} (from_ms);`;

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
    ["run", "booking", "tenant", "project", "price_list", "declared"]
      .map((what) => revisionTable(`${what}_revision`))
      .join(""),
    `
    CREATE TABLE notify_mark (                 -- seq: entry of the alarm journal looked at; testedDay: local day
      name  TEXT PRIMARY KEY,
      value TEXT NOT NULL
    ) STRICT;
    CREATE TABLE notify_call (                 -- alarms of which somebody is to be told still
      id   TEXT PRIMARY KEY,
      body TEXT NOT NULL                       -- AlarmCall as JSON
    ) STRICT;
    CREATE TABLE notify_notice (               -- what waits to become part of a message
      id   INTEGER PRIMARY KEY,
      body TEXT NOT NULL                       -- Notice as JSON
    ) STRICT;
    CREATE TABLE notify_message (              -- the outbox, and for some weeks what became of it
      number       INTEGER PRIMARY KEY,
      id           TEXT NOT NULL UNIQUE,
      person       TEXT NOT NULL,
      content      TEXT NOT NULL,
      channel      TEXT,
      created_at   INTEGER NOT NULL,
      state        TEXT NOT NULL,              -- waiting, delivered, failed
      tries        TEXT NOT NULL,
      next_at      INTEGER NOT NULL,
      ended_at     INTEGER,
      delivered_by TEXT,
      error        TEXT
    ) STRICT;
    CREATE INDEX notify_message_by_state ON notify_message (state, number);
    `,
    assessmentTables,
    `
    CREATE TABLE usage_day (                   -- use of a line's equipment on a local day, worked out anew as needed
      day         TEXT NOT NULL,
      line        TEXT NOT NULL,
      computed_at INTEGER NOT NULL,
      inputs      TEXT NOT NULL,
      usage       TEXT NOT NULL,               -- UsageDay as JSON
      PRIMARY KEY (day, line)
    ) STRICT, WITHOUT ROWID;
    `,
    revisionTable("state_correction_revision"),
    `
    CREATE TABLE given_up (                    -- batches that will never come: their gateways gave them up
      queue_id TEXT PRIMARY KEY,
      at_ms    INTEGER NOT NULL,               -- when that was last said
      ranges   TEXT NOT NULL
    ) STRICT;
    CREATE TABLE dead_letter_end (             -- what people did with letters
      seq    INTEGER PRIMARY KEY,
      letter INTEGER NOT NULL,
      topic  TEXT NOT NULL,
      reason TEXT NOT NULL,
      why    TEXT NOT NULL,                    -- replayed, dropped
      who    TEXT NOT NULL,
      at_ms  INTEGER NOT NULL
    ) STRICT;
    `,
    splitAlarms,
  ],
};
