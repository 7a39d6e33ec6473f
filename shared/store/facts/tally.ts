/**
 * Additive facts of one equipment over a span (D9): sums add up, peaks are the largest, flags unite. Times are in ms,
 * amounts in the unit of their carrier; the keys are those of `keys.ts`.
 */
export interface Facts {
  readonly sums: Readonly<Record<string, number>>;
  readonly peaks: Readonly<Record<string, number>>;
  readonly flags: readonly string[];
  /** One character per 10 minutes: 1 where any sample came. */
  readonly windows: string;
  /** Per electricity meter, 15-minute windows: energy in kWh, and known minutes. */
  readonly demand: Readonly<Record<string, readonly (readonly [kwh: number, knownMinutes: number])[]>>;
}

/** Adds facts up, always in the order in which they are given, so that the same facts give the same sums to the last bit. */
export class Tally {
  readonly #sums = new Map<string, number>();
  readonly #peaks = new Map<string, number>();
  readonly #flags = new Set<string>();
  readonly #demand = new Map<string, (readonly [number, number])[]>();
  #windows = "";

  add(key: string, amount: number): void {
    if (amount !== 0) this.#sums.set(key, (this.#sums.get(key) ?? 0) + amount);
  }

  peak(key: string, value: number): void {
    this.#peaks.set(key, Math.max(this.#peaks.get(key) ?? Number.NEGATIVE_INFINITY, value));
  }

  flag(name: string): void {
    this.#flags.add(name);
  }

  window(isKnown: boolean): void {
    this.#windows += isKnown ? "1" : "0";
  }

  demand(meter: string, windows: readonly (readonly [number, number])[]): void {
    const known = this.#demand.get(meter);
    if (known) known.push(...windows);
    else this.#demand.set(meter, [...windows]);
  }

  /** Sums, peaks and flags alone where windows are kept elsewhere. */
  addFacts(facts: Pick<Facts, "sums" | "peaks" | "flags">): void {
    for (const key in facts.sums) this.add(key, facts.sums[key] ?? 0);
    for (const key in facts.peaks) this.peak(key, facts.peaks[key] ?? 0);
    for (const flag of facts.flags) this.#flags.add(flag);
  }

  addWhole(facts: Facts): void {
    this.addFacts(facts);
    this.#windows += facts.windows;
    for (const [meter, windows] of Object.entries(facts.demand)) this.demand(meter, windows);
  }

  /** Keys ascend: the same facts are the same text. */
  facts(): Facts {
    const sorted = <Value>(map: ReadonlyMap<string, Value>) =>
      Object.fromEntries([...map].sort(([a], [b]) => (a < b ? -1 : 1)));
    return {
      sums: sorted(this.#sums),
      peaks: sorted(this.#peaks),
      flags: [...this.#flags].sort(),
      windows: this.#windows,
      demand: sorted(this.#demand),
    };
  }
}
