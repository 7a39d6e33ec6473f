import type { TagId, TagValue } from "./sample.ts";
import type { LocalText } from "./text.ts";
import type { EpochMs } from "./time.ts";

export const alarmPriorities = ["critical", "high", "medium", "low"] as const;
export type AlarmPriority = (typeof alarmPriorities)[number];

/** Alarm states of ISA-18.2 / IEC 62682 that exist so far; the alarm issue adds latching, shelving and suppression. */
export const alarmStates = ["NORM", "UNACK", "ACKED", "RTNUN"] as const;
export type AlarmState = (typeof alarmStates)[number];

/** An alarm is active in these states: the list that a safety officer watches shows it. */
export const isStanding = (state: AlarmState): boolean => state !== "NORM";

/** One alarm as it stands now. */
export interface AlarmStatus {
  /** `<platform>/<line>/<alarm>`. */
  readonly alarm: string;
  readonly line: string;
  readonly equipment: string;
  readonly tag: TagId;
  readonly name: LocalText;
  readonly response?: LocalText;
  readonly priority: AlarmPriority;
  readonly state: AlarmState;
  readonly limit: number;
  readonly unit: string;
  /** Value at the last transition, null where it was bad. */
  readonly value: TagValue | null;
  /** Source time at which the condition began; null in NORM. */
  readonly since: EpochMs | null;
  readonly acknowledgedBy: string | null;
  readonly acknowledgedAt: EpochMs | null;
}

export const alarmTransitions = ["raised", "acknowledged", "returned", "cleared"] as const;
export type AlarmTransition = (typeof alarmTransitions)[number];

/** One line of the alarm journal; `seq` grows by one over the whole journal, so a reader can resume. */
export interface AlarmEvent {
  readonly seq: number;
  readonly transition: AlarmTransition;
  /** Source time of what caused it (the sample's or the command's). */
  readonly at: EpochMs;
  /** When ingest processed it. */
  readonly processedAt: EpochMs;
  readonly user: string | null;
  readonly comment: string | null;
  readonly status: AlarmStatus;
}
