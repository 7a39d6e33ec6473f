import { calendar } from "#shared/model/calendar.ts";
import { type EpochMs, instant } from "#shared/model/time.ts";
import { wallClock } from "#shared/model/wallClock.ts";

/** A week of the platform's calendar, Monday first. */
export interface Week {
  /** Its Monday, `YYYY-MM-DD`. */
  readonly name: string;
  readonly from: EpochMs;
  readonly to: EpochMs;
  readonly days: readonly { readonly name: string; readonly from: EpochMs; readonly to: EpochMs }[];
}

const dayMs = 86_400_000;
const shifted = (day: string, by: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + by * dayMs).toISOString().slice(0, 10);

export function weekOf(zone: string, day: string): Week {
  const { period } = calendar(zone);
  const weekday = (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7;
  const name = shifted(day, -weekday);
  const days = [0, 1, 2, 3, 4, 5, 6].map((n) => period(shifted(name, n)));
  return { name, days, from: days[0]?.from ?? instant(0), to: days.at(-1)?.to ?? instant(0) };
}

export const weekAt = (zone: string, at: EpochMs): Week => weekOf(zone, calendar(zone).periodAt("day", at).name);
export const nextWeek = ({ name }: Week, by: number): string => shifted(name, 7 * by);

/** A text for `<input type="datetime-local">` in the platform's zone, and back. */
export const toWallText = (zone: string, at: number): string =>
  new Date(Math.floor(wallClock(zone).wall(at) / 60_000) * 60_000).toISOString().slice(0, 16);
export function fromWallText(zone: string, text: string): EpochMs | null {
  const wall = Date.parse(`${text}Z`);
  return Number.isNaN(wall) ? null : wallClock(zone).instantOf(wall);
}

/** A bar of the calendar; narrow neighbours are one bar. */
export interface Bar {
  readonly from: number;
  readonly to: number;
  readonly ids: readonly string[];
}

/** Bars within `[from, to)`, where gaps below `leastMs` are not worth a bar of their own. */
export function barsOf(
  items: readonly { readonly id: string; readonly from: number; readonly to: number | null }[],
  { from, to }: { readonly from: number; readonly to: number },
  now: number,
  leastMs: number,
): readonly Bar[] {
  const bars: { from: number; to: number; ids: string[] }[] = [];
  for (const item of [...items].sort((a, b) => a.from - b.from)) {
    const [start, end] = [Math.max(item.from, from), Math.min(item.to ?? Math.max(now, item.from), to)];
    if (end < from || start >= to) continue;
    const last = bars.at(-1);
    const isNarrow = last && (end - start < leastMs || last.to - last.from < leastMs || last.ids.length > 1);
    if (last && isNarrow && start - last.to < leastMs) {
      last.to = Math.max(last.to, end);
      last.ids.push(item.id);
    } else bars.push({ from: start, to: end, ids: [item.id] });
  }
  return bars;
}
