import type { DurationMs } from "#shared/model/time.ts";

/** Bounds how fast a backlog is sent, so that it takes neither the link nor the host from what is live. */
export interface Pace {
  /** Whether more may be sent now. Time is monotonic. */
  allows(now: DurationMs): boolean;
  spent(samples: number): void;
}

/** What was not used is saved for this long at most. */
const burstSeconds = 0.5;

export function createPace(samplesPerSecond: number): Pace {
  const most = samplesPerSecond * burstSeconds;
  let left = most;
  let filledAt: DurationMs | undefined;
  return {
    allows: (now) => {
      left = Math.min(most, left + ((now - (filledAt ?? now)) / 1_000) * samplesPerSecond);
      filledAt = now;
      // A batch goes whole, and the next one waits for what it took in advance.
      return left > 0;
    },
    spent: (samples) => {
      left -= samples;
    },
  };
}
