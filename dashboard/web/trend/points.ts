/** Points of one trend in typed arrays, ascending in time. A bucket has min, mean and max; a sample has all three equal. */
export class Points {
  #size = 0;
  #t: Float64Array;
  #low: Float64Array;
  #mid: Float64Array;
  #high: Float64Array;
  #quality: Uint8Array;

  constructor(capacity = 256) {
    this.#t = new Float64Array(capacity);
    this.#low = new Float64Array(capacity);
    this.#mid = new Float64Array(capacity);
    this.#high = new Float64Array(capacity);
    this.#quality = new Uint8Array(capacity);
  }

  get size(): number {
    return this.#size;
  }

  /** Time of point `i`, in ms UTC; a point that is not there has none. */
  t = (i: number): number => (i < this.#size ? (this.#t[i] ?? Number.NaN) : Number.NaN);
  /** NaN where the sample was bad: there is no number to draw. */
  low = (i: number): number => this.#low[i] ?? Number.NaN;
  mid = (i: number): number => this.#mid[i] ?? Number.NaN;
  high = (i: number): number => this.#high[i] ?? Number.NaN;
  /** 0 good, 1 uncertain, 2 bad. */
  quality = (i: number): number => this.#quality[i] ?? 2;

  /** Ignores what is not newer than the last point: live frames repeat themselves. */
  push(t: number, low: number, mid: number, high: number, quality: number): void {
    if (this.#size > 0 && t <= this.t(this.#size - 1)) return;
    if (this.#size === this.#t.length) this.#grow();
    this.#t[this.#size] = t;
    this.#low[this.#size] = low;
    this.#mid[this.#size] = mid;
    this.#high[this.#size] = high;
    this.#quality[this.#size] = quality;
    this.#size++;
  }

  /** Index of the first point at or after `t`; `size` where there is none. */
  firstAt(t: number): number {
    let low = 0;
    let high = this.#size;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.t(middle) < t) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Everything from index `start` on, pushed behind the points of `target`. */
  copyTo(target: Points, start: number): void {
    for (let i = start; i < this.#size; i++) {
      target.push(this.t(i), this.low(i), this.mid(i), this.high(i), this.quality(i));
    }
  }

  /** The points at and after `t`, but the newest one always: itself where that is all. */
  since(t: number): Points {
    const start = Math.min(this.firstAt(t), this.#size - 1);
    if (start <= 0) return this;
    const rest = new Points();
    this.copyTo(rest, start);
    return rest;
  }

  #grow(): void {
    const wider = (from: Float64Array): Float64Array => {
      const to = new Float64Array(from.length * 2);
      to.set(from);
      return to;
    };
    this.#t = wider(this.#t);
    this.#low = wider(this.#low);
    this.#mid = wider(this.#mid);
    this.#high = wider(this.#high);
    const quality = new Uint8Array(this.#quality.length * 2);
    quality.set(this.#quality);
    this.#quality = quality;
  }
}
