import type { EpochMs } from "#shared/model/time.ts";

/** Numbers run from 0 to 255 and start again (payloads-sequence-num-incrementing). */
const modulus = 256;

/**
 * Follows the sequence numbers of one edge node. Nothing is held back for order: a time-series host may store at once
 * (Sparkplug 3.0, chapter 5). A number that stays missing means a lost message, and so a rebirth request
 * (operational-behavior-host-reordering-rebirth).
 */
export class SequenceTracker {
  #expected: number | null = null;
  #ahead = new Set<number>();
  #waitingSince: EpochMs | null = null;

  /** A birth of the node: counting begins here. */
  restart(seq: number): void {
    this.#expected = (seq + 1) % modulus;
    this.#ahead.clear();
    this.#waitingSince = null;
  }

  accept(seq: number, at: EpochMs): void {
    if (this.#expected === null) return;
    const distance = (seq - this.#expected + modulus) % modulus;
    // More than half a round away is a late duplicate rather than a leap.
    if (distance >= modulus / 2) return;
    this.#ahead.add(seq);
    let isMoved = false;
    while (this.#ahead.delete(this.#expected)) {
      this.#expected = (this.#expected + 1) % modulus;
      isMoved = true;
    }
    if (this.#ahead.size === 0) this.#waitingSince = null;
    else if (isMoved || this.#waitingSince === null) this.#waitingSince = at;
  }

  /** Since when a number has been missing; null while none is. */
  get waitingSince(): EpochMs | null {
    return this.#waitingSince;
  }
}
