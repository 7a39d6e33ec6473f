import type { Declared } from "#shared/model/declared.ts";
import type { Recorded } from "#shared/model/revision.ts";
import { family } from "./family.ts";
import { type NewRevision, revisionReads, revisionSql, revisionWrites } from "./revisions.ts";

/** Reading what people have declared. */
export interface DeclaredReader {
  /** By their ids, of one local period or of all; withdrawn ones are left out. Only `verified` ones score. */
  declaredItems(period?: string): readonly Recorded<Declared>[];
  declaredItem(id: string): Recorded<Declared> | undefined;
  /** Every revision, the first one first. */
  declaredHistory(id: string): readonly Recorded<Declared>[];
  /** The revision that a command caused. */
  declaredCausedBy(origin: string): Recorded<Declared> | undefined;
  declaredCount(): number;
}

export interface DeclaredWriter {
  /** All or none; a revision whose origin is known already is left out. */
  addDeclared(revisions: readonly NewRevision<Declared>[]): void;
}

export const declaredItems = family({
  sql: revisionSql("declared_revision"),
  reads: (rows): DeclaredReader => {
    const { all, newest, history, causedBy, count } = revisionReads<Declared>(rows);
    return {
      declaredItems: (period) =>
        all().filter((item) => item.state !== "withdrawn" && (period === undefined || item.period === period)),
      declaredItem: newest,
      declaredHistory: history,
      declaredCausedBy: causedBy,
      declaredCount: count,
    };
  },
  writes: (durably): DeclaredWriter => ({ addDeclared: revisionWrites<Declared>(durably, () => null) }),
});
