import type { Calendar } from "#shared/model/calendar.ts";
import { type Interval, interval } from "#shared/model/interval.ts";
import type { HeatCell, HeatRow } from "#shared/model/operation.ts";
import { ratio } from "#shared/model/ratio.ts";
import { knownMs, occupiedMs, runningMs } from "./ladder.ts";
import { hourSums } from "./pieces.ts";
import { type EquipmentFacts, expectedIn, type ScopeFacts } from "./scopeFacts.ts";

const hourMs = 3_600_000;
const hoursOfDay = 24;

interface Sums {
  expected: number;
  known: number;
  occupied: number;
  running: number;
}
type Row = Map<number, Sums>;

/**
 * Use by hour of day: a row per day, of a year per month, of one day per equipment. Hours are counted from the local
 * day's start; the 25th of a day on which the clock is put back joins the 24th.
 */
export function heatRows(
  { span, head }: ScopeFacts,
  equipment: readonly EquipmentFacts[],
  calendar: Calendar,
): readonly HeatRow[] {
  const kind = span.kind === "day" ? "equipment" : span.kind === "year" ? "month" : "day";
  const rows = new Map<string, Row>();
  const rowOf = (name: string): Row => {
    const row = rows.get(name) ?? new Map();
    rows.set(name, row);
    return row;
  };
  const kept = new Map(equipment.map((one) => [one, new Map(one.days.map(({ day, hours }) => [day, hours]))]));
  for (let day = calendar.periodAt("day", span.from); day.from < span.to; day = calendar.periodAt("day", day.to))
    for (const one of equipment) {
      const row = rowOf(kind === "equipment" ? one.id : kind === "month" ? day.name.slice(0, 7) : day.name);
      const hours = kept.get(one)?.get(day.name);
      const byHour = new Map(hours ? hourSums(hours) : []);
      for (let i = 0; day.from + i * hourMs < day.to; i++)
        addHour(row, one, day, i, byHour.get(String(i).padStart(2, "0")) ?? {}, head.until, calendar);
    }
  return [...rows].map(([name, row]) => ({
    name,
    kind,
    cells: Array.from({ length: hoursOfDay }, (_, i) => cellOf(row.get(i))),
  }));
}

function addHour(
  row: Row,
  { config }: EquipmentFacts,
  day: Interval,
  i: number,
  sums: Readonly<Record<string, number>>,
  until: number,
  calendar: Calendar,
): void {
  const from = day.from + i * hourMs;
  const to = Math.min(from + hourMs, day.to, until);
  if (to <= from) return;
  const cell = row.get(Math.min(i, hoursOfDay - 1)) ?? { expected: 0, known: 0, occupied: 0, running: 0 };
  cell.expected += expectedIn(config, calendar, interval(from, to));
  cell.known += knownMs(sums);
  cell.occupied += occupiedMs(sums);
  cell.running += runningMs(sums);
  row.set(Math.min(i, hoursOfDay - 1), cell);
}

function cellOf(sums: Sums | undefined): HeatCell | null {
  if (!sums || sums.expected <= 0) return null;
  const share = (ms: number): number => Math.min(1, ratio(ms, sums.expected) ?? 0);
  return {
    occupied: share(sums.occupied),
    running: share(sums.running),
    unknown: Math.max(0, 1 - share(sums.known)),
  };
}
