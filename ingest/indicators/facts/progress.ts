import type { Period } from "#shared/model/calendar.ts";
import type { TagId } from "#shared/model/sample.ts";
import { type EpochMs, instant } from "#shared/model/time.ts";
import type { FactMark } from "#shared/store/facts/factFile.ts";
import type { SampleReader } from "#shared/store/port.ts";
import { type Chain, noChain } from "./chain.ts";
import { type DayFrame, readingsAhead } from "./day.ts";
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

/**
 * What came while other equipment was looked at is newer than a look up to `until` reaches. It explains readings before
 * that, and so it counts as late at the next look.
 */
export function leaveToNext(own: Progress, until: EpochMs): void {
  for (const [tag, times] of own.newest) {
    if ((times.at(-1) ?? Number.NEGATIVE_INFINITY) < until) continue;
    own.late.set(tag, instant(Math.min(own.late.get(tag) ?? until, until)));
  }
}

/** Marks what the readings before late samples are worth, for these explain them. Rejects as the store does. */
export async function resolveLate(own: Progress, reader: SampleReader, dayAt: (at: EpochMs) => Period): Promise<void> {
  for (const [tag, at] of [...own.late]) {
    // Before anything is awaited: what arrives meanwhile is late again.
    own.late.delete(tag);
    try {
      let before = at;
      for (let i = 0; i < readingsAhead; i++) {
        const sample = (await reader.last([tag], before)).get(tag);
        if (!sample) break;
        before = sample.at;
        own.dirtyDays.add(dayAt(before).name);
      }
      own.dirtyFrom = instant(Math.min(own.dirtyFrom ?? before, before));
    } catch (error) {
      own.late.set(tag, instant(Math.min(own.late.get(tag) ?? at, at)));
      throw error;
    }
  }
}

/** The digest of a row is that of its facts and of how things stand behind; the latter is what the next day begins with. */
export const nextBefore = ({ digest }: Pick<FactMark, "digest">): string => digest.split(".")[1] ?? "";

export const readChain = (text: string | undefined): Chain =>
  text === undefined ? noChain : (JSON.parse(text) as Chain);
