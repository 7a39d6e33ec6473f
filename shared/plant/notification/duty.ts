import type { WorkCalendarConfig } from "../figures/platformSchema.ts";
import type { Roster, Shift } from "./schema.ts";

/** The days of the plant's calendar on which shifts may differ. */
export type SpecialDays = Pick<WorkCalendarConfig, "holidays" | "workdays">;
export const noSpecialDays: SpecialDays = { holidays: [], workdays: [] };

const dayMs = 86_400_000;

/** `HH:MM` as ms since midnight. */
export function wallMsOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  return (hours * 60 + minutes) * 60_000;
}

/** Whether a time of day from `from` to `to` holds at a wall time; it is a night where `to` is not behind `from`. */
export function isWithin({ from, to }: { readonly from: string; readonly to: string }, wall: number): boolean {
  const [begin, end, at] = [wallMsOf(from), wallMsOf(to), wall % dayMs];
  return begin < end ? at >= begin && at < end : at >= begin || at < end;
}

/** 1 Monday to 7 Sunday. */
const weekdayOf = (wall: number): number => new Date(wall).getUTCDay() || 7;

/** Whether a shift begins on the day whose midnight is `day` (wall time in ms, as if it were UTC). */
function beginsOn({ weekdays, holidays }: Shift, day: number, special: SpecialDays): boolean {
  const name = new Date(day).toISOString().slice(0, 10);
  const isHoliday = special.holidays.includes(name);
  if (holidays === "only") return isHoliday;
  if (holidays === "except" && isHoliday) return false;
  // A weekend day that is worked (调休) is a Monday.
  return weekdays?.includes(special.workdays.includes(name) ? 1 : weekdayOf(day)) ?? true;
}

function isOn(shift: Shift, wall: number, special: SpecialDays): boolean {
  const today = Math.floor(wall / dayMs) * dayMs;
  const [begin, end, at] = [wallMsOf(shift.from), wallMsOf(shift.to), wall - today];
  if (begin < end) return at >= begin && at < end && beginsOn(shift, today, special);
  // A night belongs to the day on which it begins.
  return (at >= begin && beginsOn(shift, today, special)) || (at < end && beginsOn(shift, today - dayMs, special));
}

/** Ids of the people who are on duty at a wall time (`wallClock`), each once, in the roster's order. */
export function onDuty(roster: Roster, wall: number, special: SpecialDays): readonly string[] {
  return [...new Set(roster.shifts.filter((shift) => isOn(shift, wall, special)).flatMap(({ people }) => people))];
}

/** A time of an ordinary week at which nobody of the roster is on duty: weekday, from 1 Monday to 7 Sunday, and time. */
export function firstGap(roster: Roster): { readonly weekday: number; readonly time: string } | null {
  // A week without special days; it begins on a Monday.
  const monday = Date.UTC(2023, 0, 2);
  for (let day = 0; day < 7; day += 1) {
    for (const edge of edgesOf(roster)) {
      const wall = monday + day * dayMs + edge;
      if (onDuty(roster, wall, noSpecialDays).length === 0) return { weekday: day + 1, time: timeOf(wall) };
    }
  }
  return null;
}

/** Times of day, in ms, at which who is on duty may change. */
const edgesOf = ({ shifts }: Roster): readonly number[] =>
  [...new Set([0, ...shifts.flatMap(({ from, to }) => [wallMsOf(from), wallMsOf(to)])])].sort((a, b) => a - b);

const timeOf = (wall: number): string => new Date(wall).toISOString().slice(11, 16);

/** A time of a holiday or of a weekend day that is worked at which nobody of the roster is on duty. */
export function firstSpecialGap(
  roster: Roster,
  special: SpecialDays,
): { readonly day: string; readonly time: string } | null {
  for (const day of [...special.holidays, ...special.workdays]) {
    for (const edge of edgesOf(roster)) {
      const wall = Date.parse(`${day}T00:00:00Z`) + edge;
      if (!Number.isNaN(wall) && onDuty(roster, wall, special).length === 0) return { day, time: timeOf(wall) };
    }
  }
  return null;
}
