import type { Calendar } from "#shared/model/calendar.ts";
import { clipped, type Interval, union } from "#shared/model/interval.ts";
import { instant } from "#shared/model/time.ts";
import type { WorkCalendarConfig } from "#shared/plant/figures/platformSchema.ts";

const msOf = (time: string): number => (Number(time.slice(0, 2)) * 60 + Number(time.slice(3))) * 60_000;
const dayMs = 86_400_000;

/** Planned time within `span`, ascending; all of it where the platform has no calendar. */
export function plannedTime(
  config: WorkCalendarConfig | undefined,
  calendar: Calendar,
  span: Interval,
): readonly Interval[] {
  if (!config) return [span];
  // A shift that crosses midnight may have started the day before.
  const first = calendar.periodAt("day", instant(calendar.periodAt("day", span.from).from - 1));
  const shifts: Interval[] = [];
  for (let day = first; day.from < span.to; day = calendar.periodAt("day", day.to)) {
    if (config.holidays.includes(day.name)) continue;
    const weekday = config.workdays.includes(day.name) ? 1 : new Date(`${day.name}T00:00:00Z`).getUTCDay() || 7;
    for (const { from, to, weekdays } of config.shifts) {
      if (weekdays && !weekdays.includes(weekday)) continue;
      const end = msOf(to) > msOf(from) ? msOf(to) : msOf(to) + dayMs;
      shifts.push({ from: calendar.timeOfDay(day.name, msOf(from)), to: calendar.timeOfDay(day.name, end) });
    }
  }
  return union(shifts).flatMap((shift) => clipped(shift, span));
}
