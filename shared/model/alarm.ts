import type { TagId, TagValue } from "./sample.ts";
import type { LocalText } from "./text.ts";
import type { EpochMs } from "./time.ts";

export const alarmPriorities = ["critical", "high", "medium", "low"] as const;
export type AlarmPriority = (typeof alarmPriorities)[number];

/** For sorting: the more urgent first. */
export const byUrgency = (a: Pick<AlarmStatus, "priority">, b: Pick<AlarmStatus, "priority">): number =>
  alarmPriorities.indexOf(a.priority) - alarmPriorities.indexOf(b.priority);

/** What a rule looks at. */
export const alarmKinds = [
  "highHigh",
  "high",
  "low",
  "lowLow",
  "deviation",
  "rate",
  "state",
  "match",
  "badQuality",
  "stale",
  "lost",
  "flatLine",
  "calculated",
  "event",
] as const;
export type AlarmKind = (typeof alarmKinds)[number];

/** Rationalisation of an alarm (ISA-18.2, 6.2): why it comes, what follows, what to do, and how soon. */
export interface AlarmGuidance {
  readonly cause?: LocalText;
  readonly consequence?: LocalText;
  readonly response?: LocalText;
  /** Within so many minutes the response still prevents the consequence. */
  readonly timeToRespondMinutes?: number;
}

/** States in which an alarm is kept from the list: shelved by a person, suppressed by design, out of service. */
export const hiddenStates = ["SHLVD", "DSUPR", "OOSRV"] as const;
export type HiddenState = (typeof hiddenStates)[number];

/**
 * Alarm states of ISA-18.2 / IEC 62682, by name (their letters differ between editions): normal, unacknowledged,
 * acknowledged, returned unacknowledged, latched unacknowledged and acknowledged, and the hidden ones.
 */
export const alarmStates = ["NORM", "UNACK", "ACKED", "RTNUN", "LATUN", "LATAK", ...hiddenStates] as const;
export type AlarmState = (typeof alarmStates)[number];

export const isHidden = (state: AlarmState): state is HiddenState =>
  hiddenStates.some((hidden: AlarmState) => hidden === state);

/** The list that a safety officer watches holds alarms in these states. */
export const isStanding = (state: AlarmState): boolean => state !== "NORM" && !isHidden(state);

/** Whether the condition of an alarm holds: hidden alarms are watched, too, and keep `since` while it does. */
export const isActive = ({ state, since }: Pick<AlarmStatus, "state" | "since">): boolean =>
  state === "UNACK" || state === "ACKED" || (isHidden(state) && since !== null);

/** That an alarm is hidden, since when, by whom and why; no person where logic does it. */
export interface Hiding {
  readonly state: HiddenState;
  readonly since: EpochMs;
  readonly user: string | null;
  readonly reason: string | null;
  /** Why the design suppresses it: the equipment's state, or the alarm that says it already. */
  readonly logic?: LocalText;
}

/** One alarm as it stands now. */
export interface AlarmStatus {
  /** `<platform>/<line>/<alarm>`. */
  readonly alarm: string;
  readonly line: string;
  readonly equipment: string;
  readonly tag: TagId;
  readonly name: LocalText;
  readonly kind: AlarmKind;
  readonly guidance: AlarmGuidance;
  readonly priority: AlarmPriority;
  readonly state: AlarmState;
  /** In `unit` where it is a number; else what the rule asks, in short: a state, a pattern, an expression. */
  readonly limit: number | string | null;
  readonly unit: string;
  /** Value at the last transition, null where it was bad. */
  readonly value: TagValue | null;
  /** Source time at which the condition began; null in NORM, and where the condition of a hidden alarm does not hold. */
  readonly since: EpochMs | null;
  /** What hides it, the newest last; empty where it is shown. */
  readonly hiddenBy: readonly Hiding[];
  /** When shelving ends by itself. */
  readonly shelvedUntil: EpochMs | null;
  readonly acknowledgedBy: string | null;
  readonly acknowledgedAt: EpochMs | null;
}

/**
 * What happened. `raised` and `returned` of a hidden alarm are those of its condition: the state stays, nobody is
 * called. A latched alarm has `returned` and is standing until it is `reset`. `removed` closes an alarm whose rule is no
 * longer in the plant.
 */
export const alarmTransitions = [
  "raised",
  "acknowledged",
  "returned",
  "cleared",
  "reset",
  "shelved",
  "unshelved",
  "suppressed",
  "unsuppressed",
  "outOfService",
  "inService",
  "commented",
  "removed",
] as const;
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
  /** Found in data that came late: it happened at `at`, and calls nobody now. */
  readonly historical?: true;
  readonly status: AlarmStatus;
}
