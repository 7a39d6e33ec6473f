import type { AlarmBenchmark } from "#shared/model/alarmBenchmarks.ts";
import { type DurationMs, type EpochMs, elapsed, hours, millis, minutes, seconds } from "#shared/model/time.ts";
import type { Activation, RuleReplay } from "./replayRule.ts";

/** How a rule would have behaved, in the terms of ISA-18.2 (chattering S-06, fleeting alarms). */
export interface RuleFigures {
  readonly activations: number;
  readonly perDay: number;
  /** Of the worst day and windows (half-open, beginning with an activation). */
  readonly most: { readonly inDay: number; readonly inWindow: number; readonly inChatterWindow: number };
  readonly chatters: boolean;
  /** Over before any response is possible. */
  readonly fleeting: number;
  readonly medianMs: DurationMs | null;
  readonly longestMs: DurationMs | null;
  /** Time in alarm as a share of the time asked for. */
  readonly activeShare: number;
}

const mostWithin = (activations: readonly Activation[], width: DurationMs): number => {
  let [most, first] = [0, 0];
  for (const [last, { raisedAt }] of activations.entries()) {
    while (raisedAt - (activations[first]?.raisedAt ?? raisedAt) >= width) first++;
    most = Math.max(most, last - first + 1);
  }
  return most;
};

/** `benchmark` has the windows and limits that the standard counts by. */
export function ruleFigures(
  { activations }: RuleReplay,
  from: EpochMs,
  to: EpochMs,
  benchmark: AlarmBenchmark,
): RuleFigures {
  const fleetingBelow = seconds(benchmark.fleetingBelowS);
  const inChatterWindow = mostWithin(activations, seconds(benchmark.chatterWindowS));
  const lengths = activations.map(({ raisedAt, returnedAt }) => elapsed(raisedAt, returnedAt ?? to));
  const sorted = lengths.toSorted((a, b) => a - b);
  const active = lengths.reduce((sum, length) => sum + length, 0);
  return {
    activations: activations.length,
    perDay: activations.length / (elapsed(from, to) / hours(24)),
    most: {
      inDay: mostWithin(activations, hours(24)),
      inWindow: mostWithin(activations, minutes(benchmark.windowMinutes)),
      inChatterWindow,
    },
    chatters: inChatterWindow >= benchmark.chatterActivations,
    fleeting: activations.filter(
      ({ raisedAt, returnedAt }) => returnedAt !== null && returnedAt - raisedAt < fleetingBelow,
    ).length,
    medianMs: sorted.length === 0 ? null : millis(sorted[Math.ceil(sorted.length / 2) - 1] ?? 0),
    longestMs: sorted.at(-1) ?? null,
    activeShare: active / elapsed(from, to),
  };
}
