import { difference, intersection, sumMs } from "#shared/model/interval.ts";
import type { StateCorrection, StateStretch } from "../api/stateApi.ts";

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

/** Time in a state, ms. */
export function timeIn(stretches: readonly StateStretch[], state: StateStretch["state"]): number {
  return sumMs(stretches.filter((stretch) => stretch.state === state));
}

/** The known part of the time that is over, 0 to 1. */
export function shareKnown(stretches: readonly StateStretch[]): number {
  const all = sumMs(stretches);
  return all === 0 ? 0 : 1 - timeIn(stretches, "UNK") / all;
}
