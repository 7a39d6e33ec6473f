import { type DurationMs, type EpochMs, instant, millis } from "#shared/model/time.ts";

/** Time as an argument: the shell gets one, pure code gets the instant. */
export interface Clock {
  /** Wall time; may jump. */
  now(): EpochMs;
  /** Never goes back; for timers and intervals only. */
  monotonic(): DurationMs;
  /** Resolves after `wait`; resolves at once when `signal` aborts (look at `signal.aborted` afterwards). */
  sleep(wait: DurationMs, signal?: AbortSignal): Promise<void>;
}

/** Node fires a timer above 2^31-1 ms at once. */
const longestTimer = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => instant(Date.now()),
  monotonic: () => millis(performance.now()),
  sleep: (wait, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const done = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, Math.min(Math.max(0, wait), longestTimer));
      signal?.addEventListener("abort", done);
    }),
};

/** Yields at `period`, without drift; a beat missed by a slow consumer is skipped, never made up for. */
export async function* ticks(clock: Clock, period: DurationMs, signal: AbortSignal): AsyncGenerator<EpochMs> {
  let next = clock.monotonic() + period;
  while (!signal.aborted) {
    await clock.sleep(millis(next - clock.monotonic()), signal);
    if (signal.aborted) return;
    yield clock.now();
    const late = clock.monotonic() - next;
    next += period * Math.max(1, Math.ceil(late / period));
  }
}
