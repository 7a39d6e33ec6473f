import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Clock } from "#shared/kit/clock.ts";
import type { Metrics } from "#shared/kit/metrics.ts";
import { CodedError, messageOf } from "#shared/model/errors.ts";
import { statusPage } from "./page.ts";
import { reportOf, type StatusSource } from "./report.ts";
import { languageOf } from "./texts.ts";

export interface StatusServer extends AsyncDisposable {
  /** `http://127.0.0.1:<port>` */
  readonly address: string;
}

interface StatusEnv {
  readonly clock: Clock;
  readonly metrics: Metrics;
}

const loopback = "127.0.0.1";
/** Several gateways on one machine each take the next one. */
const portsTried = 50;
/** A page of another site must not read the status through the name of its own that points to loopback. */
const ownHosts = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/;

/**
 * Serves the gateway's status on loopback: `/` for a person, `/status.json`, `/metrics` (Prometheus text format). Only
 * GET and HEAD; there is nothing to change. Takes the next free port where `port` is taken, any free one for 0; rejects
 * with `CONFIG` where there is none.
 */
export async function serveStatus(port: number, source: StatusSource, env: StatusEnv): Promise<StatusServer> {
  const server = createServer((request, response) => answer(request, response, source, env));
  await listenNear(server, port);
  const bound = server.address();
  return {
    address: `http://${loopback}:${typeof bound === "object" && bound ? bound.port : port}`,
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function listenNear(server: Server, wanted: number): Promise<void> {
  for (let port = wanted; ; port++) {
    server.listen(port, loopback);
    try {
      await once(server, "listening");
      return;
    } catch (error) {
      const isTaken = error instanceof Error && "code" in error && error.code === "EADDRINUSE";
      if (isTaken && port < wanted + portsTried) continue;
      const what = `The status page cannot listen on ${loopback}:${wanted} to ${port}: ${messageOf(error)}`;
      throw new CodedError("CONFIG", `${what}; choose another by --status-port, 0 for a free one.`);
    }
  }
}

function answer(request: IncomingMessage, response: ServerResponse, source: StatusSource, env: StatusEnv): void {
  const { status, type, body } = pageFor(request, source, env);
  response.writeHead(status, {
    "content-type": `${type}; charset=utf-8`,
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
  });
  response.end(request.method === "HEAD" ? undefined : body);
}

interface Page {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

const plain = (status: number, body: string): Page => ({ status, type: "text/plain", body });

function pageFor({ headers, method, url }: IncomingMessage, source: StatusSource, { clock, metrics }: StatusEnv): Page {
  if (!ownHosts.test(headers.host ?? "")) return plain(403, "Only by a loopback address.\n");
  if (method !== "GET" && method !== "HEAD") return plain(405, "Only GET.\n");
  const { pathname, searchParams } = new URL(url ?? "/", `http://${loopback}`);
  const report = () => reportOf(source, clock.now());
  switch (pathname) {
    case "/": {
      const language = languageOf(searchParams.get("lang"), headers["accept-language"]);
      return { status: 200, type: "text/html", body: statusPage(report(), language) };
    }
    case "/status.json":
      return { status: 200, type: "application/json", body: `${JSON.stringify(report(), null, 2)}\n` };
    case "/metrics":
      return { status: 200, type: "text/plain; version=0.0.4", body: metrics.render() };
    default:
      return plain(404, "There are /, /status.json and /metrics.\n");
  }
}
