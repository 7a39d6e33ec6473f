import type { HistoryBucket } from "#shared/model/live.ts";
import { instant } from "#shared/model/time.ts";
import type { ChunkSummary } from "./chunkWriter.ts";
import { isBad, isNumeric, type Points } from "./points.ts";

interface Sums {
  readonly k: number;
  n: number;
  bad: number;
  numeric: number;
  sum: number;
  min: number;
  max: number;
  first: number;
  last: number;
}

/** Numbers per bucket in the answer's columns: t, n, bad, min, max, mean, first, last; NaN for null. */
const stride = 8;

/** Sums ascending points of one tag into the buckets [from + k * width, from + (k + 1) * width). */
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

  #bucketOf(at: number): Sums {
    const k = this.#indexOf(at);
    const newest = this.#buckets.at(-1);
    if (newest?.k === k) return newest;
    const made: Sums = { k, n: 0, bad: 0, numeric: 0, sum: 0, min: 0, max: 0, first: 0, last: 0 };
    this.#buckets.push(made);
    return made;
  }

  addPoints({ n, at, value, status }: Points): void {
    for (let i = 0; i < n; i++) {
      const bucket = this.#bucketOf(at[i] as number);
      const one = status[i] as number;
      if (isBad(one)) bucket.bad++;
      else bucket.n++;
      if (!isNumeric(one)) continue;
      const v = value[i] as number;
      addNumbers(bucket, 1, v, v, v, v, v);
    }
  }

  /** A chunk whose points all fall into the bucket of `at`. */
  addSummary(at: number, { n, bad, numeric, sum, min, max, first, last }: ChunkSummary): void {
    const bucket = this.#bucketOf(at);
    bucket.n += n;
    bucket.bad += bad;
    if (sum === null || min === null || max === null || first === null || last === null) return;
    addNumbers(bucket, numeric, sum, min, max, first, last);
  }

  columns(): Float64Array {
    const columns = new Float64Array(this.#buckets.length * stride);
    for (const [i, { k, n, bad, numeric, sum, min, max, first, last }] of this.#buckets.entries()) {
      const t = this.#from + k * this.#width;
      columns.set(
        numeric === 0 ? [t, n, bad, NaN, NaN, NaN, NaN, NaN] : [t, n, bad, min, max, sum / numeric, first, last],
        i * stride,
      );
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
      min: known(i + 3),
      max: known(i + 4),
      mean: known(i + 5),
      first: known(i + 6),
      last: known(i + 7),
    };
  });
}
