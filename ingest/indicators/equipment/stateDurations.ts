import { positive } from "#shared/model/checks.ts";
import type { EquipmentState } from "#shared/model/equipment.ts";
import type { Interval } from "#shared/model/interval.ts";
import type { EpochMs } from "#shared/model/time.ts";
import { createStateTimer, type StateTime } from "./stateTime.ts";

export interface StateSample {
  readonly at: EpochMs;
  readonly state: EquipmentState;
  /** Of the source; tells what came later within one instant. */
  readonly sequence: number;
}

/**
 * The samples that count, ascending (catalogue 0.5): at one instant the highest sequence. Two states under one key
 * contradict each other, so the state is unknown. The order of arrival changes nothing.
 */
export function effectiveSamples(samples: readonly StateSample[]): readonly StateSample[] {
  const effective: StateSample[] = [];
  for (const sample of samples.toSorted((a, b) => a.at - b.at || a.sequence - b.sequence)) {
    const last = effective.at(-1);
    if (last?.at !== sample.at) effective.push(sample);
    else if (last.sequence !== sample.sequence) effective[effective.length - 1] = sample;
    else if (last.state !== sample.state) effective[effective.length - 1] = { ...last, state: "UNK" };
  }
  return effective;
}

/**
 * Milliseconds per state in `span` by sample and hold (catalogue 0.4). A state holds at most `holdMs`, `Infinity` only
 * for sources that report by exception under a heartbeat; the newest sample before the span is carried in.
 */
export function stateDurations(samples: readonly StateSample[], span: Interval, holdMs: number): StateTime {
  if (holdMs !== Number.POSITIVE_INFINITY) positive(holdMs, "longest hold");
  const timer = createStateTimer(span.from, holdMs);
  for (const { at, state } of effectiveSamples(samples)) if (at < span.to) timer.add(at, state);
  return timer.upTo(span.to);
}
