import type { Calendar, Period } from "#shared/model/calendar.ts";
import { clipped } from "#shared/model/interval.ts";
import { type EpochMs, instant } from "#shared/model/time.ts";
import type { Plant } from "#shared/plant/plant.ts";
import type { DayFacts } from "#shared/store/facts/dayFacts.ts";
import { type AlarmActivity, alarmActivity } from "./alarmActivity.ts";
import { digestOf } from "./facts/digest.ts";
import { plannedTime } from "./facts/plannedTime.ts";
import type { FigureRecords } from "./facts/recorded.ts";
import type { EquipmentTotals } from "./scope.ts";

/** How the alarms of each line behaved in a period, of the lines that `totals` has equipment of. */
export function lineAlarms(
  plant: Plant,
  records: Pick<FigureRecords, "alarmSteps" | "alarmStepsAt">,
  calendar: Calendar,
  period: Period,
  until: EpochMs,
  totals: readonly EquipmentTotals[],
): readonly AlarmActivity[] {
  const [before, steps] = [
    records.alarmStepsAt(period.from),
    records.alarmSteps(period.from, instant(Math.min(period.to, until + 1))),
  ];
  const starts = new Map<string, EpochMs>();
  const startOf = (day: string): EpochMs => {
    const start = starts.get(day) ?? calendar.period(day).from;
    starts.set(day, start);
    return start;
  };
  return plant.lines.flatMap((line) => {
    const own = totals.filter(({ spec }) => spec.line.id === line.id);
    if (own.length === 0) return [];
    const windows = knownWindows(
      own.flatMap(({ days }) => days),
      startOf,
    );
    const span = { from: period.from, to: until };
    const staffed = line.staffing?.during === "shifts" ? plannedTime(plant.calendar, calendar, span) : [span];
    const [lineBefore, lineSteps] = [
      before.filter((step) => step.line === line.id),
      steps.filter((step) => step.line === line.id),
    ];
    return [
      alarmActivity(
        line.id,
        lineBefore,
        lineSteps,
        period,
        until,
        ({ from }) => windows.has(from),
        { config: line.staffing, staffed: staffed.flatMap((part) => clipped(part, span)) },
        digestOf(JSON.stringify([lineBefore, lineSteps])),
      ),
    ];
  });
}

/** Starts of the 10-minute windows in which any sample came. */
function knownWindows(days: readonly DayFacts[], startOf: (day: string) => EpochMs): ReadonlySet<number> {
  const known = new Set<number>();
  for (const { day, facts } of days) {
    const start = startOf(day);
    for (let i = 0; i < facts.windows.length; i++) if (facts.windows[i] === "1") known.add(start + i * 600_000);
  }
  return known;
}
