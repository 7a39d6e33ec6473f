import type { Clock } from "#shared/kit/clock.ts";
import { type DurationMs, type EpochMs, instant, millis } from "#shared/model/time.ts";

/** A clock that stands still until `advance`; sleepers wake in order of their due time. */
export class ManualClock implements Clock {
  #now: number;
  #sleepers: { due: number; wake: () => void }[] = [];

  constructor(start: EpochMs = instant(0)) {
    this.#now = start;
  }

  now(): EpochMs {
    return instant(this.#now);
  }

  monotonic(): DurationMs {
    return millis(this.#now);
  }

  sleep(wait: DurationMs, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const sleeper = { due: this.#now + wait, wake: resolve };
      this.#sleepers.push(sleeper);
      signal?.addEventListener("abort", () => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        resolve();
      });
    });
  }

  /** Lets run what can, then moves to the next sleeper and wakes it. */
  async step(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    let next = this.#sleepers[0];
    for (const sleeper of this.#sleepers) if (next && sleeper.due < next.due) next = sleeper;
    if (!next) return;
    this.#sleepers.splice(this.#sleepers.indexOf(next), 1);
    this.#now = Math.max(this.#now, next.due);
    next.wake();
  }

  /** Leaps over time: whoever would have woken many times meanwhile wakes once. */
  leapTo(at: EpochMs): void {
    this.#now = Math.max(this.#now, at);
  }

  /** Moves time on and lets everything that it wakes run. */
  async advance(by: DurationMs): Promise<void> {
    const target = this.#now + by;
    for (;;) {
      const next = this.#sleepers.filter(({ due }) => due <= target).sort((a, b) => a.due - b.due)[0];
      if (!next) break;
      this.#sleepers = this.#sleepers.filter((other) => other !== next);
      this.#now = Math.max(this.#now, next.due);
      next.wake();
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.#now = target;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
