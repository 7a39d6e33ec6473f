import { expect, test } from "vitest";
import { decide, gate } from "../../dashboard/server/gate.ts";
import { type Role, roles } from "../../dashboard/server/roles.ts";
import { marked, startServer } from "./server.ts";

/** What each route answers to a stranger and to each role, written out: 401 sign in, 403 no, ok anything else. */
const matrix = `
  route                                             stranger  viewer  engineer  safety  admin
  GET /                                             ok        ok      ok        ok      ok
  GET /line/chem                                    ok        ok      ok        ok      ok
  POST /api/login                                   ok        ok      ok        ok      ok
  GET /api/health                                   ok        ok      ok        ok      ok
  GET /metrics                                      401       403     ok        403     ok
  GET /api/session                                  401       ok      ok        ok      ok
  POST /api/password                                401       ok      ok        ok      ok
  GET /api/openapi.json                             401       ok      ok        ok      ok
  GET /api/plant                                    401       ok      ok        ok      ok
  GET /api/history                                  401       ok      ok        ok      ok
  GET /api/history.csv                              401       ok      ok        ok      ok
  GET /api/history/statistics                       401       ok      ok        ok      ok
  GET /api/trend-views                              401       ok      ok        ok      ok
  POST /api/trend-views                             401       ok      ok        ok      ok
  POST /api/trend-views/1                           401       ok      ok        ok      ok
  POST /api/trend-views/1/remove                    401       ok      ok        ok      ok
  GET /api/alarms                                   401       ok      ok        ok      ok
  GET /api/alarms/frequent                          401       ok      ok        ok      ok
  GET /api/alarms/journal                           401       ok      ok        ok      ok
  GET /api/alarms/journal.csv                       401       ok      ok        ok      ok
  GET /api/alarms/journal.json                      401       ok      ok        ok      ok
  POST /api/alarms/acknowledge                      401       403     ok        ok      ok
  POST /api/alarms/reset                            401       403     ok        ok      ok
  POST /api/alarms/comment                          401       403     ok        ok      ok
  POST /api/alarms/shelve                           401       403     ok        ok      ok
  POST /api/alarms/unshelve                         401       403     ok        ok      ok
  POST /api/alarms/remove-from-service              401       403     403       ok      ok
  POST /api/alarms/return-to-service                401       403     403       ok      ok
  POST /api/alarms/chem/hot/acknowledge             401       403     ok        ok      ok
  POST /api/alarms/chem/hot/reset                   401       403     ok        ok      ok
  POST /api/alarms/chem/hot/comment                 401       403     ok        ok      ok
  POST /api/alarms/chem/hot/shelve                  401       403     ok        ok      ok
  POST /api/alarms/chem/hot/unshelve                401       403     ok        ok      ok
  POST /api/alarms/chem/hot/remove-from-service     401       403     403       ok      ok
  POST /api/alarms/chem/hot/return-to-service       401       403     403       ok      ok
  GET /api/runs                                     401       ok      ok        ok      ok
  GET /api/runs/R000001/history                     401       ok      ok        ok      ok
  POST /api/runs                                    401       403     ok        ok      ok
  POST /api/runs/R000001/end                        401       403     ok        ok      ok
  POST /api/runs/R000001/correct                    401       403     ok        ok      ok
  POST /api/runs/R000001/void                       401       403     ok        ok      ok
  GET /api/bookings                                 401       ok      ok        ok      ok
  GET /api/bookings.ics                             401       ok      ok        ok      ok
  POST /api/bookings                                401       403     ok        ok      ok
  POST /api/bookings/B000001/confirm                401       403     ok        ok      ok
  POST /api/bookings/B000001/cancel                 401       403     ok        ok      ok
  POST /api/bookings/B000001/move                   401       403     ok        ok      ok
  GET /api/tenants                                  401       ok      ok        ok      ok
  POST /api/tenants/acme                            401       403     403       403     ok
  POST /api/projects/acme                           401       403     403       403     ok
  POST /api/prices/acme                             401       403     403       403     ok
  GET /api/declared                                 401       ok      ok        ok      ok
  GET /api/declared/D000001/history                 401       ok      ok        ok      ok
  POST /api/declared                                401       403     ok        ok      ok
  POST /api/declared/D000001/correct                401       403     ok        ok      ok
  POST /api/declared/D000001/submit                 401       403     ok        ok      ok
  POST /api/declared/D000001/verify                 401       403     403       403     ok
  POST /api/declared/D000001/reject                 401       403     403       403     ok
  POST /api/declared/D000001/withdraw               401       403     ok        ok      ok
  GET /api/usage                                    401       ok      ok        ok      ok
  GET /api/usage.csv                                401       ok      ok        ok      ok
  POST /api/evidence                                401       403     ok        ok      ok
  GET /api/evidence/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa  401       ok      ok        ok      ok
  GET /api/tables/runs.csv                          401       ok      ok        ok      ok
  GET /api/tables/bookings.csv                      401       ok      ok        ok      ok
  GET /api/tables/tenants.csv                       401       ok      ok        ok      ok
  GET /api/tables/declared.csv                      401       ok      ok        ok      ok
  GET /api/tables/projects.csv                      401       ok      ok        ok      ok
  GET /api/tables/prices.csv                        401       ok      ok        ok      ok
  POST /api/tables/runs.csv                         401       403     ok        ok      ok
  POST /api/tables/bookings.csv                     401       403     ok        ok      ok
  POST /api/tables/tenants.csv                      401       403     403       403     ok
  POST /api/tables/declared.csv                     401       403     ok        ok      ok
  POST /api/tables/projects.csv                     401       403     403       403     ok
  POST /api/tables/prices.csv                       401       403     403       403     ok
  GET /api/indicators                               401       ok      ok        ok      ok
  GET /api/states                                   401       ok      ok        ok      ok
  GET /api/lines/chem/drawing                       401       ok      ok        ok      ok
  POST /api/states/chem/r1/correct                  401       403     ok        ok      ok
  POST /api/states/corrections/c-1/withdraw         401       403     ok        ok      ok
  GET /api/gaps                                     401       ok      ok        ok      ok
  GET /api/energy                                   401       ok      ok        ok      ok
  GET /api/utilisation                              401       ok      ok        ok      ok
  GET /api/dead-letters                             401       403     ok        403     ok
  GET /api/plant/source                             401       403     ok        403     ok
  GET /api/assessments                              401       ok      ok        ok      ok
  GET /api/assessments/2026-10                      401       ok      ok        ok      ok
  GET /api/assessments/2026-10/evidence             401       ok      ok        ok      ok
  GET /api/assessments/2026-10/file                 401       ok      ok        ok      ok
  POST /api/assessments/2026-10/prepare             401       403     ok        ok      ok
  POST /api/assessments/2026-10/seal                401       403     403       403     ok
  POST /api/assessments/2026-10/amend               401       403     403       403     ok
  POST /api/assessments/2026-10/versions/2/approve  401       403     403       403     ok
  POST /api/assessments/2026-10/versions/2/reject   401       403     403       403     ok
  GET /api/portal/assessments                       401       403     403       403     ok
  GET /api/portal/assessments/2026-10               401       403     403       403     ok
  GET /api/portal/assessments/2026-10/pack.zip      401       403     403       403     ok
  GET /api/indicators/month                         401       ok      ok        ok      ok
  GET /api/setup                                    401       403     403       403     ok
  GET /api/users                                    401       403     403       403     ok
  POST /api/users                                   401       403     403       403     ok
  POST /api/users/ann                               401       403     403       403     ok
  POST /api/users/ann/password                      401       403     403       403     ok
  GET /api/audit                                    401       403     403       403     ok
  PUT /api/plant                                    401       403     403       403     403
  POST /api/nothing                                 401       403     403       403     403
  POST /api/logout                                  401       ok      ok        ok      ok
`;
const [head = [], ...rows] = matrix
  .trim()
  .split("\n")
  .map((row) => row.trim().split(/\s{2,}/));

