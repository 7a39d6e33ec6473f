import type { Clock } from "#shared/kit/clock.ts";
import { type DurationMs, millis } from "#shared/model/time.ts";

/** Of the time of a line, all units together that do not answer get one part in this many. */
const share = 20;

/**
 * Units that left their newest request unanswered. Each try of one of them keeps the others waiting for its timeout,
 * so the tries are spread: one unit at a time, and after each wasted wait a rest of that times `share`. A try that is
 * answered wastes nothing, so units that come back together are all back at once.
 */
export interface SilentUnits {
  answered(unit: number): void;
  /** The line waited for the unit in vain; `harmed` says whether anybody could have used the time. */
  wasted(unit: number, wait: number, harmed: boolean): void;
  /** Resolves when the unit may try, or on abort. `harmsOthers` says whether anybody would wait for it. */
  turn(unit: number, timeout: DurationMs, harmsOthers: () => boolean, signal: AbortSignal): Promise<void>;
  left(unit: number): void;
  has(unit: number): boolean;
}

export function createSilentUnits(clock: Clock): SilentUnits {
  const silent = new Set<number>();
  /** Units that may try now, and until when that keeps the next one waiting, should they not use it. */
  const trying = new Map<number, number>();
  let nextTry = 0;
  let changed = new AbortController();

  const tell = () => {
    changed.abort();
    changed = new AbortController();
  };

  return {
    answered: (unit) => {
      if (!silent.delete(unit)) return;
      trying.delete(unit);
      tell();
    },
    wasted: (unit, wait, harmed) => {
      silent.add(unit);
      if (!harmed) return;
      const now = clock.monotonic();
      // A unit on trial pays for each wait, a unit that has just died for the newest of its waits only.
      nextTry = trying.has(unit) ? Math.max(nextTry, now) + share * wait : Math.max(nextTry, now + share * wait);
    },
    turn: async (unit, timeout, harmsOthers, signal) => {
      while (silent.has(unit) && harmsOthers() && !signal.aborted) {
        const wait = Math.max(nextTry, ...trying.values()) - clock.monotonic();
        if (wait <= 0) break;
        await clock.sleep(millis(wait), AbortSignal.any([signal, changed.signal]));
      }
      if (silent.has(unit)) trying.set(unit, clock.monotonic() + share * timeout);
    },
    left: (unit) => {
      trying.delete(unit);
      tell();
    },
    has: (unit) => silent.has(unit),
  };
}
