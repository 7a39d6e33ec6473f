import { type DurationMs, millis, seconds } from "#shared/model/time.ts";
import type { Step } from "./catalogue.ts";

/** One time that a step is on. */
export interface Occurrence {
  readonly step: Step;
  /** 0 the first time. */
  readonly count: number;
}

/** Whole milliseconds: sums of them are exact. */
const exact = (s: number): DurationMs => millis(Math.round(seconds(s)));
const lasts = (step: Step): number => (step.for === undefined ? Number.POSITIVE_INFINITY : exact(step.for));
const countAt = ({ at, every }: Step, elapsed: DurationMs): number =>
  every === undefined ? 0 : Math.floor((elapsed - exact(at)) / exact(every));
const begins = ({ at, every }: Step, count: number): number => exact(at) + count * exact(every ?? 0);

/** The occurrence of `step` that is on at `elapsed` since the start. One of length 0 is on at its begin only. */
export function occurrenceAt(step: Step, elapsed: DurationMs): Occurrence | undefined {
  if (elapsed < exact(step.at)) return undefined;
  const count = countAt(step, elapsed);
  const begun = begins(step, count);
  return elapsed === begun || elapsed < begun + lasts(step) ? { step, count } : undefined;
}

/** The first time after `elapsed` at which a step begins or ends; undefined where nothing comes any more. */
export function nextChange(steps: readonly Step[], elapsed: DurationMs): DurationMs | undefined {
  const coming = steps.flatMap((step) => {
    const count = Math.max(0, countAt(step, elapsed));
    return [count, count + 1].flatMap((one) => [begins(step, one), begins(step, one) + lasts(step)]);
  });
  const later = coming.filter((one) => one > elapsed && Number.isFinite(one));
  return later.length === 0 ? undefined : millis(Math.min(...later));
}
