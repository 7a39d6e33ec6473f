import type { AlarmState, AlarmTransition } from "#shared/model/alarm.ts";
import { type EpochMs, instant } from "#shared/model/time.ts";

/** What a rule asks, in the tag's unit and milliseconds. */
export interface AlarmCondition {
  readonly kind: "high" | "low";
  readonly limit: number;
  readonly deadband: number;
  readonly onDelayMs: number;
}

/** All that an alarm remembers. */
export interface AlarmMemory {
  readonly state: AlarmState;
  /** Source time since which the condition has held without a break; null while it does not hold. */
  readonly trueSince: EpochMs | null;
  /** `trueSince` of the newest activation, kept until the alarm is back in NORM. */
  readonly since: EpochMs | null;
  /** Source time of the newest sample used. */
  readonly newestAt: EpochMs | null;
}

export const quietMemory: AlarmMemory = { state: "NORM", trueSince: null, since: null, newestAt: null };

export type AlarmInput =
  /** `value` is null where the sample is bad. */
  | { readonly kind: "sample"; readonly at: EpochMs; readonly value: number | null }
  | { readonly kind: "clock"; readonly at: EpochMs }
  | { readonly kind: "acknowledge"; readonly at: EpochMs };

/**
 * One change of state: `raised` to UNACK; `returned` UNACK to RTNUN; `cleared` ACKED to NORM; `acknowledged` UNACK to
 * ACKED or RTNUN to NORM.
 */
export interface AlarmChange {
  readonly transition: AlarmTransition;
  readonly at: EpochMs;
  readonly memory: AlarmMemory;
}

export interface AlarmStep {
  readonly memory: AlarmMemory;
  readonly changes: readonly AlarmChange[];
}

const isActive = (state: AlarmState): boolean => state === "UNACK" || state === "ACKED";

/** Whether the condition holds at `value`: at the limit it does, and it ends only beyond the deadband. */
function holds({ kind, limit, deadband }: AlarmCondition, held: boolean, value: number): boolean {
  if (kind === "high") return held ? value >= limit - deadband : value >= limit;
  return held ? value <= limit + deadband : value <= limit;
}

const activationAt = (rule: AlarmCondition, trueSince: EpochMs): EpochMs => instant(trueSince + rule.onDelayMs);

/** Raises the alarm whose on-delay has run out; stamped with the instant at which it ran out. */
function expire(rule: AlarmCondition, step: AlarmStep, until: (activation: EpochMs) => boolean): AlarmStep {
  const { memory } = step;
  if (memory.trueSince === null || isActive(memory.state)) return step;
  const at = activationAt(rule, memory.trueSince);
  if (!until(at)) return step;
  return change(step, "raised", at, { ...memory, state: "UNACK", since: memory.trueSince });
}

const change = (step: AlarmStep, transition: AlarmTransition, at: EpochMs, memory: AlarmMemory): AlarmStep => ({
  memory,
  changes: [...step.changes, { transition, at, memory }],
});

function useSample(rule: AlarmCondition, was: AlarmStep, at: EpochMs, value: number | null): AlarmStep {
  const step = { ...was, memory: { ...was.memory, newestAt: at } };
  const { memory } = step;
  // Bad quality holds: the last good value stays in force and timers run on (fail-safe).
  if (value === null) return step;
  if (holds(rule, memory.trueSince !== null, value)) {
    return memory.trueSince === null ? { ...step, memory: { ...memory, trueSince: at } } : step;
  }
  const { trueSince } = memory;
  if (trueSince === null) return step;
  const calm = { ...memory, trueSince: null };
  const endedAt = instant(Math.max(at, activationAt(rule, trueSince)));
  if (memory.state === "UNACK") return change(step, "returned", endedAt, { ...calm, state: "RTNUN" });
  if (memory.state === "ACKED") return change(step, "cleared", endedAt, { ...calm, state: "NORM", since: null });
  return { ...step, memory: calm };
}

function acknowledge(step: AlarmStep, at: EpochMs): AlarmStep {
  const { memory } = step;
  if (memory.state === "UNACK") return change(step, "acknowledged", at, { ...memory, state: "ACKED" });
  if (memory.state === "RTNUN") return change(step, "acknowledged", at, { ...memory, state: "NORM", since: null });
  return step;
}

/**
 * One step of the alarm life cycle of ISA-18.2 / IEC 62682 (states NORM, UNACK, ACKED, RTNUN). Order within one
 * instant: commands, samples, timers; so a sample that clears exactly when the on-delay runs out cancels the
 * activation. A sample that is not newer than the newest one used changes nothing.
 */
export function stepAlarm(rule: AlarmCondition, memory: AlarmMemory, input: AlarmInput): AlarmStep {
  const start: AlarmStep = { memory, changes: [] };
  if (input.kind === "clock") return expire(rule, start, (at) => at <= input.at);
  if (input.kind === "acknowledge") return acknowledge(start, input.at);
  if (memory.newestAt !== null && input.at <= memory.newestAt) return start;
  const before = expire(rule, start, (at) => at < input.at);
  return expire(rule, useSample(rule, before, input.at, input.value), (at) => at <= input.at);
}