test("route × role is exactly the documented matrix", async () => {
  await using server = await startServer();
  const answers: string[][] = [];
  const cookies = new Map<string, string>([["stranger", ""]]);
  for (const role of roles) cookies.set(role, await server.cookieOf(role));
  for (const [route = ""] of rows) {
    const [method, url] = route.split(" ");
    const answer = [route];
    for (const who of head.slice(1)) {
      const headers = { ...marked, cookie: cookies.get(who) ?? "" };
      const reply = await server.app.inject({ method: method as "GET", url: url ?? "", headers, payload: {} });
      const refused = reply.statusCode === 401 || reply.statusCode === 403;
      answer.push(refused ? String(reply.statusCode) : "ok");
    }
    answers.push(answer);
  }
  expect(answers).toEqual(rows);
});

test("every route of the gate is in the matrix", () => {
  const examples = {
    "/chem/hot/": "/:line/:alarm/",
    "/chem/drawing": "/:line/drawing",
    "/chem/r1/": "/:line/:equipment/",
    "/c-1/": "/:correction/",
    "/trend-views/1": "/trend-views/:view",
    "/ann": "/:name",
    "/R000001": "/:run",
    "/B000001": "/:booking",
    "/D000001": "/:item",
    "/acme": "/:id",
    "/2026-10": "/:period",
    "versions/2": "versions/:version",
    "/indicators/month": "/indicators/:period",
    [`/${"a".repeat(64)}`]: "/:sha256",
  };
  const listed = rows.map(([route = ""]) =>
    Object.entries(examples).reduce((text, [example, parameter]) => text.replace(example, parameter), route),
  );
  const routes = Object.keys(gate).filter((what) => !what.startsWith("socket"));
  expect(routes.filter((route) => !listed.includes(route.replace("/*", "/")))).toEqual([]);
});

