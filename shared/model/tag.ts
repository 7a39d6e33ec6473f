import type { TagId } from "./sample.ts";
import type { LocalText } from "./text.ts";

export const tagTypes = ["float", "int", "bool", "string"] as const;
export type TagType = (typeof tagTypes)[number];

/** What a tag is for; decides where pages show it and what indicators may use it. */
export const tagMeanings = ["process", "safety", "energy", "power", "water", "air", "state", "diagnostic"] as const;
export type TagMeaning = (typeof tagMeanings)[number];

/** What is known of a tag besides its values: the birth carries it, pages show it. */
export interface TagInfo {
  readonly tag: TagId;
  readonly name: LocalText;
  readonly type: TagType;
  /** UCUM code, "1" for a plain number; empty for bool and string. */
  readonly unit: string;
  readonly meaning: TagMeaning;
  /** Measuring range in `unit`. */
  readonly range?: readonly [low: number, high: number];
  /** Normal band in `unit`, drawn behind values and trends. */
  readonly normal?: readonly [low: number, high: number];
  /** Digits behind the point on a page. */
  readonly decimals: number;
  /** A value older than this is shown as stale, in ms. */
  readonly staleAfterMs: number;
  /** Silence longer than this between two samples, by source time in ms, is a gap. */
  readonly gapAfterMs: number;
  /** Shown on the line's card of the overview. */
  readonly key: boolean;
}
