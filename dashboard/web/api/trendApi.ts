import type { TagStatistics } from "#shared/model/live.ts";
import type { TagId } from "#shared/model/sample.ts";
import type { Api } from "./api.ts";
import type { Range } from "./recordsApi.ts";

/** What the trend page asks for besides history. */
export const trendApi = ({ get }: Pick<Api, "get">) => ({
  statistics: (tag: TagId, { from, to }: Range, signal: AbortSignal) =>
    get<TagStatistics>(`/api/history/statistics?${new URLSearchParams({ tag, from: `${from}`, to: `${to}` })}`, signal),
});
