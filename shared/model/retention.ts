import type { TagId } from "./sample.ts";

/** For how many days what a tag has is kept, counted back from the newest of the history; null is for good. */
export interface Keep {
  readonly rawDays: number | null;
  /** Roll-ups of 1 minute; at least as long as the samples. */
  readonly minuteDays: number | null;
  /** Roll-ups of 15 minutes and 1 hour; at least as long as those of 1 minute. */
  readonly rollUpDays: number | null;
}

export interface Retention {
  readonly byTag: ReadonlyMap<TagId, Keep>;
  /** For tags that are not listed: those that the plant no longer has. */
  readonly others: Keep;
}

export const keepForGood: Keep = { rawDays: null, minuteDays: null, rollUpDays: null };
export const keepEverything: Retention = { byTag: new Map(), others: keepForGood };
