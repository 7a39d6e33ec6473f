import { type DurationMs, type EpochMs, elapsed, hours, millis, minutes, seconds } from "#shared/model/time.ts";
import type { Activation, RuleReplay } from "./replayRule.ts";

/** How a rule would have behaved, in the terms of ISA-18.2 (chattering S-06, fleeting alarms). */
export interface RuleFigures {
  readonly activations: number;
  readonly perDay: number;
  /** Of the worst 24 h, 10 min, 60 s (half-open windows that begin with an activation). */
  readonly most: { readonly in24h: number; readonly in10min: number; readonly in60s: number };
  /** Over before any response is possible. */
  readonly fleeting: number;
  readonly medianMs: DurationMs | null;
  readonly longestMs: DurationMs | null;
  /** Time in alarm as a share of the time asked for. */
  readonly activeShare: number;
}

const fleetingBelow = seconds(10);

const mostWithin = (activations: readonly Activation[], width: DurationMs): number => {
  let [most, first] = [0, 0];
  for (const [last, { raisedAt }] of activations.entries()) {
    while (raisedAt - (activations[first]?.raisedAt ?? raisedAt) >= width) first++;
    most = Math.max(most, last - first + 1);
  }
  return most;
};

export function ruleFigures({ activations }: RuleReplay, from: EpochMs, to: EpochMs): RuleFigures {
  const lengths = activations.map(({ raisedAt, returnedAt }) => elapsed(raisedAt, returnedAt ?? to));
  const sorted = lengths.toSorted((a, b) => a - b);
  const active = lengths.reduce((sum, length) => sum + length, 0);
  return {
    activations: activations.length,
    perDay: activations.length / (elapsed(from, to) / hours(24)),
    most: {
      in24h: mostWithin(activations, hours(24)),
      in10min: mostWithin(activations, minutes(10)),
      in60s: mostWithin(activations, seconds(60)),
    },
    fleeting: activations.filter(
      ({ raisedAt, returnedAt }) => returnedAt !== null && returnedAt - raisedAt < fleetingBelow,
    ).length,
    medianMs: sorted.length === 0 ? null : millis(sorted[Math.ceil(sorted.length / 2) - 1] ?? 0),
    longestMs: sorted.at(-1) ?? null,
    activeShare: active / elapsed(from, to),
  };
}
