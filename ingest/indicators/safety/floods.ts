import type { AlarmBenchmark } from "#shared/model/alarmBenchmarks.ts";
import { count, positive } from "#shared/model/checks.ts";
import { type Interval, interval, overlapMs } from "#shared/model/interval.ts";
import { ratio, sum } from "#shared/model/ratio.ts";
import type { EpochMs } from "#shared/model/time.ts";

type FloodRules = Pick<AlarmBenchmark, "windowMinutes" | "floodStartsAbove" | "floodLastsFrom">;

/** Annunciations of one position per window aligned to the wall clock; null where it was not monitored. */
export type WindowCounts = readonly (number | null)[];

/** Windows `[first, next)` of one flood. */
interface Flood {
  readonly first: number;
  readonly next: number;
}

/** S-02 to S-04 of one position; windows and minutes add up over positions and time. */
export interface FloodFigures {
  readonly monitoredWindows: number;
  readonly windowsAbove: number;
  /** S-02 */
  readonly windowsAboveShare: number | null;
  /** S-03 */
  readonly peak: number | null;
  readonly floods: number;
  readonly floodMinutes: number;
  /** S-04 */
  readonly floodShare: number | null;
  readonly alarmsInFlood: number;
  /** Monitored windows over all. */
  readonly coverage: number | null;
}

/** A flood starts with a window above the limit and ends before the first that is too calm, or not monitored. */
function floodsIn(counts: WindowCounts, { floodStartsAbove, floodLastsFrom }: FloodRules): readonly Flood[] {
  const floods: Flood[] = [];
  for (let i = 0; i < counts.length; i++) {
    if ((counts[i] ?? 0) <= floodStartsAbove) continue;
    const first = i;
    while (i + 1 < counts.length && (counts[i + 1] ?? Number.NEGATIVE_INFINITY) >= floodLastsFrom) i++;
    floods.push({ first, next: i + 1 });
  }
  return floods;
}

const checked = (counts: WindowCounts): WindowCounts =>
  counts.map((value, i) => (value === null ? null : count(value, `annunciations of window ${i}`)));

export function floodFigures(windows: WindowCounts, rules: FloodRules): FloodFigures {
  positive(rules.windowMinutes, "window in min");
  const counts = checked(windows);
  const monitored = counts.filter((value) => value !== null);
  const windowsAbove = monitored.filter((value) => value > rules.floodStartsAbove).length;
  const floods = floodsIn(counts, rules);
  const flooded = floods.flatMap(({ first, next }) => counts.slice(first, next));
  return {
    monitoredWindows: monitored.length,
    windowsAbove,
    windowsAboveShare: ratio(windowsAbove, monitored.length),
    peak: monitored.length > 0 ? Math.max(...monitored) : null,
    floods: floods.length,
    floodMinutes: flooded.length * rules.windowMinutes,
    floodShare: ratio(flooded.length, monitored.length),
    alarmsInFlood: sum(flooded.map((value) => value ?? 0)),
    coverage: ratio(monitored.length, counts.length),
  };
}

/** Floods by period: a flood counts where it starts, its minutes are split at the borders. `start` is that of the first window. */
export function floodsInPeriods(
  windows: WindowCounts,
  start: EpochMs,
  periods: readonly Interval[],
  rules: FloodRules,
): readonly { readonly floods: number; readonly floodMinutes: number }[] {
  const windowMs = positive(rules.windowMinutes, "window in min") * 60_000;
  const floods = floodsIn(checked(windows), rules).map(({ first, next }) =>
    interval(start + first * windowMs, start + next * windowMs),
  );
  return periods.map((period) => ({
    floods: floods.filter(({ from }) => from >= period.from && from < period.to).length,
    floodMinutes: sum(floods.map((flood) => overlapMs(flood, period))) / 60_000,
  }));
}
