import type { Clock } from "#shared/kit/clock.ts";
import { millis } from "#shared/model/time.ts";

/**
 * One timer for all deadlines of a line: a timer per request would cost more than the request. Rings once, not after
 * the earliest instant that was asked for; whoever is woken looks at what is due and asks again.
 */
export interface Alarm {
  /** `at` is an instant of the monotonic clock in ms. */
  by(at: number): void;
  stop(): void;
}

export function createAlarm(clock: Clock, ring: () => void): Alarm {
  let set: { readonly at: number; readonly off: AbortController } | undefined;

  const stop = () => {
    set?.off.abort();
    set = undefined;
  };

  return {
    by: (at) => {
      if (set && set.at <= at) return;
      stop();
      const mine = { at, off: new AbortController() };
      set = mine;
      void clock.sleep(millis(at - clock.monotonic()), mine.off.signal).then(() => {
        if (set !== mine) return;
        set = undefined;
        ring();
      });
    },
    stop,
  };
}
