import { existsSync } from "node:fs";
import { CodedError, messageOf } from "#shared/model/errors.ts";
import type { EpochMs } from "#shared/model/time.ts";
import { moveAside } from "../sqlite/damage.ts";
import {
  checkWhole,
  type Database,
  type FileFormat,
  openForReading,
  openForWriting,
  storeError,
  transaction,
} from "../sqlite/database.ts";
import type { PackedDay } from "./dayFacts.ts";

/** What is known of the facts of one equipment and local day without reading them. */
export interface FactMark {
  /** `YYYY-MM-DD` */
  readonly day: string;
  /** Of the part of the plant that they depend on. */
  readonly plant: string;
  /** Of the runs, bookings and corrections that they depend on. */
  readonly recorded: string;
  /** Of where things stood before the day. */
  readonly before: string;
  /** Of the facts themselves: the input digest of figures is made of these. */
  readonly digest: string;
  /** To be made anew. */
  readonly isDirty: boolean;
}

/** The facts of one equipment and closed day. */
export interface FactRow extends Omit<FactMark, "isDirty">, Omit<PackedDay, "digest"> {
  /** Where things stand at the day's end. */
  readonly chain: string;
}

/** The facts of one equipment and the day that runs, as far as they go. */
export interface OpenFacts extends Omit<PackedDay, "digest"> {
  readonly day: string;
  readonly until: EpochMs;
}

/**
 * Facts of closed days, kept so that a month or a year is assessed without reading its samples. Nothing is in here that
 * cannot be made anew from store and records: the file may be deleted, and a damaged one is begun anew.
 */
export interface FactFile extends Disposable {
  marks(equipment: string): readonly FactMark[];
  chain(equipment: string, day: string): string | undefined;
  /** Ascending, `from <= day < to`. */
  rows(equipment: string, from: string, to: string): Iterable<Pick<FactRow, "day" | "body" | "digest" | "demand">>;
  put(equipment: string, rows: readonly FactRow[]): void;
  markDirty(equipment: string, days: readonly string[]): void;
  /** Kept in memory until `saveOpen`; of an equipment the newest. */
  noteOpen(equipment: string, open: OpenFacts): void;
  /** Writes the days that run, for readers beside ingest; nothing of them is read again here. */
  saveOpen(): void;
  /** What was learnt as samples arrived, which nothing can tell afterwards; JSON by equipment and day. */
  arrival(equipment: string, day: string): string | undefined;
  arrivals(equipment: string, from: string, to: string): readonly { readonly day: string; readonly body: string }[];
  putArrivals(arrivals: readonly { readonly equipment: string; readonly day: string; readonly body: string }[]): void;
}

export const factsFormat: FileFormat = {
  name: "facts",
  migrations: [
    `
    CREATE TABLE fact (
      equipment TEXT NOT NULL,
      day       TEXT NOT NULL,
      plant     TEXT NOT NULL,
      recorded  TEXT NOT NULL,
      before    TEXT NOT NULL,
      digest    TEXT NOT NULL,
      dirty     INTEGER NOT NULL DEFAULT 0,
      body      TEXT NOT NULL,
      chain     TEXT NOT NULL,
      demand    BLOB NOT NULL,
      PRIMARY KEY (equipment, day)
    ) STRICT;
    CREATE INDEX fact_mark ON fact (equipment, day, plant, recorded, before, digest, dirty);
    CREATE TABLE arrival (
      equipment TEXT NOT NULL,
      day       TEXT NOT NULL,
      body      TEXT NOT NULL,
      PRIMARY KEY (equipment, day)
    ) STRICT;
    `,
    // Facts by the hour: days without are made anew.
    `
    DELETE FROM fact;
    ALTER TABLE fact ADD COLUMN hours TEXT NOT NULL DEFAULT '{}';
    CREATE TABLE open_day (
      equipment TEXT PRIMARY KEY,
      day       TEXT NOT NULL,
      until     INTEGER NOT NULL,
      body      TEXT NOT NULL,
      hours     TEXT NOT NULL,
      demand    BLOB NOT NULL
    ) STRICT;
    `,
  ],
};

/** Facts that are made anew and forgotten, with what the file of ingest learnt as samples arrived, where there is one. */
export function openFactsAnew(file: string): FactFile {
  const anew = factFile(openForWriting(":memory:", factsFormat, checkWhole), ":memory:");
  const reader = existsSync(file) ? openForReading(file, factsFormat) : undefined;
  if (!reader) return anew;
  const arrivals = reader.prepare("SELECT equipment, day, body FROM arrival").all();
  reader.close();
  anew.putArrivals(
    arrivals.map(({ equipment, day, body }) => ({
      equipment: String(equipment),
      day: String(day),
      body: String(body),
    })),
  );
  return anew;
}

