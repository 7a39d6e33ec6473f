import type { Calendar } from "#shared/model/calendar.ts";
import { notNegative } from "#shared/model/checks.ts";
import { CodedError } from "#shared/model/errors.ts";
import { clipped, type Interval } from "#shared/model/interval.ts";
import { sum } from "#shared/model/ratio.ts";
import { instant } from "#shared/model/time.ts";
import type { Increment } from "./increments.ts";
import { partIn } from "./register.ts";

/** A time-of-use band in seconds of the local day; one whose end is not behind its start crosses midnight. */
export interface TariffBand {
  readonly band: string;
  readonly fromS: number;
  readonly toS: number;
  /** 1 to 12; every month where absent. */
  readonly months?: readonly number[];
  /** 1 Monday to 7 Sunday, of the day on which the band starts; every day where absent. */
  readonly weekdays?: readonly number[];
}

/** Where bands overlap, the first listed holds; where none holds, the default. */
export interface Tariff {
  readonly bands: readonly TariffBand[];
  readonly default: string;
}

export interface BandTime extends Interval {
  readonly band: string;
}

const daySeconds = 86_400;

function checkBand({ band, fromS, toS }: TariffBand): void {
  notNegative(fromS, `start of band ${band} in s`);
  notNegative(toS, `end of band ${band} in s`);
  if (fromS >= daySeconds || toS > daySeconds || fromS === toS)
    throw new CodedError(
      "OUT_OF_RANGE",
      `Band ${band} from ${fromS} s to ${toS} s: give two different times of one day.`,
    );
}

const holdsOn = ({ months, weekdays }: TariffBand, day: string): boolean => {
  const date = new Date(`${day}T00:00:00Z`);
  return (months?.includes(date.getUTCMonth() + 1) ?? true) && (weekdays?.includes(date.getUTCDay() || 7) ?? true);
};

/** The bands of the days that touch `span`, the one that holds first in front. */
function bandTimes({ bands }: Tariff, calendar: Calendar, span: Interval): readonly BandTime[] {
  // A band that crosses midnight may have started the day before.
  const before = instant(calendar.periodAt("day", span.from).from - 1);
  const days: string[] = [];
  for (let day = calendar.periodAt("day", before); day.from < span.to; day = calendar.periodAt("day", day.to))
    days.push(day.name);
  return bands.flatMap((band) =>
    days
      .filter((day) => holdsOn(band, day))
      .map((day) => {
        const toS = band.toS > band.fromS ? band.toS : band.toS + daySeconds;
        const from = calendar.timeOfDay(day, band.fromS * 1_000);
        return { band: band.band, from, to: calendar.timeOfDay(day, toS * 1_000) };
      }),
  );
}

/** Consecutive stretches of `span`, each in one band. */
export function stretches(tariff: Tariff, calendar: Calendar, span: Interval): readonly BandTime[] {
  const inside = bandTimes(tariff, calendar, span).flatMap((time) =>
    clipped(time, span).map((part) => ({ ...part, band: time.band })),
  );
  const edges = new Set([span.from, span.to, ...inside.flatMap(({ from, to }) => [from, to])]);
  const ascending = [...edges].sort((a, b) => a - b);
  return ascending.slice(1).map((to, i) => {
    const from = ascending[i] ?? to;
    const band = inside.find((time) => time.from <= from && to <= time.to)?.band ?? tariff.default;
    return { band, from, to };
  });
}

/** Energy per band; only bands that got some. */
export type BandEnergy = Readonly<Record<string, number>>;

/** Both lists ascend and have no overlaps of their own. */
function energyIn(increments: readonly Increment[], times: readonly BandTime[]): BandEnergy {
  const energy: Record<string, number> = {};
  let next = 0;
  for (const increment of increments) {
    while ((times[next]?.to ?? Number.POSITIVE_INFINITY) <= increment.from) next++;
    for (let i = next; ; i++) {
      const time = times[i];
      if (!time || time.from >= increment.to) break;
      const part = partIn(increment, time);
      if (part > 0) energy[time.band] = (energy[time.band] ?? 0) + part;
    }
  }
  return energy;
}

/** G-09: ascending increments, split linearly at the edges of bands and periods. Energy per period, and of all of them. */
export function energyByBand(
  increments: readonly Increment[],
  periods: readonly Interval[],
  tariff: Tariff,
  calendar: Calendar,
): { readonly byPeriod: readonly BandEnergy[]; readonly total: BandEnergy; readonly share: BandEnergy | null } {
  tariff.bands.forEach(checkBand);
  const [first, last] = [increments[0], increments.at(-1)];
  const byPeriod = periods.map((period) => {
    const spans = first && last ? clipped(period, { from: first.from, to: last.to }) : [];
    return energyIn(
      increments,
      spans.flatMap((span) => stretches(tariff, calendar, span)),
    );
  });
  const bands = [...new Set(byPeriod.flatMap(Object.keys))];
  const total = Object.fromEntries(bands.map((band) => [band, sum(byPeriod.map((energy) => energy[band] ?? 0))]));
  const all = sum(Object.values(total));
  const share = all > 0 ? Object.fromEntries(Object.entries(total).map(([band, kwh]) => [band, kwh / all])) : null;
  return { byPeriod, total, share };
}
