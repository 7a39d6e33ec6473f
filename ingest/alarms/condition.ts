import { type EpochMs, instant } from "#shared/model/time.ts";
import type { Condition, Reading } from "./kinds/kind.ts";
import type { AlarmRule } from "./rule.ts";

/** What is known of a condition: whether it holds, delays applied, and since when it has been otherwise. */
export interface ConditionMemory {
  readonly holds: boolean;
  /** Source time since which the condition has contradicted `holds` without a break; a delay runs from here. */
  readonly pendingSince: EpochMs | null;
  /** What the rule's kind remembers. */
  readonly evidence: unknown;
  /** Source time of the last look at the evidence; null before the first. */
  readonly judgedAt: EpochMs | null;
}

export const quietCondition = ({ start }: Condition): ConditionMemory => ({
  holds: false,
  pendingSince: null,
  evidence: start,
  judgedAt: null,
});

const isThere = ({ holds, pendingSince }: ConditionMemory): boolean => holds === (pendingSince === null);

function judged(condition: Condition, memory: ConditionMemory, evidence: unknown, at: EpochMs): ConditionMemory {
  const settled = condition.settle ? condition.settle(evidence, at) : evidence;
  const was = isThere(memory);
  const is = condition.judge(settled, at, was) ?? was;
  const { holds } = memory;
  const pendingSince = is === was ? memory.pendingSince : is === holds ? null : at;
  return { holds, pendingSince, evidence: settled, judgedAt: at };
}

/** The memory after the readings of one instant; delays are not run out here, not even those of zero. */
export function useReadings(
  { condition }: AlarmRule,
  memory: ConditionMemory,
  at: EpochMs,
  readings: readonly Reading[],
): ConditionMemory {
  let { evidence } = memory;
  for (const reading of readings) evidence = condition.use(evidence, at, reading);
  return judged(condition, memory, evidence, at);
}

/** The memory after an instant at which time alone may have changed it. */
export const wake = ({ condition }: AlarmRule, memory: ConditionMemory, at: EpochMs): ConditionMemory =>
  judged(condition, memory, memory.evidence, at);

/** When to look again though nothing comes; null where only readings matter. */
export function wakesAt({ condition }: AlarmRule, { evidence, judgedAt }: ConditionMemory): EpochMs | null {
  return condition.wakes && judgedAt !== null ? condition.wakes(evidence, judgedAt) : null;
}

/** When the condition will turn if nothing contradicts; null where nothing is pending. */
export function turnsAt({ onDelayMs, offDelayMs }: AlarmRule, memory: ConditionMemory): EpochMs | null {
  if (memory.pendingSince === null) return null;
  return instant(memory.pendingSince + (memory.holds ? offDelayMs : onDelayMs));
}

/** What comes next by time alone: a look at the evidence, or the end of a delay. */
export function nextAt(rule: AlarmRule, memory: ConditionMemory): EpochMs | null {
  const [turn, look] = [turnsAt(rule, memory), wakesAt(rule, memory)];
  if (turn === null || look === null) return turn ?? look;
  return instant(Math.min(turn, look));
}
