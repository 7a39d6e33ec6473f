import type { Standard } from "./standard.ts";
import targets from "./standards/alarmTargets.json" with { type: "json" };

/**
 * What a well-run alarm system keeps to by ISA-18.2 / EEMUA 191, beside the benchmarks that figures are computed with:
 * no figure rests on these, so they may change without another version of any.
 */
export interface AlarmTargets {
  /** S-02 and S-04, shares of the monitored time. */
  readonly windowsAboveShareBelow: number;
  readonly floodTimeShareBelow: number;
  /** S-05, on any day. */
  readonly stalePerDayBelow: number;
  /** S-06 */
  readonly chatteringTags: number;
  readonly fleetingAlarms: number;
  /** S-07, share of all annunciations. */
  readonly topShareAtMost: number;
  /** S-11 */
  readonly unauthorisedHiding: number;
}

export const alarmTargets: readonly Standard<AlarmTargets>[] = targets;
