import type { Recorded } from "#shared/model/revision.ts";
import type { StateCorrection } from "#shared/model/stateCorrection.ts";
import type { EpochMs } from "#shared/model/time.ts";
import { family } from "./family.ts";
import { type NewRevision, revisionReads, revisionSql, revisionWrites } from "./revisions.ts";

/** Reading corrections of equipment states. */
export interface StateCorrectionReader {
  /** Corrections that overlap `[from, to)` and are not withdrawn, the one that was made last at the end. */
  stateCorrections(from: EpochMs, to: EpochMs): readonly Recorded<StateCorrection>[];
  stateCorrection(id: string): Recorded<StateCorrection> | undefined;
}

export interface StateCorrectionWriter {
  /** All or none; a revision whose origin is known already is left out. */
  addStateCorrections(revisions: readonly NewRevision<StateCorrection>[]): void;
}

export const stateCorrections = family({
  sql: revisionSql("state_correction_revision"),
  reads: (rows): StateCorrectionReader => {
    const { between, newest } = revisionReads<StateCorrection>(rows);
    return {
      stateCorrections: (from, to) =>
        between(from, to)
          .filter(({ isWithdrawn }) => !isWithdrawn)
          .toSorted((a, b) => a.revision.at - b.revision.at || (a.id < b.id ? -1 : 1)),
      stateCorrection: newest,
    };
  },
  writes: (durably): StateCorrectionWriter => ({
    addStateCorrections: revisionWrites<StateCorrection>(durably, (correction) => correction),
  }),
});
