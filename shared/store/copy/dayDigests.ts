import { createHash, type Hash } from "node:crypto";
import type { Sample } from "#shared/model/sample.ts";
import { hours } from "#shared/model/time.ts";

const day = hours(24);

export const dayOf = (at: number): number => Math.floor(at / day) * day;
export const nextDay = (at: number): number => dayOf(at) + day;

/** How many samples a tag has on one day (UTC), and the hash over them in order of time. */
export interface DayDigest {
  readonly count: number;
  /** SHA-256, hexadecimal. */
  readonly hash: string;
}

/** Digests of one tag's samples by day; the samples come in order of time. */
export class DayDigests {
  readonly #days = new Map<number, { count: number; hash: Hash }>();

  add(samples: readonly Sample[]): void {
    for (const sample of samples) {
      const start = dayOf(sample.at);
      let known = this.#days.get(start);
      if (!known) {
        known = { count: 0, hash: createHash("sha256") };
        this.#days.set(start, known);
      }
      known.count += 1;
      known.hash.update(textOf(sample));
    }
  }

  /** Starts of the days, with their digests. */
  finish(): ReadonlyMap<number, DayDigest> {
    return new Map([...this.#days].map(([start, { count, hash }]) => [start, { count, hash: hash.digest("hex") }]));
  }
}

/** All that a sample says, so that two differ where their texts do; JSON alone writes -0 as 0. */
const textOf = ({ at, quality, value, reason }: Sample): string =>
  `${JSON.stringify([at, quality, Object.is(value, -0) ? "-0" : value, typeof value, reason ?? null])}\n`;
