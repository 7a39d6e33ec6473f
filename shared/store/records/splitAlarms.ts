import type { Database } from "../sqlite/database.ts";
import { definitionOf, earlyStatus } from "./alarmDefinition.ts";

const tables = `
  CREATE TABLE alarm_definition (              -- what an alarm was when an event came: once for all events alike
    id        INTEGER PRIMARY KEY,
    digest    BLOB NOT NULL UNIQUE,            -- SHA-256 of body
    alarm     TEXT NOT NULL,
    line      TEXT NOT NULL,
    equipment TEXT NOT NULL,
    priority  TEXT NOT NULL,
    words     TEXT NOT NULL,                   -- names, id and tag in lower case, to search
    body      TEXT NOT NULL                    -- that part of AlarmStatus, as JSON
  ) STRICT;
  ALTER TABLE alarm_event RENAME TO alarm_event_1;
  DROP INDEX alarm_event_by_time;
  DROP INDEX alarm_event_by_alarm;
  CREATE TABLE alarm_event (
    seq          INTEGER PRIMARY KEY,
    definition   INTEGER NOT NULL REFERENCES alarm_definition (id),
    transition   TEXT NOT NULL,
    state        TEXT NOT NULL,                -- of the alarm after it
    at           INTEGER NOT NULL,
    processed_at INTEGER NOT NULL,
    user         TEXT,
    comment      TEXT,
    standing     TEXT NOT NULL,                -- the rest of AlarmStatus, as JSON
    historical   INTEGER NOT NULL              -- 1: found in data that came late
  ) STRICT;
  CREATE TABLE alarm_now (                     -- the newest event of each alarm that is not historical
    alarm TEXT PRIMARY KEY,
    seq   INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;`;

/** Made once the rows are there, which is faster. They hold all that a search compares. */
const indices = `
  DROP TABLE alarm_event_1;
  INSERT INTO alarm_now SELECT d.alarm, max(e.seq) FROM alarm_event e JOIN alarm_definition d ON d.id = e.definition
    WHERE e.historical = 0 GROUP BY d.alarm;
  CREATE INDEX alarm_event_by_time ON alarm_event (at, seq, definition, transition, state);
  CREATE INDEX alarm_event_by_definition ON alarm_event (definition, at, seq, transition, state);
  CREATE INDEX alarm_event_by_transition ON alarm_event (transition, at, seq, definition, state);
  CREATE INDEX alarm_event_by_user ON alarm_event (user, at, seq) WHERE user IS NOT NULL;
  CREATE INDEX alarm_event_by_comment ON alarm_event (at, seq) WHERE comment IS NOT NULL;`;

/** From events that hold their status whole to events and definitions. */
export function splitAlarms(database: Database): void {
  database.exec(tables);
  const insertDefinition = database.prepare(
    `INSERT INTO alarm_definition (digest, alarm, line, equipment, priority, words, body) VALUES (?, ?, ?, ?, ?, ?, ?)`,
  );
  const insertEvent = database.prepare(`INSERT INTO alarm_event
    (seq, definition, transition, state, at, processed_at, user, comment, standing, historical)
    SELECT seq, ?, transition, ?, at, processed_at, user, comment, ?, historical FROM alarm_event_1 WHERE seq = ?`);
  const ids = new Map<string, number | bigint>();
  for (const { seq, status: json } of database
    .prepare("SELECT seq, status FROM alarm_event_1 ORDER BY seq")
    .iterate()) {
    const status = earlyStatus(String(json));
    const { digest, columns, standing } = definitionOf(status);
    const body = columns[5];
    const id = ids.get(body) ?? insertDefinition.run(digest, ...columns).lastInsertRowid;
    ids.set(body, id);
    insertEvent.run(id, status.state, standing, Number(seq));
  }
  database.exec(indices);
}
