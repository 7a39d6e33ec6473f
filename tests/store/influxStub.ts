import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import type { InfluxAddress, InfluxVersion } from "#shared/store/influx/version.ts";

/** One request that the stub has got. */
export interface StubRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly authorization: string | undefined;
  readonly encoding: string | undefined;
  readonly body: string;
}

/** What the stub answers; `hang` answers nothing and keeps the connection, `cut` ends it. */
export type StubAnswer =
  | { readonly status: number; readonly body?: string; readonly headers?: Readonly<Record<string, string>> }
  | "hang"
  | "cut";

export interface Stub extends AsyncDisposable {
  readonly url: string;
  /** Writes. */
  readonly requests: readonly StubRequest[];
  readonly pings: () => number;
  /** Lines that it has stored, by measurement, tags and time: the newest of equals. */
  readonly lines: () => readonly string[];
}

/** Clauses of the store contract that no InfluxDB holds, and why. */
export const influxSkips = {
  "good time lasts from a good sample to the next one, and never over a silence": "(InfluxQL sums no durations)",
} as const;

/** The version that each line's server says in /ping, as its documentation and source have it. */
const ping = {
  "1": { status: 204, headers: { "x-influxdb-version": "1.8.10" } },
  "2": { status: 204, headers: { "x-influxdb-version": "v2.7.12" } },
  "3": { status: 200, body: '{"version":"3.2.1","revision":"a"}', headers: { "content-type": "application/json" } },
} as const satisfies Record<InfluxVersion, StubAnswer>;

export const stored = { status: 204 } as const;

/**
 * A server that answers as InfluxDB of a version does. It knows no samples when it is asked. `answer` decides over a
 * write: where it says 204 the lines are kept, and `keep` keeps some lines of a write that is refused.
 */
export async function startStub(
  version: InfluxVersion,
  answer: (request: StubRequest, keep: (lines: readonly string[]) => void) => StubAnswer | Promise<StubAnswer> = () =>
    stored,
  pinged: StubAnswer = ping[version],
): Promise<Stub> {
  const requests: StubRequest[] = [];
  const kept = new Map<string, string>();
  let pings = 0;
  const keep = (lines: readonly string[]) => {
    for (const line of lines) kept.set(line.replace(/(?<!\\) .* /, " "), line);
  };
  const decide = async (request: StubRequest): Promise<StubAnswer> => {
    if (request.path === "/ping") {
      pings += 1;
      return pinged;
    }
    if (request.path === "/query") return { status: 200, body: '{"results":[]}' };
    requests.push(request);
    if (request.path !== (version === "1" ? "/write" : "/api/v2/write")) {
      return { status: 404, body: "404 page not found" };
    }
    const decided = await answer(request, keep);
    if (typeof decided === "object" && decided.status === 204) keep(request.body.split("\n"));
    return decided;
  };
  const server = createServer(async (request, response) => {
    const decided = await decide(await readRequest(request));
    if (decided === "hang") return;
    if (decided === "cut") return void request.socket.destroy();
    response.writeHead(decided.status, { "content-type": "application/json", ...decided.headers }).end(decided.body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    pings: () => pings,
    lines: () => [...kept.values()].toSorted(),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function readRequest(request: IncomingMessage): Promise<StubRequest> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const { method = "", url = "", headers } = request;
  const { pathname, searchParams } = new URL(url, "http://stub");
  const encoding = headers["content-encoding"];
  const bytes = Buffer.concat(parts);
  const body = (encoding === "gzip" ? gunzipSync(bytes) : bytes).toString();
  return { method, path: pathname, query: searchParams, authorization: headers.authorization, encoding, body };
}

/** An address with what the options say where nothing is given. */
export const influxAt = (url: string, given: Partial<InfluxAddress> = {}): InfluxAddress => ({
  url,
  database: "db",
  org: "pilotline",
  token: null,
  version: null,
  gzip: false,
  ...given,
});