test("what is not in the table is denied, prototype keys included", () => {
  for (const role of [...roles, null] as (Role | null)[]) {
    for (const what of ["socket delete", "GET /api/secret", "toString", "__proto__"]) {
      expect(decide(what, { role, loopback: true, token: true, portal: true })).not.toBe("pass");
    }
  }
});

test("a route that the table does not know cannot be registered", async () => {
  const { default: Fastify } = await import("fastify");
  const { guard } = await import("../../dashboard/server/guard.ts");
  const { createMetrics } = await import("#shared/kit/metrics.ts");
  await using server = await startServer();
  const app = Fastify();
  const { accounts } = server;
  guard(app, {
    accounts,
    origins: () => true,
    cookieName: "c",
    metricsToken: null,
    portalToken: null,
    metrics: createMetrics(),
  });
  expect(() => app.get("/api/secret", async () => "x")).toThrow(/GET \/api\/secret/);
});

test("a request from another site is refused before anything else", async () => {
  await using server = await startServer();
  const cookie = await server.cookieOf("admin");
  const post = (headers: Record<string, string>) =>
    server.app.inject({ method: "POST", url: "/api/logout", headers: { cookie, ...headers } });
  expect((await post({ origin: "https://evil.example", "x-pilotline": "1" })).statusCode).toBe(403);
  expect((await post({ "x-pilotline": "1" })).statusCode).toBe(403);
  expect((await post({ origin: marked.origin })).statusCode).toBe(403);
  const form = { ...marked, "content-type": "text/plain" };
  const login = { method: "POST", url: "/api/login", headers: form, payload: "{}" } as const;
  expect((await server.app.inject(login)).statusCode).toBe(415);
  expect((await server.app.inject({ url: "/api/session", headers: { cookie } })).statusCode).toBe(200);
});

test("health without login tells strangers on loopback only the state, strangers elsewhere nothing", async () => {
  await using server = await startServer();
  const near = await server.app.inject({ url: "/api/health", remoteAddress: "127.0.0.1" });
  expect(near.json()).toEqual({ state: "down" });
  expect((await server.app.inject({ url: "/api/health", remoteAddress: "192.0.2.7" })).statusCode).toBe(401);
  const spoofed = { url: "/api/health", remoteAddress: "192.0.2.7", headers: { "x-forwarded-for": "127.0.0.1" } };
  expect((await server.app.inject(spoofed)).statusCode).toBe(401);
});

test("metrics take the token, and no other", async () => {
  await using server = await startServer({ metricsToken: "right-token" });
  const get = (token: string) => server.app.inject({ url: "/metrics", headers: { authorization: `Bearer ${token}` } });
  const reply = await get("right-token");
  expect(reply.statusCode).toBe(200);
  expect(reply.body).toContain("# TYPE dashboard_clients gauge");
  expect((await get("wrong-token")).statusCode).toBe(401);
  expect((await get("")).statusCode).toBe(401);
});
