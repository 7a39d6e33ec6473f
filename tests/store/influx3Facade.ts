import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { InfluxSeries } from "#shared/store/influx/server.ts";

/** Parquet files that 3 Core opens for one query, each of ten minutes. */
const fileLimit = 432;
const fileMs = 600_000;

/**
 * Speaks as InfluxDB 3 Core does, in front of a real 1.x that keeps the data: lines by /api/v2/write alone; one
 * statement per query, in the address; no `tags` beside a series but a column; and no query over more than 432 files.
 */
export async function startInflux3(
  behind: string,
): Promise<AsyncDisposable & { readonly url: string; refusals(): number }> {
  const files = new Set<number>();
  let refusals = 0;
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "", "http://facade");
    const say = (status: number, body: unknown): void => {
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    };
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    if (pathname === "/ping") return say(200, { version: "3.2.1", revision: "facade" });
    if (pathname === "/api/v2/write" && searchParams.get("precision") === "ms") {
      const body = Buffer.concat(parts);
      for (const [, at] of body.toString().matchAll(/ (\d+)(?:\n|$)/g)) files.add(Math.floor(Number(at) / fileMs));
      const path = `/write?db=${searchParams.get("bucket")}&precision=ms`;
      const answer = await fetch(behind + path, { method: "POST", body });
      return void response.writeHead(answer.status).end(Buffer.from(await answer.arrayBuffer()));
    }
    const q = searchParams.get("q");
    if (pathname !== "/query" || request.method !== "GET" || q === null) return say(404, { error: "not found" });
    const statements = q.replaceAll(/'(?:[^'\\]|\\.)*'/g, "").split(";").length;
    if (statements > 1) return say(400, { error: "must provide only one InfluxQl statement per query" });
    const [from = 0, to = Number.POSITIVE_INFINITY] = [...q.matchAll(/time >?<?=? '([^']*)'/g)].map(([, at]) =>
      Date.parse(at ?? ""),
    );
    const needed = [...files].filter((file) => file >= Math.floor(from / fileMs) && file * fileMs < to).length;
    if (!q.startsWith("SHOW") && needed > fileLimit) {
      refusals += 1;
      return say(500, { error: `Query would exceed file limit of ${fileLimit} parquet files.` });
    }
    const answer = await fetch(`${behind}${request.url}`);
    const text = await answer.text();
    // As it is where it can be: JSON written again would lose the sign of zero.
    if (!text.includes('"tags"')) return void response.writeHead(200, { "content-type": "application/json" }).end(text);
    const { results } = JSON.parse(text) as { results: { series?: InfluxSeries[] }[] };
    say(200, { results: results.map((result) => ({ ...result, series: result.series?.map(tagsAsColumns) ?? [] })) });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    refusals: () => refusals,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const tagsAsColumns = ({ tags = {}, columns, values }: InfluxSeries): InfluxSeries => ({
  columns: [...columns, ...Object.keys(tags)],
  values: values.map((row) => [...row, ...Object.values(tags)]),
});
