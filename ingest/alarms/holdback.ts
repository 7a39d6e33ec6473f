import type { DurationMs, EpochMs } from "#shared/model/time.ts";
import { millis } from "#shared/model/time.ts";
import type { Reading } from "./kinds/kind.ts";

/** All readings of one instant. */
export interface ReadingsAt {
  readonly at: EpochMs;
  readonly readings: readonly Reading[];
  /** Monotonic time at which the first of them arrived. */
  readonly arrivedAt: DurationMs;
}

/** Two devices are read, sent and received side by side: what is older may come so much later. */
const longestHold = millis(250);

/**
 * Readings of a rule that looks at several tags, put into the order of source time: held until every other tag has been
 * heard up to then, or for a quarter of a second. So it does not matter in which order equal samples arrive.
 */
export class Holdback {
  #heardTo: (EpochMs | null)[];
  #held: ReadingsAt[] = [];

  constructor(inputs: number) {
    this.#heardTo = Array.from({ length: inputs }, () => null);
  }

  add(at: EpochMs, reading: Reading, arrivedAt: DurationMs): void {
    const { input } = reading;
    const heard = this.#heardTo[input] ?? null;
    if (heard === null || at > heard) this.#heardTo[input] = at;
    let place = this.#held.length;
    while (place > 0 && (this.#held[place - 1] as ReadingsAt).at > at) place--;
    const before = this.#held[place - 1];
    if (before?.at !== at) this.#held.splice(place, 0, { at, readings: [reading], arrivedAt });
    // A value that comes twice for one time is told once.
    else if (!before.readings.some((other) => other.input === input)) {
      this.#held[place - 1] = { ...before, readings: [...before.readings, reading] };
    }
  }

  /** What nothing older is waited for any more, the oldest first. */
  take(now: DurationMs): readonly ReadingsAt[] {
    if (this.#held.length === 0) return [];
    const isWhole = (at: EpochMs): boolean => this.#heardTo.every((heard) => heard !== null && heard >= at);
    let n = 0;
    for (const [i, { at, arrivedAt }] of this.#held.entries()) {
      if (now - arrivedAt >= longestHold || isWhole(at)) n = i + 1;
    }
    return this.#held.splice(0, n);
  }
}
