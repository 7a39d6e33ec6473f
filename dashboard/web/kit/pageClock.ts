import type { EpochMs } from "#shared/model/time.ts";

/** Stops a timer; calling it twice does no harm. */
export type Stop = () => void;

/** Time as an argument of the pages; `main.ts` makes the real one, tests step their own. */
export interface PageClock {
  /** Wall time of this browser; the server's time comes from the heartbeat. */
  now(): EpochMs;
  every(periodMs: number, run: () => void): Stop;
  after(waitMs: number, run: () => void): Stop;
  /** Before the next paint; never while the page is hidden. */
  frame(run: () => void): Stop;
}
