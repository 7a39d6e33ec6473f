import { type EpochMs, instant } from "#shared/model/time.ts";

/** What a rule asks, in the tag's unit and milliseconds. */
export interface AlarmCondition {
  readonly kind: "high" | "low";
  readonly limit: number;
  readonly deadband: number;
  readonly onDelayMs: number;
  readonly offDelayMs: number;
}

/** What is known of a condition: whether it holds, delays applied, and since when the value has said otherwise. */
export interface ConditionMemory {
  readonly holds: boolean;
  /** Source time since which the value has contradicted `holds` without a break; a delay runs from here. */
  readonly pendingSince: EpochMs | null;
}

export const quietCondition: ConditionMemory = { holds: false, pendingSince: null };

const isBeyond = ({ holds, pendingSince }: ConditionMemory): boolean => holds === (pendingSince === null);

/** Whether the value is beyond the limit: at the limit it is, and it is back only beyond the deadband. */
function judge({ kind, limit, deadband }: AlarmCondition, was: boolean, value: number): boolean {
  if (kind === "high") return was ? value >= limit - deadband : value >= limit;
  return was ? value <= limit + deadband : value <= limit;
}

/** The memory after a good value; delays are not run out here, not even those of zero. */
export function useValue(rule: AlarmCondition, memory: ConditionMemory, at: EpochMs, value: number): ConditionMemory {
  const was = isBeyond(memory);
  const is = judge(rule, was, value);
  if (is === was) return memory;
  return { holds: memory.holds, pendingSince: is === memory.holds ? null : at };
}

/** When the condition will turn if no value contradicts; null where nothing is pending. */
export function turnsAt({ onDelayMs, offDelayMs }: AlarmCondition, memory: ConditionMemory): EpochMs | null {
  if (memory.pendingSince === null) return null;
  return instant(memory.pendingSince + (memory.holds ? offDelayMs : onDelayMs));
}
