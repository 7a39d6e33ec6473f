import { type Gap, type GapCause, gapCauses, type TagId } from "#shared/model/sample.ts";
import { type EpochMs, instant } from "#shared/model/time.ts";
import { column } from "./column.ts";
import { family, type Row } from "./family.ts";

/** Reading the gap ledger. */
export interface GapReader {
  /** Ledger entries that overlap [from, to). */
  gaps(tag: TagId, from: EpochMs, to: EpochMs): readonly Gap[];
  /** The same of all tags, by tag and time. */
  allGaps(from: EpochMs, to: EpochMs): readonly Gap[];
}

export interface GapWriter {
  /** Inserts or replaces entries, and takes others out; an entry is the same by tag, `from` and cause. */
  saveGaps(put: readonly Gap[], remove?: readonly Gap[]): void;
}

const gapOf = (row: Row): Gap => ({
  tag: row.tag as TagId,
  from: instant(Number(row.from_ms)),
  to: row.to_ms === null ? null : instant(Number(row.to_ms)),
  cause: column<GapCause>(row, "cause", gapCauses),
  lost: row.lost as number | null,
});

export const gapLedger = family({
  sql: {
    upsertGap: `INSERT INTO gap (tag, from_ms, to_ms, cause, lost) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT (tag, from_ms, cause) DO UPDATE SET to_ms = excluded.to_ms, lost = excluded.lost`,
    deleteGap: "DELETE FROM gap WHERE tag = ? AND from_ms = ? AND cause = ?",
    gaps: `SELECT * FROM gap
      WHERE tag = ? AND from_ms < ? AND (to_ms IS NULL OR to_ms > ? OR (to_ms = from_ms AND to_ms >= ?)) ORDER BY from_ms`,
    allGaps: `SELECT * FROM gap
      WHERE from_ms < ? AND (to_ms IS NULL OR to_ms > ? OR (to_ms = from_ms AND to_ms >= ?)) ORDER BY tag, from_ms`,
  },
  reads: (rows): GapReader => ({
    gaps: (tag, from, to) => rows((sql) => sql.gaps.all(tag, to, from, from)).map(gapOf),
    allGaps: (from, to) => rows((sql) => sql.allGaps.all(to, from, from)).map(gapOf),
  }),
  writes: (durably): GapWriter => ({
    saveGaps: (put, remove = []) =>
      durably((sql) => {
        for (const { tag, from, cause } of remove) sql.deleteGap.run(tag, from, cause);
        for (const { tag, from, to, cause, lost } of put) sql.upsertGap.run(tag, from, to, cause, lost);
      }),
  }),
});
