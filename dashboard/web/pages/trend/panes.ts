import type { TrendSeries } from "../../trend/series.ts";

/** One chart and what it shows. `places` are the series' places on the page: they decide colour and dash. */
export interface Pane {
  readonly key: string;
  readonly series: readonly TrendSeries[];
  readonly places: readonly number[];
}

/** How charts are laid out: one per tag, one per unit, or those that the address groups itself. */
export type Layout = "stacked" | "shared" | "own";

/** `a,b;c`: the tags that an address asks for, and its charts where it says which tags share one. */
export function parseTags(text: string): readonly (readonly string[])[] {
  const groups = text.split(";").map((group) => group.split(",").filter((tag) => tag !== ""));
  return groups.filter((group) => group.length > 0);
}

/** The address of another choice of tags: who stays keeps his chart, who comes gets one of his own where there are several. */
export function formatTags(groups: readonly (readonly string[])[], wanted: readonly string[]): string {
  const kept = groups.map((group) => group.filter((tag) => wanted.includes(tag))).filter((group) => group.length > 0);
  const added = wanted.filter((tag) => !groups.some((group) => group.includes(tag)));
  if (groups.length <= 1) return [...kept.flat(), ...added].join(",");
  return [...kept, ...added.map((tag) => [tag])].map((group) => group.join(",")).join(";");
}

/** One chart per tag; or one per unit for numbers, since only numbers of one unit share a scale; or as `groups` say, as far as their units allow. */
export function panesOf(
  all: readonly TrendSeries[],
  layout: Layout,
  groups: readonly (readonly string[])[] = [],
): readonly Pane[] {
  const places = new Map<string, number[]>();
  all.forEach(({ info }, place) => {
    const numeric = info.type === "float" || info.type === "int";
    const chart = layout === "own" ? `chart ${groups.findIndex((group) => group.includes(info.tag))} ` : "";
    const key = layout !== "stacked" && numeric ? `${chart}unit ${info.unit}` : info.tag;
    places.set(key, [...(places.get(key) ?? []), place]);
  });
  return [...places].map(([key, shown]) => ({
    key,
    // Within charts of one's own each begins with the first colour.
    places: layout === "own" ? shown.map((_, k) => k) : shown,
    series: shown.map((place) => all[place]).filter((each) => each !== undefined),
  }));
}
