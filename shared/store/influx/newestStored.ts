import type { TagId } from "#shared/model/sample.ts";
import { lastQuery } from "./influxQl.ts";
import { latestMs } from "./lineProtocol.ts";
import { partsOf } from "./parts.ts";
import { rowsOf, tagOf } from "./rows.ts";
import type { InfluxServer } from "./server.ts";

/**
 * Up to which time each tag may have points already; -1 where it has none. 3.x would have to look through all its files
 * for a tag that has none: there the answer is `unasked` for every tag.
 */
export async function newestStored(
  server: Pick<InfluxServer, "query" | "version" | "tagsPerStatement">,
  tags: readonly TagId[],
  unasked: number,
): Promise<ReadonlyMap<TagId, number>> {
  if ((await server.version()) === "3") return new Map(tags.map((tag) => [tag, unasked]));
  const newest = new Map<TagId, number>(tags.map((tag) => [tag, -1]));
  const statements = partsOf(tags, await server.tagsPerStatement()).map((some) => lastQuery(some, 0, latestMs));
  for (const series of (await server.query(statements)).flat()) {
    for (const row of rowsOf(series)) newest.set(tagOf(series, row), Number(row.time));
  }
  return newest;
}
