import type { UseLadder } from "#shared/model/operation.ts";

export type LadderStep = "calendarH" | "openH" | "bookedH" | "occupiedH" | "runningH" | "effectiveH";
export type LadderChange =
  | "unknownH"
  | "notScheduledH"
  | "notBookedH"
  | "bookedUnusedH"
  | "unbookedUseH"
  | "idleOccupiedH"
  | "haltH"
  | "withoutProjectH"
  | "preparedH";

export interface LadderRung {
  readonly step: LadderStep;
  readonly hours: number;
  /** From the step before to this one; losses are below 0. */
  readonly changes: readonly { readonly name: LadderChange; readonly hours: number }[];
}

/** Less is a rounding of binary fractions, not an hour that anybody lost. */
const leastH = 0.005;

/** The steps with what lies between them: a step is the one before it and its changes. */
export function ladderSteps(ladder: UseLadder): readonly LadderRung[] {
  const rung = (step: LadderStep, changes: Partial<Record<LadderChange, number>>): LadderRung => ({
    step,
    hours: ladder[step],
    changes: (Object.entries(changes) as [LadderChange, number][])
      .filter(([, hours]) => Math.abs(hours) >= leastH)
      .map(([name, hours]) => ({ name, hours })),
  });
  return [
    rung("calendarH", {}),
    rung("openH", { unknownH: -ladder.unknownH, notScheduledH: -ladder.notScheduledH }),
    rung("bookedH", { notBookedH: ladder.bookedH - ladder.openH }),
    rung("occupiedH", {
      bookedUnusedH: -ladder.bookedUnusedH,
      unbookedUseH: ladder.unbookedUseH,
      idleOccupiedH: ladder.idleOccupiedH,
    }),
    rung("runningH", { haltH: -ladder.haltH }),
    rung("effectiveH", { withoutProjectH: -ladder.withoutProjectH, preparedH: ladder.preparedH }),
  ];
}
