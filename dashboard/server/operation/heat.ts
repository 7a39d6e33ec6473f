import type { Calendar, Period } from "#shared/model/calendar.ts";
import { interval } from "#shared/model/interval.ts";
import type { HeatCell, HeatRow } from "#shared/model/operation.ts";
import { ratio } from "#shared/model/ratio.ts";
import type { HourColumns } from "#shared/store/facts/factReader.ts";
import { keysOf } from "./ladder.ts";
import { type EquipmentFacts, expectedIn, type ScopeFacts } from "./scopeFacts.ts";

const hourMs = 3_600_000;
const hoursOfDay = 24;
const kinds = ["known", "occupied", "running"] as const;

interface Cell {
  expected: number;
  known: number;
  occupied: number;
  running: number;
}
type Row = (Cell | undefined)[];

/**
 * Use by hour of day: a row per day, of a year per month, of one day per equipment. Hours are counted from the local
 * day's start; the 25th of a day on which the clock is put back joins the 24th. Lets others have their turn in between.
 */
export async function heatRows(
  { span, head }: ScopeFacts,
  equipment: readonly EquipmentFacts[],
  calendar: Calendar,
  signal: AbortSignal,
): Promise<readonly HeatRow[]> {
  const kind = span.kind === "day" ? "equipment" : span.kind === "year" ? "month" : "day";
  const days: Period[] = [];
  for (let day = calendar.periodAt("day", span.from); day.from < span.to; day = calendar.periodAt("day", day.to))
    days.push(day);
  const nameOf = (day: Period, one: EquipmentFacts): string =>
    kind === "equipment" ? one.id : kind === "month" ? day.name.slice(0, 7) : day.name;
  const rows = new Map<string, Row>(days.flatMap((day) => equipment.map((one) => [nameOf(day, one), []])));
  for (const one of equipment) {
    signal.throwIfAborted();
    const kept = new Map(one.days.map(({ day, hours }) => [day, hours]));
    for (const day of days)
      addDay(rows.get(nameOf(day, one)) ?? [], one, day, kept.get(day.name) ?? {}, head.until, calendar);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return [...rows].map(([name, row]) => ({
    name,
    kind,
    cells: Array.from({ length: hoursOfDay }, (_, i) => cellOf(row[i])),
  }));
}

function addDay(
  row: Row,
  { config }: EquipmentFacts,
  day: Period,
  columns: HourColumns,
  until: number,
  calendar: Calendar,
): void {
  const end = Math.min(day.to, until);
  for (let i = 0; day.from + i * hourMs < end; i++) {
    const from = day.from + i * hourMs;
    const at = Math.min(i, hoursOfDay - 1);
    const cell = row[at] ?? { expected: 0, known: 0, occupied: 0, running: 0 };
    row[at] = cell;
    cell.expected += expectedIn(config, calendar, interval(from, Math.min(from + hourMs, end)));
    for (const kind of kinds) for (const key of keysOf[kind]) cell[kind] += columns[key]?.[i] ?? 0;
  }
}

function cellOf(cell: Cell | undefined): HeatCell | null {
  if (!cell || cell.expected <= 0) return null;
  const share = (ms: number): number => Math.min(1, ratio(ms, cell.expected) ?? 0);
  return {
    occupied: share(cell.occupied),
    running: share(cell.running),
    unknown: Math.max(0, 1 - share(cell.known)),
  };
}
