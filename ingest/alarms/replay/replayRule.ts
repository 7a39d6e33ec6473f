import type { TagId } from "#shared/model/sample.ts";
import { type DurationMs, type EpochMs, instant, millis } from "#shared/model/time.ts";
import type { SampleReader } from "#shared/store/port.ts";
import { numberOf } from "../numberOf.ts";
import { runAlarm, type SampleInput } from "../run.ts";
import { type AlarmMemory, type AlarmRule, quietMemory } from "../step.ts";

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

const page = 50_000;

/** Samples from the newest before `from` on, page by page: what holds at the beginning was said before. */
async function* history(reader: SampleReader, tag: TagId, from: EpochMs, to: EpochMs): AsyncGenerator<SampleInput[]> {
  const asInput = ({ at, value }: { at: EpochMs; value: Parameters<typeof numberOf>[0] }): SampleInput => ({
    kind: "sample",
    at,
    value: numberOf(value),
  });
  const before = (await reader.last([tag], from)).get(tag);
  if (before) yield [asInput(before)];
  for (let next = from; ; ) {
    const { samples, more } = await reader.range(tag, next, to, page);
    if (samples.length > 0) yield samples.map(asInput);
    const last = samples.at(-1);
    if (!more || !last) return;
    next = instant(last.at + 1);
  }
}

/** Runs `rule` over the stored samples of `tag` with from <= at < to, as if nobody had acknowledged or shelved anything. */
export async function replayRule(
  rule: AlarmRule,
  reader: SampleReader,
  tag: TagId,
  from: EpochMs,
  to: EpochMs,
): Promise<RuleReplay> {
  let memory: AlarmMemory = quietMemory;
  const all: { raisedAt: EpochMs; returnedAt: EpochMs | null }[] = [];
  let [samples, bad, longestSilence] = [0, 0, 0];
  let newest: number = from;
  const run = (inputs: readonly SampleInput[], end: EpochMs): void => {
    const done = runAlarm({ ...rule, latching: false }, inputs, [], end, memory);
    memory = done.memory;
    for (const { transition, at } of done.changes) {
      const current = all.at(-1);
      if (transition === "raised") all.push({ raisedAt: at, returnedAt: null });
      else if (current) current.returnedAt = at;
    }
  };
  for await (const inputs of history(reader, tag, from, to)) {
    for (const { at, value } of inputs) {
      if (at < from) continue;
      samples++;
      if (value === null) bad++;
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
