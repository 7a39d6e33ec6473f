import { type AlarmState, type AlarmTransition, type HiddenState, isHidden } from "#shared/model/alarm.ts";
import { type EpochMs, instant } from "#shared/model/time.ts";
import { type ConditionMemory, quietCondition, turnsAt, useReadings, wake, wakesAt } from "./condition.ts";
import type { Reading } from "./kinds/kind.ts";
import { type LifecycleEvent, moved, revealed } from "./lifecycle.ts";
import type { AlarmRule } from "./rule.ts";

/** All that an alarm remembers. */
export interface AlarmMemory {
  readonly state: AlarmState;
  readonly condition: ConditionMemory;
  /** When the condition of the newest activation began; kept until the alarm is back in NORM. */
  readonly since: EpochMs | null;
  /** Source time of the newest sample used, by input of the rule. */
  readonly newestAt: readonly (EpochMs | null)[];
  /** What hides the alarm, the newest last. */
  readonly hiddenBy: readonly HiddenState[];
  readonly shelvedUntil: EpochMs | null;
}

export const quietMemory = ({ condition }: AlarmRule): AlarmMemory => ({
  state: "NORM",
  condition: quietCondition(condition),
  since: null,
  newestAt: [],
  hiddenBy: [],
  shelvedUntil: null,
});

export type AlarmInput =
  /** All readings of one instant, at most one of each input. */
  | { readonly kind: "sample"; readonly at: EpochMs; readonly readings: readonly Reading[] }
  /** Delays run out up to and including this source time. */
  | { readonly kind: "clock"; readonly at: EpochMs }
  | { readonly kind: "acknowledge" | "reset"; readonly at: EpochMs }
  | { readonly kind: "shelve"; readonly at: EpochMs; readonly until: EpochMs }
  | { readonly kind: "suppress" | "removeFromService"; readonly at: EpochMs }
  /** The end of what hides it, by a person, by logic, or because the time is over. */
  | { readonly kind: "reveal"; readonly from: HiddenState; readonly at: EpochMs };

export type SampleInput = Extract<AlarmInput, { readonly kind: "sample" }>;

/** One change, with the memory after it. */
export interface AlarmChange {
  readonly transition: AlarmTransition;
  readonly at: EpochMs;
  readonly memory: AlarmMemory;
  /** Whether it calls for a person's attention, or would have done were the alarm not hidden. */
  readonly annunciation: "none" | "annunciated" | "suppressed";
}

export interface AlarmStep {
  readonly memory: AlarmMemory;
  readonly changes: readonly AlarmChange[];
}

const hidings = {
  SHLVD: { begins: "shelved", ends: "unshelved" },
  DSUPR: { begins: "suppressed", ends: "unsuppressed" },
  OOSRV: { begins: "outOfService", ends: "inService" },
} as const satisfies Record<HiddenState, { begins: AlarmTransition; ends: AlarmTransition }>;

/** `since` belongs to a standing alarm, or to a hidden one whose condition holds. */
const tidy = (memory: AlarmMemory): AlarmMemory =>
  memory.state === "NORM" || (isHidden(memory.state) && !memory.condition.holds) ? { ...memory, since: null } : memory;

function change(step: AlarmStep, transition: AlarmTransition, at: EpochMs, next: AlarmMemory): AlarmStep {
  const memory = tidy(next);
  const isRaised = memory.state === "UNACK" && step.memory.state !== "UNACK";
  const isKept = transition === "raised" && isHidden(memory.state);
  const annunciation = isRaised ? "annunciated" : isKept ? "suppressed" : "none";
  return { memory, changes: [...step.changes, { transition, at, memory, annunciation }] };
}

function transitionOf(event: LifecycleEvent, to: AlarmState): AlarmTransition {
  if (event === "ALM") return "raised";
  if (event === "RTN") return to === "NORM" ? "cleared" : "returned";
  return event === "ACK" ? "acknowledged" : "reset";
}

function happen(rule: AlarmRule, step: AlarmStep, event: LifecycleEvent, at: EpochMs): AlarmStep {
  const { memory } = step;
  if (isHidden(memory.state)) {
    const isOfTheCondition = event === "ALM" || event === "RTN";
    return isOfTheCondition ? change(step, event === "ALM" ? "raised" : "returned", at, memory) : step;
  }
  const state = moved(memory.state, event, rule.latching);
  return state === null ? step : change(step, transitionOf(event, state), at, { ...memory, state });
}

