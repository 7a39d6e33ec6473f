import type { Calendar, Period } from "#shared/model/calendar.ts";
import type { Interval } from "#shared/model/interval.ts";
import type { Sample, TagId } from "#shared/model/sample.ts";
import { type EpochMs, instant } from "#shared/model/time.ts";
import type { TariffConfig, WorkCalendarConfig } from "#shared/plant/figures/platformSchema.ts";
import { tariffOn } from "#shared/plant/figures/tariffOn.ts";
import type { SampleReader } from "#shared/store/port.ts";
import { stretches, type Tariff } from "../green/tariff.ts";
import type { RecordedSpans } from "./activity.ts";
import type { Chain } from "./chain.ts";
import { type HourResult, hourFacts, type TagSamples } from "./hour.ts";
import { plannedTime } from "./plannedTime.ts";
import type { BandTimes } from "./registers.ts";
import type { EquipmentSpec } from "./spec.ts";

/** So many readings behind an hour tell what its last ones are worth. */
export const readingsAhead = 4;
/** A power tag needs those of a least dwell, however often it is read. */
const powerReadingsAhead = 1_000;
export const hourMs = 3_600_000;

const aheadOf = (spec: EquipmentSpec, tag: TagId): number =>
  spec.power?.tag === tag ? powerReadingsAhead : readingsAhead;
const pageSize = 50_000;
const noSamples: TagSamples = { inside: [], ahead: [] };

const secondsOf = (time: string): number => (Number(time.slice(0, 2)) * 60 + Number(time.slice(3))) * 60;

/** What a local day brings along besides samples and records. */
export interface DayFrame {
  readonly day: Period;
  readonly planned: readonly Interval[];
  readonly bands: BandTimes;
}

export function dayFrame(
  day: Period,
  calendar: Calendar,
  plant: { readonly calendar?: WorkCalendarConfig; readonly tariffs?: readonly TariffConfig[] },
): DayFrame {
  const tariff = tariffOn(plant.tariffs, day.name);
  const bands: Tariff | undefined = tariff && {
    default: tariff.default,
    bands: tariff.bands.map(({ band, from, to, months, weekdays }) => ({
      band,
      fromS: secondsOf(from),
      toS: secondsOf(to) || 86_400,
      ...(months ? { months } : {}),
      ...(weekdays ? { weekdays } : {}),
    })),
  };
  return {
    day,
    planned: plannedTime(plant.calendar, calendar, day),
    bands: bands ? stretches(bands, calendar, day) : [],
  };
}

/** All samples of `[from, to)` per tag, and the next few behind. */
export async function readSamples(
  reader: SampleReader,
  spec: EquipmentSpec,
  { from, to }: Interval,
  newest: EpochMs,
): Promise<ReadonlyMap<TagId, readonly Sample[]>> {
  const byTag = new Map<TagId, readonly Sample[]>();
  const end = instant(Math.min(to, newest));
  for (const { tag } of spec.signals) {
    const samples: Sample[] = [];
    for (let start = from; start < end; ) {
      const page = await reader.range(tag, start, end, pageSize);
      samples.push(...page.samples);
      const last = page.samples.at(-1);
      if (!page.more || !last) break;
      start = instant(last.at + 1);
    }
    if (end < newest) samples.push(...(await reader.range(tag, end, newest, aheadOf(spec, tag))).samples);
    byTag.set(tag, samples);
  }
  return byTag;
}

/**
 * The hours of a day, or of its part up to `until`, one after another from the hour that begins at `from` on: `chain` is how
 * things stood then. Always hour by hour, so that a day that grew and one made anew are the same to the last bit.
 */
export function hoursOf(
  spec: EquipmentSpec,
  { day, planned, bands }: DayFrame,
  { from, until, chain }: { readonly from: EpochMs; readonly until: EpochMs; readonly chain: Chain },
  samples: ReadonlyMap<TagId, readonly Sample[]>,
  recorded: RecordedSpans,
): readonly HourResult[] {
  const cursors = new Map<TagId, number>();
  const results: HourResult[] = [];
  let now = chain;
  for (let start = from; start < day.to && start < until; start = instant(start + hourMs)) {
    const end = instant(Math.min(start + hourMs, day.to));
    const cut = new Map<TagId, TagSamples>();
    for (const [tag, all] of samples) {
      let first = cursors.get(tag) ?? 0;
      while ((all[first]?.at ?? end) < start) first++;
      let next = first;
      while ((all[next]?.at ?? end) < end) next++;
      cursors.set(tag, next);
      cut.set(tag, { inside: all.slice(first, next), ahead: all.slice(next, next + aheadOf(spec, tag)) });
    }
    const result = hourFacts({
      spec,
      span: { from: start, to: instant(Math.min(end, until)) },
      day: day.name,
      chain: now,
      samples: (tag) => cut.get(tag) ?? noSamples,
      recorded,
      planned,
      bands,
    });
    results.push(result);
    now = result.chain;
  }
  return results;
}
