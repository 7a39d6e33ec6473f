import type { EpochMs } from "#shared/model/time.ts";
import { nextAt } from "./condition.ts";
import type { AlarmRule } from "./rule.ts";
import {
  type AlarmChange,
  type AlarmInput,
  type AlarmMemory,
  quietMemory,
  type SampleInput,
  stepAlarm,
} from "./step.ts";

export type CommandInput = Exclude<AlarmInput, { readonly kind: "sample" | "clock" }>;

export interface AlarmRun {
  readonly changes: readonly AlarmChange[];
  readonly memory: AlarmMemory;
}

/** What comes next by time alone: of the condition, or, where both come at once after it, the end of the shelving. */
function nextTimer(rule: AlarmRule, memory: AlarmMemory): AlarmInput | null {
  const turn = nextAt(rule, memory.condition);
  const { shelvedUntil } = memory;
  if (turn !== null && (shelvedUntil === null || turn <= shelvedUntil)) return { kind: "clock", at: turn };
  return shelvedUntil === null ? null : { kind: "reveal", from: "SHLVD", at: shelvedUntil };
}

/**
 * What a rule makes of samples and commands up to and including `end`, as if all had come in time: delays and shelvings
 * run out exactly when they end. Both lists are in the order of time; at one instant commands come first, then samples,
 * then what runs out.
 */
export function runAlarm(
  rule: AlarmRule,
  samples: readonly SampleInput[],
  commands: readonly CommandInput[],
  end: EpochMs,
  from: AlarmMemory = quietMemory(rule),
): AlarmRun {
  const inputs = [...commands, ...samples].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
  let memory = from;
  const changes: AlarmChange[] = [];
  const feed = (input: AlarmInput): void => {
    const step = stepAlarm(rule, memory, input);
    memory = step.memory;
    changes.push(...step.changes);
  };
  const runOut = (until: number): void => {
    for (let timer = nextTimer(rule, memory); timer && timer.at <= until; timer = nextTimer(rule, memory)) feed(timer);
  };
  for (const input of inputs) {
    runOut(input.at - 1);
    feed(input);
  }
  runOut(end);
  return { changes, memory };
}
