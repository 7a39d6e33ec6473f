import { computed, onUnmounted, shallowRef, watch } from "vue";
import type { TagStatistics } from "#shared/model/live.ts";
import type { TagId } from "#shared/model/sample.ts";
import { ApiFailure } from "../../api/api.ts";
import { trendApi } from "../../api/trendApi.ts";
import type { Stop } from "../../kit/pageClock.ts";
import { useServices } from "../../services.ts";
import type { Marker } from "../../trend/pointerActs.ts";
import { parseInstant } from "../../trend/range.ts";
import type { Trend } from "./useTrend.ts";

const restMs = 250;

/** What is known of one tag between the cursors; null while it is asked for. */
export type Told = TagStatistics | { readonly failed: string } | null;

/** Two cursors, kept in the address, and the figures of each tag between them, which the server takes from every sample. */
export function useCursors(trend: Trend) {
  const { api, clock, live } = useServices();
  const { statistics } = trendApi(api);
  const told = shallowRef<ReadonlyMap<TagId, Told>>(new Map());
  let abort = new AbortController();
  let waiting: Stop = () => {};
  /** While one is dragged, the address waits. */
  const moving = shallowRef<Marker | null>(null);
  const read = (name: Marker["name"]): number | null =>
    parseInstant(trend.asked(name) ?? "", live.serverTime()) ?? null;
  const placeOf = (name: Marker["name"]): number | null => (moving.value?.name === name ? moving.value.at : read(name));

  const markers = computed<readonly Marker[]>(() =>
    (["a", "b"] as const).flatMap((name) => {
      const at = placeOf(name);
      return at === null ? [] : [{ name, at }];
    }),
  );
  const span = computed(() => {
    const [one, other] = markers.value;
    if (!one || !other || one.at === other.at) return null;
    return { from: Math.round(Math.min(one.at, other.at)), to: Math.round(Math.max(one.at, other.at)) };
  });
  const ask = async (): Promise<void> => {
    abort.abort();
    abort = new AbortController();
    const { signal } = abort;
    const between = span.value;
    if (!between) return;
    const known = new Map<TagId, Told>(trend.tags.value.map(({ tag }) => [tag, null]));
    told.value = known;
    await Promise.all(
      trend.tags.value.map(async ({ tag }) => {
        const found = await statistics(tag, between, signal).catch((thrown: unknown): Told => {
          return { failed: thrown instanceof ApiFailure ? thrown.message : String(thrown) };
        });
        if (signal.aborted) return;
        known.set(tag, found);
        told.value = new Map(known);
      }),
    );
  };
  watch(
    () => [span.value?.from, span.value?.to, trend.tags.value.map(({ tag }) => tag).join()],
    () => {
      waiting();
      waiting = clock.after(restMs, () => void ask());
    },
    { immediate: true },
  );
  let writing: Stop = () => {};
  onUnmounted(() => {
    waiting();
    writing();
    abort.abort();
  });
  const iso = (at: number): string => new Date(Math.round(at)).toISOString();
  const place = (name: Marker["name"], at: number): void => {
    moving.value = { name, at };
    writing();
    writing = clock.after(restMs, () => {
      trend.write({ [name]: iso(at) }, "replace");
      moving.value = null;
    });
  };

  return {
    markers,
    span,
    told,
    isOn: computed(() => markers.value.length > 0),
    place,
    /** A click takes the nearer one there; while there is only one, the other comes. */
    click: (at: number): void => {
      const [one, other] = markers.value;
      if (!one) return;
      const nearer = other && Math.abs(other.at - at) < Math.abs(one.at - at) ? other : one;
      const missing = one.name === "a" ? "b" : "a";
      place(other ? nearer.name : missing, at);
    },
    begin: (): void => {
      const { from, to } = trend.window.value;
      const end = Math.min(to, live.serverTime());
      trend.write({ a: iso(from + (end - from) / 4), b: iso(from + ((end - from) * 3) / 4) }, "replace");
    },
    clear: (): void => {
      writing();
      moving.value = null;
      trend.write({ a: undefined, b: undefined }, "replace");
    },
  };
}

export type Cursors = ReturnType<typeof useCursors>;
