import type { Clock } from "#shared/kit/clock.ts";
import { type DurationMs, millis } from "#shared/model/time.ts";

/** The whole list is shown at most this often; single events say at once what happens. */
const rest = millis(500);

/** When the list of alarms is shown: at once after a rest, else once it is over. */
export class ListShowing {
  #clock: Clock;
  #show: () => void;
  #isDue = false;
  #nextAt: DurationMs = millis(Number.NEGATIVE_INFINITY);

  constructor(clock: Clock, show: () => void) {
    this.#clock = clock;
    this.#show = show;
  }

  /** The list has changed. */
  changed(): void {
    this.#isDue = true;
    this.round();
  }

  /** Shows it now, to somebody who has not seen it. */
  now(): void {
    this.#nextAt = millis(Number.NEGATIVE_INFINITY);
    this.changed();
  }

  /** To be called several times within the rest. */
  round(): void {
    if (!this.#isDue || this.#clock.monotonic() < this.#nextAt) return;
    this.#isDue = false;
    this.#nextAt = millis(this.#clock.monotonic() + rest);
    this.#show();
  }
}
