import type { Clock } from "#shared/kit/clock.ts";
import type { DurationMs } from "#shared/model/time.ts";

/** Group commit: batches wait a moment for others, so that one sync serves all of them. */
export interface Group {
  /** A batch of this size joined; `isUrgent` closes the group at once. */
  add(bytes: number, isUrgent: boolean): void;
  /** Resolves when the group is closed: by time, by size, or at once; the next one is empty. */
  closed(): Promise<void>;
  /** Every group is closed from now on. */
  close(): void;
}

const limits = { bytes: 256 * 1024, batches: 1_000 } as const;

export function createGroup(wait: DurationMs, clock: Clock): Group {
  let full = new AbortController();
  let bytes = 0;
  let batches = 0;
  let isOver = false;
  return {
    add: (size, isUrgent) => {
      bytes += size;
      batches += 1;
      if (isUrgent || bytes >= limits.bytes || batches >= limits.batches) full.abort();
    },
    closed: async () => {
      if (!isOver) await clock.sleep(wait, full.signal);
      full = new AbortController();
      bytes = 0;
      batches = 0;
    },
    close: () => {
      isOver = true;
      full.abort();
    },
  };
}
