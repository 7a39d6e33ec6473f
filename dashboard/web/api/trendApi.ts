import type { TagStatistics, TrendView } from "#shared/model/live.ts";
import type { TagId } from "#shared/model/sample.ts";
import type { Api } from "./api.ts";
import type { Range } from "./recordsApi.ts";

/** What the trend page asks for besides history. */
export const trendApi = ({ get, command }: Pick<Api, "get" | "command">) => ({
  list: async () => (await get<{ views: readonly TrendView[] }>("/api/trend-views")).views,
  save: (view: Pick<TrendView, "line" | "name" | "query" | "shared">) =>
    command("/api/trend-views", view, crypto.randomUUID()),
  change: (id: number, change: Partial<Pick<TrendView, "name" | "query" | "shared">>) =>
    command(`/api/trend-views/${id}`, change, crypto.randomUUID()),
  remove: (id: number) => command(`/api/trend-views/${id}/remove`, {}, crypto.randomUUID()),
  statistics: (tag: TagId, { from, to }: Range, signal: AbortSignal) =>
    get<TagStatistics>(`/api/history/statistics?${new URLSearchParams({ tag, from: `${from}`, to: `${to}` })}`, signal),
});
