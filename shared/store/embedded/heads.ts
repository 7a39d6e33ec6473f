import type { Block } from "./blockCodec.ts";
import { kindOf, kinds, noPoints, type Points } from "./points.ts";

/** Unsealed points by series, in order of arrival. */
export class Heads {
  readonly #heads = new Map<number, Head>();

  add({ points, series }: Block): void {
    if (!series) return;
    for (let i = 0; i < points.n; i++) {
      const id = series[i] as number;
      let head = this.#heads.get(id);
      if (!head) {
        head = new Head();
        this.#heads.set(id, head);
      }
      head.push(points, i);
    }
  }

  of(series: number): Points {
    return this.#heads.get(series)?.points() ?? noPoints;
  }

  *entries(): Generator<readonly [series: number, points: Points]> {
    for (const [series, head] of this.#heads) yield [series, head.points()];
  }
}

const firstCapacity = 64;

class Head {
  #n = 0;
  #at = new Float64Array(firstCapacity);
  #value = new Float64Array(firstCapacity);
  #status = new Uint8Array(firstCapacity);
  #reason = new Uint8Array(firstCapacity);
  readonly #texts: string[] = [];

  push(from: Points, i: number): void {
    if (this.#n === this.#at.length) this.#grow();
    const status = from.status[i] as number;
    const value = from.value[i] as number;
    this.#at[this.#n] = from.at[i] as number;
    this.#status[this.#n] = status;
    this.#reason[this.#n] = from.reason[i] as number;
    this.#value[this.#n] = kindOf(status) === kinds.text ? this.#texts.push(from.texts[value] ?? "") - 1 : value;
    this.#n++;
  }

  #grow(): void {
    const capacity = this.#n * 2;
    const enlarged = <T extends Float64Array | Uint8Array>(old: T, made: T): T => {
      made.set(old);
      return made;
    };
    this.#at = enlarged(this.#at, new Float64Array(capacity));
    this.#value = enlarged(this.#value, new Float64Array(capacity));
    this.#status = enlarged(this.#status, new Uint8Array(capacity));
    this.#reason = enlarged(this.#reason, new Uint8Array(capacity));
  }

  points(): Points {
    return {
      n: this.#n,
      at: this.#at.subarray(0, this.#n),
      value: this.#value.subarray(0, this.#n),
      status: this.#status.subarray(0, this.#n),
      reason: this.#reason.subarray(0, this.#n),
      texts: this.#texts,
    };
  }
}
