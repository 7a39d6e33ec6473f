import { family } from "./family.ts";

export interface RevisionMarkReader {
  /** Differs from what it was before as soon as a run, booking, correction, tenant or project has a new revision. */
  revisionMark(): string;
}

const tables = ["run", "booking", "state_correction", "tenant", "project"] as const;

/** Revisions are only ever added: the newest of each table tells that nothing has changed. */
export const revisionMark = family({
  sql: {
    newest: `SELECT ${tables.map((table) => `(SELECT max(seq) FROM ${table}_revision) AS ${table}`).join(", ")}`,
  },
  reads: (rows): RevisionMarkReader => ({
    revisionMark: () => JSON.stringify(rows((sql) => sql.newest.all())[0] ?? null),
  }),
  writes: () => ({}),
});
