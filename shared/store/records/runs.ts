import type { Recorded } from "#shared/model/revision.ts";
import type { Run } from "#shared/model/run.ts";
import type { EpochMs } from "#shared/model/time.ts";
import { family } from "./family.ts";
import { type NewRevision, revisionReads, revisionSql, revisionWrites } from "./revisions.ts";

/** Reading runs. */
export interface RunReader {
  /** Runs that overlap `[from, to)`, by their start; one that still runs has no end. Voided ones are left out. */
  runs(from: EpochMs, to: EpochMs): readonly Recorded<Run>[];
  /** Of one rule, voided ones among them. */
  runsOfRule(rule: string, from: EpochMs, to: EpochMs): readonly Recorded<Run>[];
  /** The newest revision, voided or not. */
  run(id: string): Recorded<Run> | undefined;
  /** Every revision, the first one first. */
  runHistory(id: string): readonly Recorded<Run>[];
  /** The revision that a command or a sample caused. */
  runCausedBy(origin: string): Recorded<Run> | undefined;
  runCount(): number;
}

export interface RunWriter {
  /** All or none; a revision whose origin is known already is left out. */
  addRuns(revisions: readonly NewRevision<Run>[]): void;
}

export const runs = family({
  sql: revisionSql("run_revision"),
  reads: (rows): RunReader => {
    const { between, newest, history, causedBy, count } = revisionReads<Run>(rows);
    return {
      runs: (from, to) => between(from, to).filter(({ state }) => state !== "voided"),
      runsOfRule: (rule, from, to) => between(from, to).filter((run) => run.rule === rule),
      run: newest,
      runHistory: history,
      runCausedBy: causedBy,
      runCount: count,
    };
  },
  writes: (durably): RunWriter => ({ addRuns: revisionWrites<Run>(durably, (run) => run) }),
});
