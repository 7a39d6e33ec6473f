import type { Period } from "#shared/model/calendar.ts";
import type { TagId } from "#shared/model/sample.ts";
import type { EpochMs } from "#shared/model/time.ts";
import type { FactMark } from "#shared/store/facts/factFile.ts";
import { type Chain, noChain } from "./chain.ts";
import type { DayFrame } from "./day.ts";
import type { HourResult } from "./hour.ts";
import type { ReadRecorded } from "./recorded.ts";
import type { Tail } from "./tail.ts";

/** The day that runs, as far as it has been added up. */
export interface OpenDay {
  readonly frame: DayFrame;
  readonly before: Chain;
  readonly recorded: string;
  readonly hours: HourResult[];
  /** The last of the hours ends here. */
  readonly until: EpochMs;
  readonly tail: Tail | undefined;
}

/** What is known of one equipment between two looks. */
export interface Progress {
  /** Times of the newest readings per tag, oldest first. */
  readonly newest: Map<TagId, EpochMs[]>;
  /** The open day is wrong from here on. */
  dirtyFrom: EpochMs | null;
  /** Per tag, the earliest sample that came behind a newer one, and the days of all such samples. */
  readonly late: Map<TagId, EpochMs>;
  readonly dirtyDays: Set<string>;
  marks: Map<string, FactMark> | null;
  open: OpenDay | null;
  /** The closed days were looked through for this day and these records, and how things stood behind them. */
  settled: { readonly today: string; readonly read: ReadRecorded; readonly chain: Chain } | null;
  /** Ends when the look under way does. */
  turn: Promise<unknown>;
  /** First day with data; null while there is none. */
  first: Period | null;
}

export const freshProgress = (): Progress => ({
  newest: new Map(),
  dirtyFrom: null,
  late: new Map(),
  dirtyDays: new Set(),
  marks: null,
  open: null,
  settled: null,
  turn: Promise.resolve(),
  first: null,
});

/** The digest of a row is that of its facts and of how things stand behind; the latter is what the next day begins with. */
export const nextBefore = ({ digest }: Pick<FactMark, "digest">): string => digest.split(".")[1] ?? "";

export const readChain = (text: string | undefined): Chain =>
  text === undefined ? noChain : (JSON.parse(text) as Chain);
