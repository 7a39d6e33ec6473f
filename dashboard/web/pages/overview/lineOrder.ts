import { type AlarmPriority, type AlarmStatus, alarmPriorities } from "#shared/model/alarm.ts";
import type { EquipmentState } from "#shared/model/equipment.ts";
import { isUnacknowledged } from "../../live/alarmBook.ts";

/** What of a line decides its place. */
export interface LineCondition {
  /** Its standing alarms. */
  readonly alarms: readonly AlarmStatus[];
  /** Nothing newer than its values may be old: nobody knows how it does. */
  readonly isStale: boolean;
  readonly states: readonly EquipmentState[];
}

const urgency = (priority: AlarmPriority): number => alarmPriorities.length - alarmPriorities.indexOf(priority);
const most = (alarms: readonly AlarmStatus[]): number =>
  Math.max(0, ...alarms.map(({ priority }) => urgency(priority)));

/**
 * How much a line needs somebody, 0 for not at all: an unacknowledged alarm before data that nobody gets, before an
 * acknowledged alarm, before an equipment that failed. Values do not count: a value at the edge of its band would make
 * the cards jump.
 */
export function severityOf({ alarms, isStale, states }: LineCondition): number {
  const open = most(alarms.filter(isUnacknowledged));
  return open * 1_000 + Number(isStale) * 100 + most(alarms) * 10 + Number(states.includes("UDT"));
}

/** Problems first; lines of equal severity keep the order of the plant model. */
export const problemsFirst = <Line>(lines: readonly Line[], severity: (line: Line) => number): readonly Line[] =>
  lines
    .map((line, place) => ({ line, place, severity: severity(line) }))
    .sort((a, b) => b.severity - a.severity || a.place - b.place)
    .map(({ line }) => line);
