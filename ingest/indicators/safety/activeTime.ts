import type { AlarmBenchmark } from "#shared/model/alarmBenchmarks.ts";
import { clipped, type Interval, interval, overlapMs } from "#shared/model/interval.ts";
import { ratio, sum } from "#shared/model/ratio.ts";
import type { EpochMs } from "#shared/model/time.ts";

/** Time in which an alarm is active (UNACK or ACKED). */
export interface ActiveAlarm {
  readonly from: EpochMs;
  /** null while it is active. */
  readonly to: EpochMs | null;
}

const activeUntil = ({ from, to }: ActiveAlarm, until: EpochMs): Interval =>
  interval(from, Math.max(from, Math.min(to ?? until, until)));

/**
 * S-05: alarms with stale time on each day. Stale time begins after more than the limit of continuous activity; what is
 * still active counts up to `asOf`.
 */
export function staleAlarms(
  alarms: readonly ActiveAlarm[],
  days: readonly Interval[],
  asOf: EpochMs,
  { staleAfterHours }: Pick<AlarmBenchmark, "staleAfterHours">,
): { readonly perDay: readonly number[]; readonly maxPerDay: number | null; readonly staleAlarms: number } {
  const afterMs = staleAfterHours * 3_600_000;
  const stale = alarms.flatMap((alarm) => {
    const { from, to } = activeUntil(alarm, asOf);
    return to - from > afterMs ? [interval(from + afterMs, to)] : [];
  });
  const perDay = days.map((day) => stale.filter((part) => overlapMs(part, day) > 0).length);
  return {
    perDay,
    maxPerDay: perDay.length > 0 ? Math.max(...perDay) : null,
    staleAlarms: stale.filter((part) => days.some((day) => overlapMs(part, day) > 0)).length,
  };
}

/** S-10: time-weighted mean and maximum of alarms that are active at the same time, cut at the window. */
export function standingAlarms(
  alarms: readonly ActiveAlarm[],
  window: Interval,
): { readonly mean: number | null; readonly max: number } {
  const active = alarms.flatMap((alarm) => clipped(activeUntil(alarm, window.to), window));
  // At one instant an end comes before a start: intervals are half-open.
  const steps = active
    .flatMap(({ from, to }) => [
      { at: from, by: 1 },
      { at: to, by: -1 },
    ])
    .sort((a, b) => a.at - b.at || a.by - b.by);
  let now = 0;
  let max = 0;
  for (const { by } of steps) {
    now += by;
    max = Math.max(max, now);
  }
  return { mean: ratio(sum(active.map(({ from, to }) => to - from)), window.to - window.from), max };
}
