/** What a rise of the figure means. */
export type Better = "higher" | "lower" | "neither";

/** How figures of parts become one, over time and over equipment. */
export type Aggregation =
  /** Σ numerators / Σ denominators (catalogue 0.2). */
  | "ratio_of_sums"
  | "sum"
  /** Peaks of parts are the peak of the whole. */
  | "maximum"
  /** The sum of what happens at the same time, then its peak. */
  | "maximum_of_simultaneous_sum"
  | "time_weighted_mean"
  /** Every part must pass. */
  | "all";

/** Which time counts. */
export type TimeBasis =
  /** Calendar time clipped to the period. */
  | "calendar"
  /** Only while the equipment is in service. */
  | "in_service"
  /** By the instant of the event. */
  | "event"
  /** Windows aligned to the wall clock. */
  | "windows"
  | "month"
  | "period_end";

/** Where it comes from: instruments, records in the system, a person's declaration with evidence. */
export type Source = "measured" | "records" | "declared";

/** An indicator of the catalogue, its table F. */
export interface IndicatorEntry {
  /** Of the definition; a change of the formula is a new version. */
  readonly version: string;
  readonly zh: string;
  readonly en: string;
  readonly formula: string;
  /** UCUM, of the value. */
  readonly unit: string;
  /** UCUM, of further figures under the same id. */
  readonly parts?: Readonly<Record<string, string>>;
  readonly better: Better;
  readonly aggregation: Aggregation;
  readonly basis: TimeBasis;
  readonly sources: readonly Source[];
  /** What missing data does. */
  readonly missing: string;
}
