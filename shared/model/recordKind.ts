/** Kinds of records that come and go as CSV files, in the order in which one names the next. */
export const recordKinds = ["tenants", "projects", "prices", "bookings", "runs", "declared"] as const;
export type RecordKind = (typeof recordKinds)[number];

/** What is wrong with one line of a file of records: the column, and what to do. */
export interface LineProblem {
  readonly line: number;
  readonly key: string;
  readonly what: string;
}

/** How an import ended, or would end. */
export interface ImportResult {
  /** Lines that are in order. */
  readonly lines: number;
  /** What was not there before. */
  readonly added: number;
  /** Nothing is imported while there are any. */
  readonly problems: readonly LineProblem[];
}
