import type { NotificationConfig, Roster, Shift } from "./schema.ts";
import { weekDays } from "./schema.ts";

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

/** Whether a shift begins on the day whose midnight is `day` (wall time in ms, as if it were UTC). */
function beginsOn({ days, holidays }: Shift, day: number, listed: ReadonlySet<string>): boolean {
  const isHoliday = listed.has(new Date(day).toISOString().slice(0, 10));
  if (holidays === "only") return isHoliday;
  if (holidays === "except" && isHoliday) return false;
  return days.some((name) => name === weekDays[new Date(day).getUTCDay()]);
}

function isOn(shift: Shift, wall: number, holidays: ReadonlySet<string>): boolean {
  const today = Math.floor(wall / dayMs) * dayMs;
  const [begin, end, at] = [wallMsOf(shift.from), wallMsOf(shift.to), wall - today];
  if (begin < end) return at >= begin && at < end && beginsOn(shift, today, holidays);
  // A night belongs to the day on which it begins.
  return (at >= begin && beginsOn(shift, today, holidays)) || (at < end && beginsOn(shift, today - dayMs, holidays));
}

/** Ids of the people who are on duty at a wall time (`wallClock`), each once, in the roster's order. */
export function onDuty(
  roster: Roster,
  wall: number,
  { holidays }: Pick<NotificationConfig, "holidays">,
): readonly string[] {
  const listed = new Set(holidays);
  return [...new Set(roster.shifts.filter((shift) => isOn(shift, wall, listed)).flatMap(({ people }) => people))];
}

/** A time of an ordinary week at which nobody of the roster is on duty: weekday and time. */
export function firstGap(roster: Roster): { readonly day: (typeof weekDays)[number]; readonly time: string } | null {
  // A week without holidays; it begins on a Sunday.
  const sunday = Date.UTC(2023, 0, 1);
  const edges = new Set([0, ...roster.shifts.flatMap(({ from, to }) => [wallMsOf(from), wallMsOf(to)])]);
  for (let day = 0; day < 7; day += 1) {
    for (const edge of [...edges].sort((a, b) => a - b)) {
      const wall = sunday + day * dayMs + edge;
      if (onDuty(roster, wall, { holidays: [] }).length > 0) continue;
      return { day: weekDays[day] ?? "sun", time: new Date(wall).toISOString().slice(11, 16) };
    }
  }
  return null;
}

/** Whether a roster has nobody on a listed holiday, which one it is, and from when. */
export function firstHolidayGap(
  roster: Roster,
  config: Pick<NotificationConfig, "holidays">,
): { readonly day: string; readonly time: string } | null {
  const edges = new Set([0, ...roster.shifts.flatMap(({ from, to }) => [wallMsOf(from), wallMsOf(to)])]);
  for (const day of config.holidays) {
    for (const edge of [...edges].sort((a, b) => a - b)) {
      const wall = Date.parse(`${day}T00:00:00Z`) + edge;
      if (!Number.isNaN(wall) && onDuty(roster, wall, config).length === 0) {
        return { day, time: new Date(wall).toISOString().slice(11, 16) };
      }
    }
  }
  return null;
}
