import { type ShallowRef, shallowRef } from "vue";
import type { TagId } from "#shared/model/sample.ts";
import type { TagInfo } from "#shared/model/tag.ts";
import { type Api, ApiFailure } from "../api/api.ts";
import type { PageClock, Stop } from "../kit/pageClock.ts";
import type { Cell } from "../live/cell.ts";
import { appendLive, emptySeries, mergeHistory, type Region, type TrendSeries } from "./series.ts";

/** Why history could not be read; the live tail goes on. */
export interface TrendProblem {
  readonly code: ApiFailure["code"];
  readonly detail: string;
}

/** History and tail of the chosen tags. Series are no reactive data: `version` says that something changed. */
export interface TrendData {
  readonly version: ShallowRef<number>;
  readonly loading: ShallowRef<boolean>;
  readonly problem: ShallowRef<TrendProblem | null>;
  series(tag: TagId): TrendSeries | undefined;
  choose(tags: readonly TagInfo[]): void;
  /** Reads history of the window, after a moment of rest; what is drawn stays until the answer is here. */
  ask(window: Region, pixels: number): void;
  /** Reads the same window again, for example after a lost connection. */
  again(window: Region): void;
  sample(tag: TagId, cell: Cell): void;
  close(): void;
}

const restMs = 120;

export function createTrendData(api: Api, clock: PageClock): TrendData {
  const all = new Map<TagId, TrendSeries>();
  const version = shallowRef(0);
  const loading = shallowRef(false);
  const problem = shallowRef<TrendProblem | null>(null);
  let abort = new AbortController();
  let waiting: Stop = () => {};
  let pixels = 800;

  const read = async (window: Region): Promise<void> => {
    abort.abort();
    abort = new AbortController();
    const { signal } = abort;
    loading.value = true;
    const answers = [...all.values()].map(async ({ info: { tag, gapAfterMs } }) => {
      // A little more on each side: whether the window's edges lie in a silence is told by its neighbours.
      const margin = Math.min(gapAfterMs, (window.to - window.from) / 4);
      const query = { from: Math.floor(window.from - margin), to: Math.ceil(window.to + margin), pixels };
      const answer = await api.history({ tag, ...query }, signal);
      const was = all.get(tag);
      if (signal.aborted || !was) return;
      all.set(tag, mergeHistory(was, answer));
      version.value++;
    });
    const outcomes = await Promise.allSettled(answers);
    if (signal.aborted) return;
    loading.value = false;
    const failed = outcomes.find((outcome) => outcome.status === "rejected")?.reason;
    problem.value = failed instanceof ApiFailure ? { code: failed.code, detail: failed.message } : null;
  };

  return {
    version,
    loading,
    problem,
    series: (tag) => all.get(tag),
    choose: (tags) => {
      const wanted = new Set(tags.map(({ tag }) => tag));
      for (const tag of all.keys()) if (!wanted.has(tag)) all.delete(tag);
      for (const info of tags) if (!all.has(info.tag)) all.set(info.tag, emptySeries(info));
      version.value++;
    },
    ask: (window, wide) => {
      pixels = Math.min(2_000, Math.max(100, Math.round(wide)));
      waiting();
      waiting = clock.after(restMs, () => void read(window));
    },
    again: (window) => void read(window),
    sample: (tag, cell) => {
      const series = all.get(tag);
      if (!series) return;
      appendLive(series, cell);
      version.value++;
    },
    close: () => {
      waiting();
      abort.abort();
    },
  };
}
