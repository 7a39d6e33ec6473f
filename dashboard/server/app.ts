import { createServer, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import fastifyCookie from "@fastify/cookie";
import fastifyHelmet from "@fastify/helmet";
import fastifyRateLimit from "@fastify/rate-limit";
import Fastify from "fastify";
import { CodedError, messageOf } from "#shared/model/errors.ts";
import { plantView } from "#shared/plant/plantView.ts";
import { alarmCommandRoutes } from "./api/alarmCommands.ts";
import { alarmJournalRoutes } from "./api/alarmJournal.ts";
import { alarmRoutes } from "./api/alarms.ts";
import { assessmentCommandRoutes } from "./api/assessmentCommands.ts";
import { assessmentRoutes } from "./api/assessments.ts";
import { bookingRoutes } from "./api/bookings.ts";
import { deadLetterRoutes } from "./api/deadLetters.ts";
import { declaredRoutes } from "./api/declared.ts";
import { drawingRoutes } from "./api/drawings.ts";
import { evidenceRoutes } from "./api/evidence.ts";
import { frequentAlarmRoutes } from "./api/frequentAlarms.ts";
import { gapRoutes } from "./api/gaps.ts";
import { healthRoutes } from "./api/health.ts";
import { historyRoutes } from "./api/history.ts";
import { documentRoutes } from "./api/openapi.ts";
import { operationRoutes } from "./api/operation.ts";
import { plantRoutes } from "./api/plant.ts";
import { plantSourceRoutes } from "./api/plantSource.ts";
import { portalRoutes } from "./api/portal.ts";
import { recordImportRoutes } from "./api/recordImports.ts";
import { recordTableRoutes } from "./api/recordTables.ts";
import { runRoutes } from "./api/runs.ts";
import { sessionRoutes } from "./api/session.ts";
import { setupRoutes } from "./api/setup.ts";
import { stateRoutes } from "./api/states.ts";
import { tenantRoutes } from "./api/tenants.ts";
import { trendViewRoutes } from "./api/trendViews.ts";
import { usageRoutes } from "./api/usage.ts";
import { userRoutes } from "./api/users.ts";
import { createArchive } from "./assessments/archive.ts";
import type { Dependencies } from "./context.ts";
import { sessionCookie } from "./cookie.ts";
import { guard } from "./guard.ts";
import { type App, refuse, statusOf } from "./http.ts";
import { attachSocket } from "./live/socket.ts";
import { createOriginCheck } from "./origins.ts";
import { contentSecurityPolicy, pageRoutes } from "./pages/pages.ts";

/** Requests per minute and session (or address): far above what pages need, far below what hurts. */
const requestsPerMinute = 1_200;
const largestBodyBytes = 65_536;
/** By custom of proxies, for their logs. */
const clientClosed = 499;

/** Builds the dashboard server without listening. Closing it ends its sockets; what was handed in stays open. */
export async function buildApp(deps: Dependencies): Promise<App> {
  const { tls, accounts, clock, log, metrics, state } = deps;
  const app: App = Fastify({
    serverFactory: (handler: RequestListener) => (tls ? createTlsServer(tls, handler) : createServer(handler)),
    exposeHeadRoutes: false,
    bodyLimit: largestBodyBytes,
    requestTimeout: 30_000,
    forceCloseConnections: true,
    ajv: { customOptions: { removeAdditional: false } },
  });
  // Answers are typed by the handlers; schemas describe them to readers and tests.
  app.setSerializerCompiler(() => (answer) => JSON.stringify(answer));
  app.removeContentTypeParser("text/plain");
  handleErrors(app, deps);

  // Behind a proxy that has the certificate, browsers speak TLS as well.
  const secure = tls !== null || deps.publicOrigin?.startsWith("https:") === true;
  const cookie = sessionCookie(secure);
  const origins = createOriginCheck(deps.publicOrigin, tls !== null, () => app.server);
  await app.register(fastifyHelmet, {
    contentSecurityPolicy: { useDefaults: false, directives: contentSecurityPolicy },
    strictTransportSecurity: secure,
    referrerPolicy: { policy: "same-origin" },
  });
  await app.register(fastifyCookie);
  guard(app, {
    accounts,
    origins,
    cookieName: cookie.name,
    metricsToken: deps.metricsToken,
    portalToken: deps.portalToken,
    metrics,
  });
  await app.register(fastifyRateLimit, {
    max: requestsPerMinute,
    timeWindow: 60_000,
    keyGenerator: (request) => request.session?.id ?? request.ip,
    errorResponseBuilder: (_, { ttl }) => ({
      statusCode: 429,
      problem: { error: "FORBIDDEN", detail: "Too many requests; wait and try again.", retryAfterMs: ttl },
    }),
  });
  app.addHook("onSend", async (request, reply) => {
    if (request.url.startsWith("/api/") && !reply.hasHeader("cache-control")) reply.header("cache-control", "no-store");
  });

  const tokenIn = (cookies: string): string => app.parseCookie(cookies)[cookie.name] ?? "";
  const socket = attachSocket(app.server, { state, accounts, origins, tokenIn, clock, log, metrics });
  const plant = plantView(deps.plant);
  const archive = createArchive(deps.records);
  await documentRoutes(app);
  sessionRoutes(app, deps, cookie);
  userRoutes(app, deps);
  setupRoutes(app, deps);
  plantRoutes(app, plant, state);
  drawingRoutes(app, deps, plant);
  historyRoutes(app, deps, plant);
  trendViewRoutes(app, deps);
  alarmRoutes(app, deps);
  alarmJournalRoutes(app, deps);
  frequentAlarmRoutes(app, deps);
  alarmCommandRoutes(app, deps);
  runRoutes(app, deps);
  bookingRoutes(app, deps);
  tenantRoutes(app, deps);
  usageRoutes(app, deps);
  recordTableRoutes(app, deps);
  recordImportRoutes(app, deps);
  evidenceRoutes(app, deps);
  declaredRoutes(app, deps);
  stateRoutes(app, deps);
  gapRoutes(app, deps);
  operationRoutes(app, deps);
  deadLetterRoutes(app, deps);
  plantSourceRoutes(app, deps);
  assessmentRoutes(app, deps, archive);
  assessmentCommandRoutes(app, deps);
  portalRoutes(app, deps, archive);
  healthRoutes(app, deps, socket);
  await pageRoutes(app, deps.pages);

  const closing = new AbortController();
  const running = { socket: Promise.resolve() };
  app.addHook("onReady", async () => {
    running.socket = socket.run(closing.signal);
  });
  app.addHook("preClose", async () => {
    closing.abort();
    await running.socket;
  });
  await app.ready();
  return app;
}

/** One shape for every refusal; what nobody foresaw is logged, and tells the client nothing of the inside. */
function handleErrors(app: App, { log, metrics }: Dependencies): void {
  const failed = metrics.counter("dashboard_requests_failed_total", "Requests that failed, by error code.");
  app.setErrorHandler((error: unknown, request, reply) => {
    if (error instanceof CodedError) {
      const status = statusOf(error.code);
      if (status >= 500) failed.add(1, { code: error.code });
      return refuse(reply, status, { error: error.code, detail: error.detail });
    }
    if (error instanceof DOMException && error.name === "AbortError") {
      // The client went away; nobody reads the answer.
      return refuse(reply, clientClosed, { error: "UNKNOWN", detail: "The client closed the request." });
    }
    if (typeof error === "object" && error !== null) {
      if ("problem" in error && "statusCode" in error) return reply.code(429).send(error.problem);
      const status = "statusCode" in error ? Number(error.statusCode) : 500;
      if (status >= 400 && status < 500) return refuse(reply, status, { error: "MALFORMED", detail: messageOf(error) });
    }
    failed.add(1, { code: "UNKNOWN" });
    log.error({ error, route: request.routeOptions.url }, "A request failed");
    return refuse(reply, 500, { error: "UNKNOWN", detail: "The server failed; its log says more." });
  });
  app.setNotFoundHandler((_, reply) => refuse(reply, 404, { error: "NOT_FOUND", detail: "There is nothing here." }));
}
