import type { Clock } from "#shared/kit/clock.ts";
import { type DurationMs, type EpochMs, instant, millis } from "#shared/model/time.ts";

/** The wall time of a test, which moves it by hand; shared by all clocks that hang on it. */
export class Wall {
  at: EpochMs;

  constructor(start: EpochMs) {
    this.at = start;
  }
}

/**
 * A clock whose two hands are moved apart: wall time leaps as the test says, while intervals pass by little. So a month goes
 * by without one timeout running out, and each sleeper wakes once per move, however far that was.
 */
export class HandClock implements Clock {
  readonly #wall: Wall;
  #passed = 0;
  readonly #sleepers = new Set<{ readonly due: number; readonly wake: () => void }>();

  constructor(wall: Wall) {
    this.#wall = wall;
  }

  now(): EpochMs {
    return instant(this.#wall.at);
  }

  monotonic(): DurationMs {
    return millis(this.#passed);
  }

  sleep(wait: DurationMs, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted || wait <= 0) return resolve();
      const wake = () => {
        this.#sleepers.delete(sleeper);
        signal?.removeEventListener("abort", wake);
        resolve();
      };
      const sleeper = { due: this.#passed + wait, wake };
      this.#sleepers.add(sleeper);
      signal?.addEventListener("abort", wake);
    });
  }

  /** Lets an interval pass: who slept until then wakes, in order of what was due. */
  pass(by: DurationMs): void {
    this.#passed += by;
    const due = [...this.#sleepers].filter((sleeper) => sleeper.due <= this.#passed);
    for (const { wake } of due.sort((a, b) => a.due - b.due)) wake();
  }
}