/** Turns the condition whose delay has run out at `at`, and stamps it so. */
function turn(rule: AlarmRule, step: AlarmStep, at: EpochMs): AlarmStep {
  const { memory } = step;
  const { holds, pendingSince } = memory.condition;
  const condition = { ...memory.condition, holds: !holds, pendingSince: null };
  if (!holds) {
    return happen(rule, { ...step, memory: { ...memory, condition, since: pendingSince } }, "ALM", at);
  }
  // A clock that ran ahead of the samples may have raised it after the time at which it now proves to have ended.
  const raisedAt = memory.since === null ? at : memory.since + rule.onDelayMs;
  return happen(rule, { ...step, memory: { ...memory, condition } }, "RTN", instant(Math.max(at, raisedAt)));
}

/** Lets happen what time alone brings; at one instant the evidence is looked at before a delay ends. */
function expire(rule: AlarmRule, start: AlarmStep, isDue: (at: EpochMs) => boolean): AlarmStep {
  let step = start;
  for (;;) {
    const { memory } = step;
    const [turning, look] = [turnsAt(rule, memory.condition), wakesAt(rule, memory.condition)];
    if (look !== null && (turning === null || look <= turning)) {
      if (!isDue(look)) return step;
      step = { ...step, memory: { ...memory, condition: wake(rule, memory.condition, look) } };
    } else {
      if (turning === null || !isDue(turning)) return step;
      step = turn(rule, step, turning);
    }
  }
}

function hide(step: AlarmStep, by: HiddenState, at: EpochMs, shelvedUntil: EpochMs | null): AlarmStep {
  const { memory } = step;
  if (memory.hiddenBy.includes(by) && shelvedUntil === memory.shelvedUntil) return step;
  const hiddenBy = [...memory.hiddenBy.filter((other) => other !== by), by];
  return change(step, hidings[by].begins, at, { ...memory, state: by, hiddenBy, shelvedUntil });
}

function reveal(step: AlarmStep, from: HiddenState, at: EpochMs): AlarmStep {
  const { memory } = step;
  if (!memory.hiddenBy.includes(from)) return step;
  const hiddenBy = memory.hiddenBy.filter((other) => other !== from);
  const state = hiddenBy.at(-1) ?? revealed(memory.condition.holds);
  const shelvedUntil = from === "SHLVD" ? null : memory.shelvedUntil;
  return change(step, hidings[from].ends, at, { ...memory, state, hiddenBy, shelvedUntil });
}

/** The newest time of all inputs, null before the first sample. */
export function newestOf({ newestAt }: Pick<AlarmMemory, "newestAt">): EpochMs | null {
  let newest: EpochMs | null = null;
  for (const at of newestAt) if (at !== null && at !== undefined && (newest === null || at > newest)) newest = at;
  return newest;
}

function useSample(rule: AlarmRule, step: AlarmStep, at: EpochMs, readings: readonly Reading[]): AlarmStep {
  const { memory } = step;
  const newestAt = [...memory.newestAt];
  for (const { input } of readings) newestAt[input] = at;
  // Of several tags one may come later than the others: it counts from now on.
  const usedAt = instant(Math.max(at, newestOf(memory) ?? at));
  return { ...step, memory: { ...memory, newestAt, condition: useReadings(rule, memory.condition, usedAt, readings) } };
}

/**
 * One step of the alarm life cycle of ISA-18.2 / IEC 62682. Order within one instant: commands, samples, delays; so a
 * sample that clears exactly when the on-delay runs out cancels the activation, and an acknowledgement at the instant
 * of an activation does not acknowledge it. A sample that is not newer than the newest one used of its input changes
 * nothing. Bad quality holds what was, except for the kinds of rules that are about quality.
 */
export function stepAlarm(rule: AlarmRule, memory: AlarmMemory, input: AlarmInput): AlarmStep {
  const start: AlarmStep = { memory, changes: [] };
  const { kind, at } = input;
  switch (kind) {
    case "sample": {
      const readings = input.readings.filter(({ input: of }) => at > (memory.newestAt[of] ?? Number.NEGATIVE_INFINITY));
      if (readings.length === 0) return start;
      const before = expire(rule, start, (due) => due < at);
      return expire(rule, useSample(rule, before, at, readings), (due) => due <= at);
    }
    case "clock":
      return expire(rule, start, (due) => due <= at);
    case "acknowledge":
      return happen(rule, start, "ACK", at);
    case "reset":
      return happen(rule, start, "RESET", at);
    case "shelve":
      return hide(start, "SHLVD", at, input.until);
    case "suppress":
      return hide(start, "DSUPR", at, memory.shelvedUntil);
    case "removeFromService":
      return hide(start, "OOSRV", at, memory.shelvedUntil);
    case "reveal":
      return reveal(start, input.from, at);
  }
}
