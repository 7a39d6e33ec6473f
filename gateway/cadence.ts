import { createHash } from "node:crypto";
import type { Clock } from "#shared/kit/clock.ts";
import { type DurationMs, millis, minutes } from "#shared/model/time.ts";

/** How many of the polls that were due were made, over the newest ten minutes. */
export interface Cadence {
  /** One poll was made, `missed` before it were not. */
  beat(missed: number): void;
  /** From 0 to 1; null while none was due. */
  readonly kept: number | null;
}

const slotLength = minutes(1);
const slots = 10;

export function createCadence(clock: Clock): Cadence {
  const counts: { slot: number; made: number; missed: number }[] = [];
  const slotNow = () => Math.floor(clock.monotonic() / slotLength);
  const forget = () => {
    while (counts[0] && counts[0].slot <= slotNow() - slots) counts.shift();
  };
  return {
    beat: (missed) => {
      forget();
      const slot = slotNow();
      const last = counts.at(-1);
      const count = last?.slot === slot ? last : { slot, made: 0, missed: 0 };
      if (count !== last) counts.push(count);
      count.made += 1;
      count.missed += missed;
    },
    get kept() {
      forget();
      const made = counts.reduce((sum, count) => sum + count.made, 0);
      const missed = counts.reduce((sum, count) => sum + count.missed, 0);
      return made + missed === 0 ? null : made / (made + missed);
    },
  };
}

/**
 * Beats at `period`, the first `phase` after a whole period of the monotonic clock, without drift. Yields how many beats
 * a slow consumer missed before this one: they are skipped, never made up for.
 */
export async function* beats(
  clock: Clock,
  period: DurationMs,
  phase: DurationMs,
  signal: AbortSignal,
): AsyncGenerator<number> {
  let last = Math.floor((clock.monotonic() - phase) / period);
  while (!signal.aborted) {
    await clock.sleep(millis((last + 1) * period + phase - clock.monotonic()), signal);
    if (signal.aborted) return;
    // A timer may fire a little early: the beat that was waited for counts all the same.
    const now = Math.max(last + 1, Math.floor((clock.monotonic() - phase) / period));
    const missed = now - last - 1;
    last = now;
    yield missed;
  }
}

/** Where in a period a device has its beat: spread by its id, so that devices do not all ask at once. */
export function phaseOf(device: string, period: DurationMs): DurationMs {
  const even = createHash("sha256").update(device).digest().readUInt32BE() / 2 ** 32;
  return millis(Math.floor(even * period));
}
