import { computed, onUnmounted, shallowRef, watch } from "vue";
import type { Recorded } from "#shared/model/revision.ts";
import type { Run } from "#shared/model/run.ts";
import type { TagId } from "#shared/model/sample.ts";
import { recordsApi } from "../../api/recordsApi.ts";
import type { Stop } from "../../kit/pageClock.ts";
import { useServices } from "../../services.ts";
import { shifted } from "../../trend/goldenBatch.ts";
import { emptySeries, mergeHistory, type Region, type TrendSeries } from "../../trend/series.ts";
import type { Trend } from "./useTrend.ts";

export const mostEarlier = 10;
const restMs = 200;

/** One earlier run of one tag, laid over the reference run at its start. */
export interface EarlierRun {
  readonly run: Recorded<Run>;
  readonly series: TrendSeries;
}

/** A run that time is counted from, and earlier ones that are laid over it at their starts; all in the address. */
export function useComparison(trend: Trend) {
  const { api, clock, live } = useServices();
  const records = recordsApi(api);
  const known = shallowRef<ReadonlyMap<string, Recorded<Run>>>(new Map());
  const problem = shallowRef<string | null>(null);
  const loaded = shallowRef<ReadonlyMap<TagId, readonly EarlierRun[]>>(new Map());
  const idsOf = (key: string): string[] => (trend.asked(key) ?? "").split(",").filter((id) => /^R\d{6,9}$/.test(id));
  const referenceId = computed(() => idsOf("run")[0] ?? null);
  const earlierIds = computed(() => idsOf("with").slice(0, mostEarlier));
  const reference = computed(() => (referenceId.value ? (known.value.get(referenceId.value) ?? null) : null));
  const earlier = computed(() => earlierIds.value.map((id) => known.value.get(id)).filter((run) => run !== undefined));
  const asBand = computed(() => trend.asked("as") === "band" && earlier.value.length > 1);

  watch(
    () => [referenceId.value, ...earlierIds.value].join(),
    async () => {
      const missing = [...idsOf("run"), ...earlierIds.value].filter((id) => !known.value.has(id));
      const found = await Promise.allSettled(missing.map(async (id) => (await records.runHistory(id)).at(-1)));
      const runs = found.flatMap((each) => (each.status === "fulfilled" && each.value ? [each.value] : []));
      const failed = found.find((each) => each.status === "rejected");
      problem.value = failed ? String((failed.reason as Error).message) : null;
      if (runs.length > 0) known.value = new Map([...known.value, ...runs.map((run) => [run.id, run] as const)]);
    },
    { immediate: true },
  );

  let abort = new AbortController();
  let waiting: Stop = () => {};
  const read = async (window: Region): Promise<void> => {
    abort.abort();
    abort = new AbortController();
    const { signal } = abort;
    const origin = reference.value?.from;
    if (origin === undefined) return;
    const pixels = Math.min(2_000, Math.max(100, Math.round(trend.width.value)));
    const asked = trend.tags.value.map(async (info) => {
      const runs = earlier.value.map(async (run): Promise<EarlierRun | null> => {
        const by = origin - run.from;
        const from = Math.max(Math.floor(window.from - by), run.from);
        const to = Math.min(Math.ceil(window.to - by), run.to ?? live.serverTime());
        if (from >= to) return null;
        const answer = await api.history({ tag: info.tag, from, to, pixels }, signal);
        return { run, series: mergeHistory(emptySeries(info), shifted(answer, by)) };
      });
      return [info.tag, (await Promise.all(runs)).filter((each) => each !== null)] as const;
    });
    try {
      const found = await Promise.all(asked);
      if (!signal.aborted) loaded.value = new Map(found);
    } catch (thrown) {
      if (!signal.aborted) problem.value = thrown instanceof Error ? thrown.message : String(thrown);
    }
  };
  watch(
    () => [
      trend.tags.value.map(({ tag }) => tag).join(),
      reference.value?.id,
      earlier.value.map(({ id }) => id).join(),
      trend.range.value,
      trend.width.value,
    ],
    () => {
      waiting();
      if (reference.value === null || earlier.value.length === 0) loaded.value = new Map();
      else if (trend.width.value > 0) waiting = clock.after(restMs, () => void read(trend.window.value));
    },
    { immediate: true },
  );
  onUnmounted(() => {
    waiting();
    abort.abort();
  });

  const lengthOf = ({ from, to }: Recorded<Run>): number => (to ?? live.serverTime()) - from;
  /** The window from the reference's start on, as long as the longest of all: what earlier runs did next is seen, too. */
  const show = (run: Recorded<Run>, others: readonly Recorded<Run>[]): void => {
    known.value = new Map([...known.value, ...[run, ...others].map((each) => [each.id, each] as const)]);
    const longest = Math.max(60_000, ...[run, ...others].map(lengthOf));
    trend.write({ run: run.id, with: others.map(({ id }) => id).join(",") || undefined }, "replace");
    trend.setRange({ kind: "fixed", from: run.from, to: run.from + Math.round(longest * 1.02) }, "replace");
  };
  return {
    reference,
    earlier,
    asBand,
    loaded,
    problem,
    show,
    setBand: (on: boolean) => trend.write({ as: on ? "band" : undefined }, "replace"),
    clear: () => trend.write({ run: undefined, with: undefined, as: undefined }, "replace"),
    /** Runs of the line that can be chosen, the newest first. */
    list: async (line: string, signal: AbortSignal): Promise<readonly Recorded<Run>[]> => {
      const to = live.serverTime() + 60_000;
      const runs = await records.runs({ from: to - 180 * 86_400_000, to }, signal);
      return runs.filter((run) => run.line === line && run.state !== "voided").reverse();
    },
  };
}

export type Comparison = ReturnType<typeof useComparison>;
