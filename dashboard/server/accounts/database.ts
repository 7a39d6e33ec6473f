import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";

const schema = `
  CREATE TABLE IF NOT EXISTS users (
    name        TEXT PRIMARY KEY,
    role        TEXT NOT NULL,
    password    TEXT NOT NULL,              -- see password.ts for the format
    initial     INTEGER NOT NULL,           -- 1 while the password is one that the system made
    disabled    INTEGER NOT NULL DEFAULT 0,
    last_login  INTEGER                     -- ms UTC
  ) STRICT;
  CREATE TABLE IF NOT EXISTS sessions (
    id          TEXT PRIMARY KEY,           -- SHA-256 of the token, hex; the token itself is kept nowhere
    user        TEXT NOT NULL REFERENCES users(name) ON DELETE CASCADE,
    address     TEXT NOT NULL,
    previous    INTEGER,                    -- the login before this one, ms UTC
    seen        INTEGER NOT NULL,           -- ms UTC
    expires     INTEGER NOT NULL            -- ms UTC, whatever the activity
  ) STRICT;
  CREATE INDEX IF NOT EXISTS sessions_by_user ON sessions(user);
  CREATE TABLE IF NOT EXISTS failures (
    subject     TEXT PRIMARY KEY,           -- user name and address
    count       INTEGER NOT NULL,
    at          INTEGER NOT NULL,           -- ms UTC
    locked      INTEGER NOT NULL            -- until, ms UTC
  ) STRICT;
  CREATE TABLE IF NOT EXISTS trend_views (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    owner       TEXT NOT NULL REFERENCES users(name) ON DELETE CASCADE,
    line        TEXT NOT NULL,
    name        TEXT NOT NULL,
    query       TEXT NOT NULL,              -- of the page's address
    shared      INTEGER NOT NULL,           -- 1: everybody sees it
    changed     INTEGER NOT NULL            -- ms UTC
  ) STRICT;
  CREATE INDEX IF NOT EXISTS trend_views_by_owner ON trend_views(owner);
  CREATE TABLE IF NOT EXISTS audit (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    at          INTEGER NOT NULL,           -- ms UTC; order is by id, never by clock
    user        TEXT,
    address     TEXT NOT NULL,
    action      TEXT NOT NULL,
    target      TEXT,
    outcome     TEXT NOT NULL,
    detail      TEXT
  ) STRICT;
  CREATE TRIGGER IF NOT EXISTS audit_keeps BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit log is only ever appended to'); END;
  CREATE TRIGGER IF NOT EXISTS audit_stays BEFORE DELETE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit log is only ever appended to'); END;
`;

/** Opens the accounts of the pages: users, sessions, failed logins, kept views, audit log. Durable at each statement. */
export function openDatabase(file: string): DatabaseSync {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const database = new DatabaseSync(file);
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON");
  database.exec(schema);
  return database;
}
