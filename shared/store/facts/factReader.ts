import { CodedError } from "#shared/model/errors.ts";
import type { EpochMs } from "#shared/model/time.ts";
import { instant } from "#shared/model/time.ts";
import { type Database, storeError } from "../sqlite/database.ts";
import { ReaderFile } from "../sqlite/readerFile.ts";
import { type DayFacts, unpacked } from "./dayFacts.ts";
import { factsFormat } from "./factFile.ts";

/** Sums of a day by the hour, from its start on. */
export type HourColumns = Readonly<Record<string, readonly number[]>>;

export interface ReadDay extends Omit<DayFacts, "digest"> {
  /** Empty where they were not asked for. */
  readonly hours: HourColumns;
  /** The facts go up to here where the day still ran when they were kept; null where it was over. */
  readonly until: EpochMs | null;
}

/** Reading the facts of days beside ingest, their one writer. */
export interface FactReader extends Disposable {
  /** The days `from <= day < to` that are known of an equipment `<platform>/<line>/<equipment>`, ascending. */
  days(equipment: string, from: string, to: string, withHours: boolean): readonly ReadDay[];
}

/** Works before the file exists: nothing is known then. Throws `DISK`, `DAMAGED` or `STORE_UNAVAILABLE`. */
export function openFactReader(file: string): FactReader {
  const reader = new ReaderFile(file, factsFormat, (database) => ({ database, ...prepare(database) }));
  return {
    days: (equipment, from, to, withHours) => {
      try {
        const open = reader.current();
        if (!open) return [];
        const closed = open.days.all(equipment, from, to).map((row) => dayOf(row, withHours, null));
        const row = open.openDay.get(equipment, from, to);
        // What was kept of a day that has since been closed is older than its row.
        if (!row || closed.some(({ day }) => day === row.day)) return closed;
        const running = dayOf(row, withHours, instant(Number(row.until)));
        return [...closed, running].toSorted((a, b) => (a.day < b.day ? -1 : 1));
      } catch (error) {
        throw error instanceof CodedError ? error : storeError(error, file);
      }
    },
    [Symbol.dispose]: () => reader[Symbol.dispose](),
  };
}

const prepare = (database: Database) => ({
  days: database.prepare(
    "SELECT day, body, hours, demand FROM fact WHERE equipment = ? AND day >= ? AND day < ? ORDER BY day",
  ),
  openDay: database.prepare(
    "SELECT day, until, body, hours, demand FROM open_day WHERE equipment = ? AND day >= ? AND day < ?",
  ),
});

function dayOf(row: Readonly<Record<string, unknown>>, withHours: boolean, until: EpochMs | null): ReadDay {
  const demand = row.demand instanceof Uint8Array ? row.demand : new Uint8Array();
  return {
    day: String(row.day),
    ...unpacked(String(row.body), demand),
    hours: withHours ? (JSON.parse(String(row.hours)) as HourColumns) : {},
    until,
  };
}
