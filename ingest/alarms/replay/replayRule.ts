import { type DurationMs, type EpochMs, instant, millis } from "#shared/model/time.ts";
import type { AlarmRule } from "../rule.ts";
import { runAlarm } from "../run.ts";
import { type AlarmMemory, quietMemory, type SampleInput } from "../step.ts";

/** One time that the alarm would have been raised. */
export interface Activation {
  readonly raisedAt: EpochMs;
  /** null where it stood at the end. */
  readonly returnedAt: EpochMs | null;
}

/** What a rule makes of stored history. */
export interface RuleReplay {
  readonly samples: number;
  /** Of these without a usable value: the last good one was held. */
  readonly bad: number;
  /** Longest time without a sample; an alarm that stands in it may have been over long since. */
  readonly longestSilence: DurationMs;
  /** Raised within the time asked for, oldest first. */
  readonly activations: readonly Activation[];
  /** Whether the alarm stood already when that time began. */
  readonly stoodBefore: boolean;
}

/**
 * Runs a rule over `history`, inputs in the order of time that begin early enough for what the rule remembers, and
 * reports from <= at < to, as if nobody had acknowledged or shelved anything and no other alarm suppressed it.
 */
export async function replayRule(
  rule: AlarmRule,
  history: AsyncIterable<readonly SampleInput[]>,
  from: EpochMs,
  to: EpochMs,
): Promise<RuleReplay> {
  const plain = { ...rule, latching: false };
  let memory: AlarmMemory = quietMemory(plain);
  const all: { raisedAt: EpochMs; returnedAt: EpochMs | null }[] = [];
  let [samples, bad, longestSilence] = [0, 0, 0];
  let newest: number = from;
  const run = (inputs: readonly SampleInput[], end: EpochMs): void => {
    const done = runAlarm(plain, inputs, [], end, memory);
    memory = done.memory;
    for (const { transition, at } of done.changes) {
      const current = all.at(-1);
      if (transition === "raised") all.push({ raisedAt: at, returnedAt: null });
      else if (current) current.returnedAt = at;
    }
  };
  for await (const inputs of history) {
    for (const { at, readings } of inputs) {
      if (at < from) continue;
      samples += readings.length;
      bad += readings.filter(({ value }) => value === null).length;
      longestSilence = Math.max(longestSilence, at - newest);
      newest = at;
    }
    run(inputs, inputs.at(-1)?.at ?? from);
  }
  run([], instant(to - 1));
  return {
    samples,
    bad,
    longestSilence: millis(Math.max(longestSilence, to - newest)),
    activations: all.filter(({ raisedAt }) => raisedAt >= from),
    stoodBefore: all.some(({ raisedAt, returnedAt }) => raisedAt < from && (returnedAt === null || returnedAt >= from)),
  };
}
