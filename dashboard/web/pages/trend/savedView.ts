import type { LocationQuery } from "vue-router";
import type { TrendView } from "#shared/model/live.ts";

/** What an address shows, as a view keeps it: all of it, but not which view it came from. */
export function viewQuery(query: LocationQuery): string {
  const kept = Object.entries(query).filter(([key]) => key !== "view");
  const words = kept.flatMap(([key, value]) => (typeof value === "string" ? [[key, value]] : []));
  return new URLSearchParams(words).toString();
}

/** The address of a view. */
export const queryOfView = ({ id, query }: Pick<TrendView, "id" | "query">): Record<string, string> => ({
  ...Object.fromEntries(new URLSearchParams(query)),
  view: String(id),
});
