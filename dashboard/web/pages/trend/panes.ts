import type { TrendSeries } from "../../trend/series.ts";

/** One chart and what it shows. `places` are the series' places on the page: they decide colour and dash. */
export interface Pane {
  readonly key: string;
  readonly series: readonly TrendSeries[];
  readonly places: readonly number[];
}

/** One chart per tag; or one per unit for numbers, since only numbers of one unit share a scale. */
export function panesOf(all: readonly TrendSeries[], layout: "stacked" | "shared"): readonly Pane[] {
  const groups = new Map<string, number[]>();
  all.forEach(({ info }, place) => {
    const numeric = info.type === "float" || info.type === "int";
    const key = layout === "shared" && numeric ? `unit ${info.unit}` : info.tag;
    groups.set(key, [...(groups.get(key) ?? []), place]);
  });
  return [...groups].map(([key, places]) => ({
    key,
    places,
    series: places.map((place) => all[place]).filter((each) => each !== undefined),
  }));
}
