import type { AlarmStatus } from "#shared/model/alarm.ts";
import type { PlantAlarm } from "#shared/plant/plant.ts";

/**
 * Alarms that stood, or were hidden, and whose rules are there no longer, as they are closed: nobody would watch them
 * any more.
 */
export function removedRules(alarms: readonly PlantAlarm[], statuses: readonly AlarmStatus[]): readonly AlarmStatus[] {
  const known = new Set(alarms.map(({ id }) => id));
  return statuses
    .filter(({ alarm, state }) => state !== "NORM" && !known.has(alarm))
    .map((status) => ({ ...status, state: "NORM", since: null, hiddenBy: [], shelvedUntil: null }));
}
