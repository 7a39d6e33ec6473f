import { computed, onUnmounted, shallowRef, watch } from "vue";
import { useRoute, useRouter } from "vue-router";
import type { TagId } from "#shared/model/sample.ts";
import type { TagInfo } from "#shared/model/tag.ts";
import type { Stop } from "../../kit/pageClock.ts";
import { useServices } from "../../services.ts";
import {
  defaultRange,
  formatRange,
  pan,
  parseRange,
  select,
  type TrendRange,
  windowOf,
  zoom,
} from "../../trend/range.ts";
import type { Region } from "../../trend/series.ts";
import { createTrendData } from "../../trend/trendData.ts";
import { type YMode, yModes } from "../../trend/yScale.ts";
import { formatTags, type Layout, parseTags } from "./panes.ts";

const mostTags = 8;
/** In charts that the address groups itself: twelve of four. */
const mostGrouped = 48;
/** How often a following trend reads history again, so that what frames skipped comes back. */
const rereadMs = 30_000;
const urlRestMs = 200;

/** State of the trend page: all of it is in the URL, so that a link or a reload shows the same picture. */
export function useTrend(line: () => string) {
  const { api, clock, live, plant } = useServices();
  const route = useRoute();
  const router = useRouter();
  const data = createTrendData(api, clock);
  const asked = (key: string): string | undefined => {
    const value = route.query[key];
    return typeof value === "string" ? value : undefined;
  };
  const readRange = (): TrendRange =>
    parseRange({ from: asked("from"), to: asked("to"), live: asked("live") }, live.serverTime());

  const now = shallowRef<number>(live.serverTime());
  const range = shallowRef<TrendRange>(readRange());
  /** Of the plotting area in CSS pixels; 0 until it was measured, and nothing is asked before. */
  const width = shallowRef(0);
  const groups = computed(() => parseTags(asked("tags") ?? ""));
  const most = computed(() => (groups.value.length > 1 ? mostGrouped : mostTags));
  const tags = computed<readonly TagInfo[]>(() =>
    groups.value
      .flat()
      .map((tag) => plant.tag(tag as TagId)?.info)
      .filter((info) => info !== undefined)
      .slice(0, most.value),
  );
  const layout = computed<Layout>(() => {
    if (asked("layout") === "shared") return "shared";
    return groups.value.length > 1 ? "own" : "stacked";
  });
  const yMode = computed<YMode>(() => yModes.find((mode) => mode === asked("y")) ?? "auto");
  const window = computed<Region>(() => windowOf(range.value, now.value));
  const span = computed(() => window.value.to - window.value.from);

  let writing: Stop = () => {};
  /** Changes of the address; a range takes the place of the one before, whichever of the two kinds that is. */
  const write = (changes: Record<string, string | undefined>, way: "push" | "replace"): void => {
    const { from, to, live: follow, ...rest } = route.query;
    const isRange = "live" in changes || "from" in changes;
    void router[way]({ query: { ...(isRange ? rest : route.query), ...changes } });
  };
  const setRange = (next: TrendRange, way: "push" | "replace" = "replace"): void => {
    range.value = next;
    writing();
    writing = way === "push" ? () => {} : clock.after(urlRestMs, () => write(formatRange(next), "replace"));
    if (way === "push") write(formatRange(next), "push");
  };
  watch(
    () => [route.query.from, route.query.to, route.query.live],
    () => {
      const next = readRange();
      if (JSON.stringify(formatRange(next)) !== JSON.stringify(formatRange(range.value))) range.value = next;
    },
  );

  const reread = (): void => data.again(window.value);
  watch(tags, (chosen) => data.choose(chosen), { immediate: true });
  watch(
    () => [tags.value.map(({ tag }) => tag).join(), range.value, width.value] as const,
    () => {
      if (width.value > 0) data.ask(window.value, width.value);
    },
  );
  /** To where the window's newest edge lies, once that is a pixel further. */
  const move = (): void => {
    const at = live.serverTime();
    const pixelMs = span.value / Math.max(1, width.value);
    if (at - now.value >= Math.min(pixelMs, 5_000)) now.value = at;
  };
  const stops: Stop[] = [
    live.onSample((tag, cell) => {
      data.sample(tag, cell);
      // Time moves with the samples, so that the charts are drawn once and not twice.
      move();
    }),
    live.onMissed(() => {
      if (range.value.kind === "live") data.ask(window.value, width.value);
    }),
    clock.every(rereadMs, () => {
      if (range.value.kind === "live") reread();
    }),
    clock.every(500, move),
  ];
  onUnmounted(() => {
    for (const stop of stops) stop();
    writing();
    data.close();
  });

  return {
    data,
    now,
    range,
    window,
    width,
    tags,
    groups,
    most,
    layout,
    yMode,
    /** What the charts show besides the lines; both until somebody takes them away. */
    limits: computed(() => asked("limits") !== "0"),
    marks: computed(() => asked("marks") !== "0"),
    /** A word of the address, and a change of it: for what stands beside the range. */
    asked,
    write,
    reread,
    allTags: computed(() => plant.line(line())?.equipment ?? []),
    setTags: (ids: readonly TagId[]) =>
      write({ tags: formatTags(groups.value, ids.slice(0, most.value)) || undefined }, "replace"),
    /** Charts of one's own end where somebody asks for one per tag. */
    setLayout: (next: "stacked" | "shared") =>
      write(
        {
          layout: next === "shared" ? next : undefined,
          ...(next === "stacked" ? { tags: groups.value.flat().join(",") || undefined } : {}),
        },
        "replace",
      ),
    setYMode: (next: YMode) => write({ y: next === "range" ? next : undefined }, "replace"),
    setShown: (what: "limits" | "marks", on: boolean) => write({ [what]: on ? undefined : "0" }, "replace"),
    setRange,
    pan: (share: number) => setRange(pan(range.value, share, live.serverTime())),
    zoom: (factor: number) => setRange(zoom(range.value, factor, live.serverTime()), "push"),
    select: (from: number, to: number) => setRange(select(from, to), "push"),
    follow: () => setRange({ kind: "live", spanMs: Math.round(span.value / 1000) * 1000 }),
    pause: () => setRange({ kind: "fixed", ...windowOf(range.value, live.serverTime()) }),
    undo: () => {
      const { back } = router.options.history.state;
      if (typeof back === "string" && back.startsWith(route.path)) router.back();
      else setRange(defaultRange);
    },
    /** A link to exactly this picture: relative ranges become absolute. */
    frozenLink: () =>
      router.resolve({ query: { ...route.query, live: undefined, ...formatRange({ kind: "fixed", ...window.value }) } })
        .href,
  };
}

export type Trend = ReturnType<typeof useTrend>;
