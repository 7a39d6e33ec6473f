import type { HistoryBucket } from "#shared/model/live.ts";
import { instant } from "#shared/model/time.ts";
import { isBad, isGood, isNumeric, type Points } from "./points.ts";
import { heldMs, type RollUp } from "./rollUp.ts";

/** A roll-up that grows. */
type Sums = { -readonly [Key in keyof RollUp]: NonNullable<RollUp[Key]> } & { readonly k: number };

/** Numbers per bucket in the answer's columns: t, n, bad, good ms, min, max, mean, first, last; NaN for null. */
const stride = 9;

/** Sums ascending points and roll-ups of one tag into the buckets [from + k * width, from + (k + 1) * width). */
export class BucketSums {
  readonly #from: number;
  readonly #width: number;
  readonly #buckets: Sums[] = [];

  constructor(from: number, width: number) {
    this.#from = from;
    this.#width = width;
  }

  /** Whether both instants fall into one bucket. */
  together(a: number, b: number): boolean {
    return this.#indexOf(a) === this.#indexOf(b);
  }

  #indexOf(at: number): number {
    return Math.floor((at - this.#from) / this.#width);
  }

  /** The bucket of the next sample; the time since the one before goes to the buckets in which it lies. */
  #bucketOf(at: number): Sums {
    const k = this.#indexOf(at);
    const newest = this.#buckets.at(-1);
    const held = newest ? heldMs(newest, at) : 0;
    if (newest?.k === k) {
      newest.goodMs += held;
      return newest;
    }
    if (newest && held > 0) newest.goodMs += this.#from + (newest.k + 1) * this.#width - newest.to;
    const goodMs = held > 0 ? at - (this.#from + k * this.#width) : 0;
    const none = { n: 0, bad: 0, numeric: 0, sum: 0, min: 0, max: 0, first: 0, last: 0, from: at, to: at };
    const made: Sums = { k, ...none, goodMs, endsGood: false };
    this.#buckets.push(made);
    return made;
  }

  addPoints({ n, at, value, status }: Points): void {
    for (let i = 0; i < n; i++) {
      const bucket = this.#bucketOf(at[i] as number);
      const one = status[i] as number;
      bucket.to = at[i] as number;
      bucket.endsGood = isGood(one);
      if (isBad(one)) bucket.bad++;
      else bucket.n++;
      if (!isNumeric(one)) continue;
      const v = value[i] as number;
      addNumbers(bucket, 1, v, v, v, v, v);
    }
  }

  /** A roll-up whose samples all fall into one bucket, or all that is left of them. */
  addRollUp({ n, bad, numeric, sum, min, max, first, last, from, to, goodMs, endsGood }: RollUp): void {
    const bucket = this.#bucketOf(from);
    bucket.n += n;
    bucket.bad += bad;
    bucket.goodMs += goodMs;
    bucket.to = to;
    bucket.endsGood = endsGood;
    if (sum === null || min === null || max === null || first === null || last === null) return;
    addNumbers(bucket, numeric, sum, min, max, first, last);
  }

  columns(): Float64Array {
    const columns = new Float64Array(this.#buckets.length * stride);
    for (const [i, { k, n, bad, goodMs, numeric, sum, min, max, first, last }] of this.#buckets.entries()) {
      const values = numeric === 0 ? [NaN, NaN, NaN, NaN, NaN] : [min, max, sum / numeric, first, last];
      columns.set([this.#from + k * this.#width, n, bad, goodMs, ...values], i * stride);
    }
    return columns;
  }
}

function addNumbers(to: Sums, numeric: number, sum: number, min: number, max: number, first: number, last: number) {
  if (to.numeric === 0) {
    to.min = min;
    to.max = max;
    to.first = first;
  }
  to.numeric += numeric;
  to.sum += sum;
  to.last = last;
  if (min < to.min) to.min = min;
  if (max > to.max) to.max = max;
}

export function bucketsOf(columns: Float64Array): HistoryBucket[] {
  const known = (i: number): number | null => {
    const v = columns[i] as number;
    return Number.isNaN(v) ? null : v;
  };
  return Array.from({ length: columns.length / stride }, (_, row) => {
    const i = row * stride;
    return {
      t: instant(columns[i] as number),
      n: columns[i + 1] as number,
      bad: columns[i + 2] as number,
      goodMs: columns[i + 3] as number,
      min: known(i + 4),
      max: known(i + 5),
      mean: known(i + 6),
      first: known(i + 7),
      last: known(i + 8),
    };
  });
}
