import { onUnmounted, shallowRef, watch } from "vue";
import type { AlarmEvent } from "#shared/model/alarm.ts";
import type { Recorded } from "#shared/model/revision.ts";
import type { Run } from "#shared/model/run.ts";
import { ApiFailure } from "../../api/api.ts";
import { recordsApi } from "../../api/recordsApi.ts";
import type { Stop } from "../../kit/pageClock.ts";
import { useServices } from "../../services.ts";
import type { Region } from "../../trend/series.ts";
import type { Trend } from "./useTrend.ts";

const restMs = 250;
const againMs = 20_000;
/** Of one window; the newest where there are more. */
const mostEvents = 500;

export interface Marks {
  readonly events: readonly AlarmEvent[];
  /** There are more events than are shown. */
  readonly cut: boolean;
  readonly runs: readonly Recorded<Run>[];
}

/** Alarms, comments and runs of the window, for the equipment whose tags are shown. */
export function useMarks(line: () => string, trend: Trend) {
  const { api, clock, live } = useServices();
  const records = recordsApi(api);
  const marks = shallowRef<Marks>({ events: [], cut: false, runs: [] });
  const problem = shallowRef<string | null>(null);
  let abort = new AbortController();
  let waiting: Stop = () => {};

  const equipment = (): ReadonlySet<string> => new Set(trend.tags.value.map(({ tag }) => tag.split("/")[2] ?? ""));
  const read = async ({ from, to }: Region): Promise<void> => {
    abort.abort();
    abort = new AbortController();
    const { signal } = abort;
    const range = { from: Math.floor(from), to: Math.ceil(to) };
    const query = { line: line(), transition: "raised,commented", from: `${range.from}`, to: `${range.to}` };
    try {
      const [journal, runs] = await Promise.all([
        api.journal({ ...query, limit: `${mostEvents}` }, signal),
        records.runs(range, signal),
      ]);
      const shown = equipment();
      marks.value = {
        events: journal.events.filter(({ status }) => shown.has(status.equipment)),
        cut: journal.next !== null,
        runs: runs.filter((run) => run.line === line() && run.equipment.some((each) => shown.has(each))),
      };
      problem.value = null;
    } catch (thrown) {
      if (!signal.aborted && thrown instanceof ApiFailure) problem.value = thrown.message;
    }
  };
  const ask = (): void => {
    waiting();
    if (!trend.marks.value || trend.tags.value.length === 0) return;
    waiting = clock.after(restMs, () => void read(trend.window.value));
  };
  watch(() => [trend.range.value, trend.marks.value, trend.tags.value.map(({ tag }) => tag).join(), line()], ask, {
    immediate: true,
  });
  const stops: Stop[] = [
    live.onAlarm(ask),
    clock.every(againMs, () => {
      if (trend.range.value.kind === "live") ask();
    }),
  ];
  onUnmounted(() => {
    for (const stop of stops) stop();
    waiting();
    abort.abort();
  });
  return { marks, problem };
}
