import type { Clock } from "#shared/kit/clock.ts";
import type { DurationMs } from "#shared/model/time.ts";

/** Lets one loop sleep until something happens or time passes. A ring before the sleep is not lost. */
export interface Wake {
  ring(): void;
  /** Resolves at the next ring, after `limit`, or when `signal` aborts. */
  wait(limit: DurationMs, signal: AbortSignal): Promise<void>;
}

export function createWake(clock: Clock): Wake {
  let rung = false;
  let sleeper: AbortController | undefined;
  return {
    ring: () => {
      rung = true;
      sleeper?.abort();
    },
    wait: async (limit, signal) => {
      if (!rung && !signal.aborted) {
        sleeper = new AbortController();
        const stop = () => sleeper?.abort();
        signal.addEventListener("abort", stop);
        await clock.sleep(limit, sleeper.signal);
        signal.removeEventListener("abort", stop);
        sleeper = undefined;
      }
      rung = false;
    },
  };
}
