import type { AlarmBenchmark } from "#shared/model/alarmBenchmarks.ts";
import type { ActiveAlarm } from "./activeTime.ts";

/** An activation; `acknowledged` while it was active. */
export interface Activation extends ActiveAlarm {
  readonly wasAcknowledged: boolean;
}

/** Fleeting alarms, told with S-06: over, without acknowledgement, before any response was possible. */
export const fleetingAlarms = (
  activations: readonly Activation[],
  { fleetingBelowS }: Pick<AlarmBenchmark, "fleetingBelowS">,
): number =>
  activations.filter(
    ({ from, to, wasAcknowledged }) => to !== null && !wasAcknowledged && to - from < fleetingBelowS * 1_000,
  ).length;
