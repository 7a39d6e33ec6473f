import type { Recorded } from "#shared/model/revision.ts";
import { type EpochMs, instant } from "#shared/model/time.ts";
import type { Durably, Row, Rows } from "./family.ts";

/** A revision that is to be added. */
export interface NewRevision<What> {
  /** Of the record; its first revision begins it. */
  readonly id: string;
  readonly at: EpochMs;
  readonly by: string;
  readonly why: string | null;
  /** Names what caused it, a command or a sample: what comes again under the same name adds nothing. */
  readonly origin: string;
  readonly record: What;
}

/** Statements over one table of revisions; see `schema.ts` for its columns. */
export const revisionSql = (table: string) =>
  ({
    insert: `INSERT INTO ${table} (id, revision, at, user, why, origin, from_ms, to_ms, record)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    caused: `SELECT * FROM ${table} WHERE origin = ?`,
    newest: `SELECT * FROM ${table} WHERE id = ? ORDER BY revision DESC LIMIT 1`,
    history: `SELECT * FROM ${table} WHERE id = ? ORDER BY revision`,
    between: `SELECT * FROM ${table} AS r
      WHERE from_ms < ? AND (to_ms IS NULL OR to_ms > ?)
        AND revision = (SELECT max(revision) FROM ${table} WHERE id = r.id) ORDER BY from_ms, id`,
    all: `SELECT * FROM ${table} AS r
      WHERE revision = (SELECT max(revision) FROM ${table} WHERE id = r.id) ORDER BY id`,
    ids: `SELECT count(DISTINCT id) AS n FROM ${table}`,
  }) as const;
type RevisionSql = ReturnType<typeof revisionSql>;

const recordedOf =
  <What>() =>
  (row: Row): Recorded<What> => ({
    ...(JSON.parse(String(row.record)) as What),
    id: String(row.id),
    revision: {
      number: Number(row.revision),
      at: instant(Number(row.at)),
      by: String(row.user),
      why: row.why as string | null,
    },
  });

/** Reads records by their newest revision, and their histories. */
export function revisionReads<What>(rows: Rows<RevisionSql>) {
  const recorded = recordedOf<What>();
  return {
    newest: (id: string): Recorded<What> | undefined => rows((sql) => sql.newest.all(id)).map(recorded)[0],
    /** Every revision of one record, the first one first. */
    history: (id: string): readonly Recorded<What>[] => rows((sql) => sql.history.all(id)).map(recorded),
    /** Records whose time overlaps `[from, to)`, by their start. */
    between: (from: EpochMs, to: EpochMs): readonly Recorded<What>[] =>
      rows((sql) => sql.between.all(to, from)).map(recorded),
    /** By their ids. */
    all: (): readonly Recorded<What>[] => rows((sql) => sql.all.all()).map(recorded),
    /** The revision that `origin` caused. */
    causedBy: (origin: string): Recorded<What> | undefined => rows((sql) => sql.caused.all(origin)).map(recorded)[0],
    /** How many records there are. */
    count: (): number => Number(rows((sql) => sql.ids.all())[0]?.n ?? 0),
  };
}

/** Adds revisions, all or none, in one transaction; one whose origin is known already is left out. */
export const revisionWrites =
  <What>(
    durably: Durably<RevisionSql>,
    timeOf: (record: What) => { readonly from: EpochMs; readonly to: EpochMs | null } | null,
  ) =>
  (revisions: readonly NewRevision<What>[]): void =>
    durably((sql) => {
      for (const { id, at, by, why, origin, record } of revisions) {
        if (sql.caused.get(origin)) continue;
        const number = Number(sql.newest.get(id)?.revision ?? 0) + 1;
        const time = timeOf(record);
        const span = [time?.from ?? null, time?.to ?? null] as const;
        sql.insert.run(id, number, at, by, why, origin, ...span, JSON.stringify(record));
      }
    });
