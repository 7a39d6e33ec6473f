import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

export interface Received {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** An HTTP server that keeps what it gets and answers as it is told; `hang` never answers. */
export interface Receiver extends AsyncDisposable {
  readonly url: string;
  readonly received: readonly Received[];
  /** Resolves with the `n`-th request, counted from 1. */
  nth(n: number): Promise<Received>;
  answer(reply: ((request: Received, n: number) => Reply | "hang") | Reply | "hang"): void;
}

export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  const waiting = new Map<number, (request: Received) => void>();
  let answer: Parameters<Receiver["answer"]>[0] = {};
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", () => {
      const url = new URL(request.url ?? "/", "http://receiver");
      const body = Buffer.concat(chunks).toString("utf8");
      const one: Received = { path: url.pathname, query: url.searchParams, headers: request.headers, body };
      received.push(one);
      const reply = typeof answer === "function" ? answer(one, received.length) : answer;
      if (reply !== "hang") {
        response.writeHead(reply.status ?? 200, { "content-type": "application/json", ...reply.headers });
        response.end(reply.body ?? "{}");
      }
      waiting.get(received.length)?.(one);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    nth: (n) =>
      new Promise((resolve) => {
        const there = received[n - 1];
        if (there) resolve(there);
        else waiting.set(n, resolve);
      }),
    answer: (next) => {
      answer = next;
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
