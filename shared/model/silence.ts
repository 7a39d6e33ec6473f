import { type EpochMs, instant } from "./time.ts";

/** Time strictly between two neighbouring samples in which nothing was received. */
export interface Silence {
  readonly from: EpochMs;
  readonly to: EpochMs;
}

/**
 * Where neighbours in `times` (ascending, ms UTC) lie further apart than `gapAfterMs`. Derived from the samples
 * themselves, so late data closes a silence by being there.
 */
export function silencesIn(times: readonly number[], gapAfterMs: number): readonly Silence[] {
  const silences: Silence[] = [];
  for (let i = 1; i < times.length; i++) {
    const from = times[i - 1] as number;
    const to = times[i] as number;
    if (to - from > gapAfterMs) silences.push({ from: instant(from), to: instant(to) });
  }
  return silences;
}
