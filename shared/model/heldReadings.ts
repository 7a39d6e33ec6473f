import type { Interval } from "./interval.ts";
import { type EpochMs, instant } from "./time.ts";

/** Time in which a reading holds; null where nothing is known. */
export interface HeldReading<Reading> extends Interval {
  readonly reading: Reading | null;
}

/**
 * Fills `span` with readings: each holds to the next one, at most `holdMs`, and one that says nothing holds for no time
 * (catalogue 0.4). `first` is the newest before the span; `readings` ascend. Neighbours are not joined.
 */
export function heldReadings<Reading extends { readonly at: EpochMs }>(
  first: Reading | null,
  readings: readonly Reading[],
  span: Interval,
  holdMs: number,
  saysSomething: (reading: Reading) => boolean,
): readonly HeldReading<Reading>[] {
  const held: HeldReading<Reading>[] = [];
  let now = first;
  let { from } = span;
  const upTo = (to: EpochMs): void => {
    const known = now && saysSomething(now) ? instant(Math.min(to, now.at + holdMs)) : from;
    if (known > from) {
      held.push({ from, to: known, reading: now });
      from = known;
    }
    if (to > from) held.push({ from, to, reading: null });
    from = to;
  };
  for (const reading of readings) {
    upTo(reading.at);
    now = reading;
  }
  upTo(span.to);
  return held;
}