/** Opens the facts for ingest, their one writer. A file that cannot be read is moved aside and begun anew. */
export function openFactFile(file: string, now: EpochMs, warn: (what: string) => void): FactFile {
  const open = () => openForWriting(file, factsFormat, checkWhole);
  let database: Database;
  try {
    database = open();
  } catch (error) {
    warn(`${file} cannot be read (${messageOf(error)}): the facts are made anew`);
    moveAside(file, now);
    database = open();
  }
  return factFile(database, file);
}

function factFile(database: Database, file: string): FactFile {
  const sql = {
    marks: database.prepare(
      "SELECT day, plant, recorded, before, digest, dirty FROM fact WHERE equipment = ? ORDER BY day",
    ),
    chain: database.prepare("SELECT chain FROM fact WHERE equipment = ? AND day = ?"),
    rows: database.prepare(
      "SELECT day, body, digest, demand FROM fact WHERE equipment = ? AND day >= ? AND day < ? ORDER BY day",
    ),
    put: database.prepare(`INSERT INTO fact (equipment, day, plant, recorded, before, digest, body, chain, demand, hours)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (equipment, day) DO UPDATE SET plant = excluded.plant,
      recorded = excluded.recorded, before = excluded.before, digest = excluded.digest, dirty = 0, body = excluded.body,
      chain = excluded.chain, demand = excluded.demand, hours = excluded.hours`),
    putOpen:
      database.prepare(`INSERT INTO open_day (equipment, day, until, body, hours, demand) VALUES (?, ?, ?, ?, ?, ?)
      ON CONFLICT (equipment) DO UPDATE SET day = excluded.day, until = excluded.until, body = excluded.body,
      hours = excluded.hours, demand = excluded.demand`),
    dirty: database.prepare("UPDATE fact SET dirty = 1 WHERE equipment = ? AND day = ?"),
    arrival: database.prepare("SELECT body FROM arrival WHERE equipment = ? AND day = ?"),
    arrivals: database.prepare(
      "SELECT day, body FROM arrival WHERE equipment = ? AND day >= ? AND day < ? ORDER BY day",
    ),
    putArrival: database.prepare(`INSERT INTO arrival (equipment, day, body) VALUES (?, ?, ?)
      ON CONFLICT (equipment, day) DO UPDATE SET body = excluded.body`),
  };
  const noted = new Map<string, OpenFacts>();
  const guarded = <Result>(body: () => Result): Result => {
    try {
      return body();
    } catch (error) {
      throw error instanceof CodedError ? error : storeError(error, file);
    }
  };
  return {
    marks: (equipment) =>
      guarded(() => sql.marks.all(equipment)).map((row) => ({
        day: String(row.day),
        plant: String(row.plant),
        recorded: String(row.recorded),
        before: String(row.before),
        digest: String(row.digest),
        isDirty: row.dirty === 1,
      })),
    chain: (equipment, day) => {
      const row = guarded(() => sql.chain.get(equipment, day));
      return row && String(row.chain);
    },
    rows: (equipment, from, to) =>
      guarded(() => sql.rows.all(equipment, from, to)) as unknown as readonly Pick<
        FactRow,
        "day" | "body" | "digest" | "demand"
      >[],
    put: (equipment, rows) =>
      guarded(() =>
        transaction(database, () => {
          for (const { day, plant, recorded, before, digest, body, chain, demand, hours } of rows)
            sql.put.run(equipment, day, plant, recorded, before, digest, body, chain, demand, hours);
        }),
      ),
    noteOpen: (equipment, open) => void noted.set(equipment, open),
    saveOpen: () => {
      if (noted.size > 0)
        guarded(() =>
          transaction(database, () => {
            for (const [equipment, { day, until, body, hours, demand }] of noted)
              sql.putOpen.run(equipment, day, until, body, hours, demand);
          }),
        );
      noted.clear();
    },
    markDirty: (equipment, days) =>
      guarded(() =>
        transaction(database, () => {
          for (const day of days) sql.dirty.run(equipment, day);
        }),
      ),
    arrival: (equipment, day) => {
      const row = guarded(() => sql.arrival.get(equipment, day));
      return row && String(row.body);
    },
    arrivals: (equipment, from, to) =>
      guarded(() => sql.arrivals.all(equipment, from, to)).map((row) => ({
        day: String(row.day),
        body: String(row.body),
      })),
    putArrivals: (arrivals) =>
      guarded(() =>
        transaction(database, () => {
          for (const { equipment, day, body } of arrivals) sql.putArrival.run(equipment, day, body);
        }),
      ),
    [Symbol.dispose]: () => database.close(),
  };
}
