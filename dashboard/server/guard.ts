import { timingSafeEqual } from "node:crypto";
import type { FastifyRequest } from "fastify";
import type { Metrics } from "#shared/kit/metrics.ts";
import type { Accounts } from "./accounts/accounts.ts";
import { decide, mustBeListed } from "./gate.ts";
import { type App, refuse } from "./http.ts";
import { isLoopback, type OriginCheck } from "./origins.ts";

export interface GuardOptions {
  readonly accounts: Accounts;
  readonly origins: OriginCheck;
  readonly cookieName: string;
  readonly metricsToken: string | null;
  readonly portalToken: string | null;
  readonly metrics: Metrics;
}

/** Another site's form cannot set a header; its script may not without our consent (CORS), which we never give. */
export const requestMark = { header: "x-pilotline", value: "1" } as const;

const changes = (method: string): boolean => method !== "GET" && method !== "HEAD";

function bears(request: FastifyRequest, token: string | null): boolean {
  const given = Buffer.from(/^Bearer (\S+)$/.exec(request.headers.authorization ?? "")?.[1] ?? "");
  const wanted = Buffer.from(token ?? "");
  return token !== null && given.length === wanted.length && timingSafeEqual(given, wanted);
}

/**
 * Puts the gate before every route, for it is hooked in before any is registered: the session behind the cookie, the
 * defence against requests from other sites, the decision by role. An unknown address is refused like a known one.
 */
export function guard(
  app: App,
  { accounts, origins, cookieName, metricsToken, portalToken, metrics }: GuardOptions,
): void {
  const refused = metrics.counter("dashboard_requests_refused_total", "Requests refused by the gate, by cause.");

  app.addHook("onRoute", ({ method, url }) => {
    for (const one of [method].flat()) mustBeListed(`${one} ${url}`);
  });
  app.decorateRequest("session", null);
  app.addHook("onRequest", async (request, reply) => {
    if (changes(request.method)) {
      const marked = request.headers[requestMark.header] === requestMark.value;
      if (!marked || !origins(request.headers.origin)) {
        refused.add(1, { cause: "origin" });
        const detail = `Send the header \`${requestMark.header}: ${requestMark.value}\` and the server's own Origin.`;
        return refuse(reply, 403, { error: "FORBIDDEN", detail });
      }
    }
    request.session = accounts.sessionOf(request.cookies[cookieName] ?? "");
    const verdict = decide(`${request.method} ${request.routeOptions.url ?? "(unknown)"}`, {
      role: request.session?.role ?? null,
      loopback: isLoopback(request.ip),
      token: bears(request, metricsToken),
      portal: bears(request, portalToken),
    });
    if (verdict === "pass") return;
    refused.add(1, { cause: verdict });
    if (verdict === "sign in") return refuse(reply, 401, { error: "FORBIDDEN", detail: "Sign in first." });
    return refuse(reply, 403, { error: "FORBIDDEN", detail: "Your role does not include this." });
  });
}
