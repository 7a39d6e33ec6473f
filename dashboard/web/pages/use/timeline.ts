import { difference, type Interval, intersection, lengthMs } from "#shared/model/interval.ts";
import type { StateCorrection, StateStretch } from "../../api/stateApi.ts";

/** A stretch as it counts: reported, or what somebody corrected it to. */
export interface CountedStretch extends StateStretch {
  readonly correction: StateCorrection | null;
}

/** Lays corrections over what was reported, a later one over an earlier one; ascending. */
export function countedStretches(
  reported: readonly StateStretch[],
  corrections: readonly StateCorrection[],
): readonly CountedStretch[] {
  const first = reported.map((stretch): CountedStretch => ({ ...stretch, correction: null }));
  const end = reported.at(-1)?.to;
  return corrections
    .reduce<readonly CountedStretch[]>((was, correction) => {
      const within = first[0] && end ? intersection([correction], [{ from: first[0].from, to: end }]) : [];
      const kept = was.flatMap((stretch) =>
        difference([stretch], [correction]).map((part) => ({ ...stretch, ...part })),
      );
      return [...kept, ...within.map((part) => ({ ...part, state: correction.state, correction }))];
    }, first)
    .slice()
    .sort((a, b) => a.from - b.from);
}

/** Ms in a state, and the known part of the time that is over. */
export function timeIn(stretches: readonly StateStretch[], state: StateStretch["state"]): number {
  return stretches.reduce((sum, stretch) => sum + (stretch.state === state ? lengthMs(stretch) : 0), 0);
}

export const shareKnown = (stretches: readonly StateStretch[], span: Interval): number => {
  const all = stretches.reduce((sum, stretch) => sum + lengthMs(stretch), 0);
  return all === 0 ? 0 : 1 - timeIn(stretches, "UNK") / Math.min(all, lengthMs(span));
};
