import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Value } from "typebox/value";
import { expect, test } from "vitest";
import type { AlarmEvent } from "#shared/model/alarm.ts";
import { CodedError } from "#shared/model/errors.ts";
import type { IndicatorResult } from "#shared/model/indicator.ts";
import { instant } from "#shared/model/time.ts";
import type { CommandRequest } from "#shared/wire/command/registry.ts";
import type { Commands } from "../../dashboard/server/context.ts";
import { gate } from "../../dashboard/server/gate.ts";
import { temp, testView } from "./plant.ts";
import { event, good, status } from "./samples.ts";
import { marked, startServer, type TestServer } from "./server.ts";

const get = async (server: TestServer, url: string) =>
  server.app.inject({ url, headers: { cookie: await server.cookieOf("viewer") } });

const figure: IndicatorResult = {
  indicator: "U-02",
  definitionVersion: "1.0.0",
  scope: "demo/chem",
  period: "2026-11-23",
  from: instant(0),
  to: instant(86_400_000),
  until: instant(1_000),
  value: 0.5,
  unit: "1",
  numerator: 500,
  denominator: 1_000,
  lower: null,
  upper: null,
  coverage: 1,
  status: "ok",
  reason: null,
  flags: [],
  parts: {},
  factorIds: [],
  inputDigest: null,
  origin: "measured",
};

interface ApiDocument {
  readonly paths: Record<string, Record<string, { responses: Record<string, { content?: Record<string, unknown> }> }>>;
}

test("the document lists every route of the API", async () => {
  await using server = await startServer();
  const { paths } = (await get(server, "/api/openapi.json")).json<ApiDocument>();
  const documented = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ":$1")}`),
  );
  const routes = Object.keys(gate).filter((what) => !what.startsWith("socket") && what !== "GET /*");
  expect(documented.sort()).toEqual(routes.sort());
});

test("answers have the documented shapes", async () => {
  await using server = await startServer();
  server.state.alarms.active(0, [status("UNACK")]);
  server.state.setIndicators("chem", [figure]);
  server.records.appendAlarmEvents([event("UNACK")]);
  await server.samples.write([
    { name: null, samples: Array.from({ length: 200 }, (_, i) => good(1e12 + i * 1_000, i)) },
  ]);
  const { paths } = (await get(server, "/api/openapi.json")).json<ApiDocument>();
  const cookie = await server.cookieOf("admin");
  const range = `tag=${temp}&from=${1e12}&to=${1e12 + 200_000}`;
  const urls = ["plant", "alarms", "alarms/journal?from=0", "indicators", "health", "session", "users", "audit"];
  for (const url of [...urls, `history?${range}&pixels=50`, `history?${range}&pixels=500`]) {
    const reply = await server.app.inject({ url: `/api/${url}`, headers: { cookie } });
    expect(reply.statusCode, url).toBe(200);
    const content = paths[`/api/${url.split("?")[0]}`]?.get?.responses["200"]?.content?.["application/json"];
    const schema = Reflect.get(content as object, "schema");
    expect(Value.Errors(schema, reply.json()), url).toEqual([]);
  }
});

test("the plant, the standing alarms and the journal are given as they are", async () => {
  await using server = await startServer();
  expect((await get(server, "/api/plant")).json()).toEqual(testView());
  const events = server.records.appendAlarmEvents([event("UNACK"), event("NORM")]);
  server.state.alarms.active(2, [status("ACKED"), status("NORM", "demo/chem/x")]);
  expect((await get(server, "/api/alarms")).json()).toEqual({ seq: 2, alarms: [status("ACKED")] });
  const journal = async (query: string) =>
    (await get(server, `/api/alarms/journal?${query}`)).json<{ events: AlarmEvent[] }>();
  expect((await journal("from=0&to=2000")).events).toEqual(events.toReversed());
  expect((await journal("from=0&limit=1")).events).toEqual(events.slice(1));
  expect((await journal("from=0&line=coat")).events).toEqual([]);
});

async function acknowledge(server: TestServer, path: string, key?: string, payload: object = { comment: "seen" }) {
  const cookie = await server.cookieOf("safety");
  const headers = { ...marked, cookie, ...(key ? { "idempotency-key": key } : {}) };
  return server.app.inject({ method: "POST", url: `/api/alarms/${path}/acknowledge`, headers, payload });
}

test("an acknowledgement goes to ingest in the user's name, and its outcome comes back", async () => {
  const sent: CommandRequest[] = [];
  const answers: Awaited<ReturnType<Commands["ask"]>>[] = [
    { outcome: "done" },
    { outcome: "refused", code: "CONFLICT", detail: "It is acknowledged already." },
  ];
  const commands: Commands = {
    ask: async (command) => {
      sent.push(command);
      const answer = answers.shift();
      if (!answer) throw new CodedError("TIMEOUT", "Ingest did not answer.");
      return answer;
    },
  };
  await using server = await startServer({ commands });
  const done = await acknowledge(server, "chem/hot");
  expect([done.statusCode, done.json()]).toEqual([200, { outcome: "done" }]);
  expect(sent).toMatchObject([{ user: "safety-0", alarm: "demo/chem/hot", comment: "seen" }]);
  const refused = await acknowledge(server, "chem/hot", undefined, {});
  expect([refused.statusCode, refused.json().error]).toEqual([409, "CONFLICT"]);
  expect((await acknowledge(server, "chem/hot")).statusCode).toBe(504);
  expect((await acknowledge(server, "chem/none")).statusCode).toBe(404);
  expect((await acknowledge(server, "chem/hot", undefined, { comment: "x".repeat(501) })).statusCode).toBe(400);
  expect(sent.length).toBe(3);
  const audited = server.accounts.audit
    .list(Number.MAX_SAFE_INTEGER, 50)
    .filter(({ action }) => action === "acknowledge");
  expect(audited.map(({ outcome }) => outcome)).toEqual(["failed", "refused", "done"]);
});

test("the same idempotency key acknowledges once", async () => {
  let count = 0;
  const commands: Commands = {
    ask: async () => {
      count++;
      return { outcome: "done" };
    },
  };
  await using server = await startServer({ commands });
  const cookie = await server.cookieOf("engineer");
  const send = (key: string) =>
    server.app.inject({
      method: "POST",
      url: "/api/alarms/chem/hot/acknowledge",
      headers: { ...marked, cookie, "idempotency-key": key },
      payload: {},
    });
  const replies = await Promise.all([send("key-12345"), send("key-12345"), send("key-67890")]);
  expect(replies.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200]);
  expect(count).toBe(2);
});

test("an administrator makes users, changes them, and cannot lock everybody out", async () => {
  await using server = await startServer();
  const cookie = await server.cookieOf("admin");
  const post = (url: string, payload: object) =>
    server.app.inject({ method: "POST", url, headers: { ...marked, cookie }, payload });
  const made = await post("/api/users", { name: "王工", role: "engineer" });
  expect(made.json().password).toMatch(/^[\w-]{32}$/);
  expect((await post("/api/users", { name: "王工", role: "viewer" })).statusCode).toBe(409);
  expect((await post("/api/users", { name: "../x", role: "viewer" })).statusCode).toBe(400);
  expect((await post("/api/users", { name: "bob", role: "root" })).statusCode).toBe(400);
  expect((await post(`/api/users/${encodeURIComponent("王工")}`, { role: "safety" })).json()).toMatchObject({
    role: "safety",
  });
  expect((await post("/api/users/nobody", { role: "safety" })).statusCode).toBe(404);
  expect((await post("/api/users/admin-0", { disabled: true })).statusCode).toBe(409);
  expect((await post("/api/users/admin-0", { role: "viewer" })).statusCode).toBe(409);
});

test("pages: hashed files are kept for ever, the rest is asked for again, addresses of pages get the one page", async () => {
  await using server = await startServer();
  const missing = await server.app.inject({ url: "/" });
  expect([missing.statusCode, missing.headers["content-type"]]).toEqual([503, "text/html; charset=utf-8"]);
  expect(missing.body).toContain("npm start");

  await mkdir(join(server.folder, "dist/assets"), { recursive: true });
  await writeFile(join(server.folder, "dist/index.html"), "<!doctype html>page");
  await writeFile(join(server.folder, "dist/assets/app-1a2b.js"), "1");
  const fetched = async (url: string) => {
    const { statusCode, headers, body } = await server.app.inject({ url });
    return [statusCode, headers["cache-control"], statusCode === 200 ? body : ""];
  };
  for (const url of ["/", "/line/chem", "/index.html"]) {
    expect(await fetched(url), url).toEqual([200, "no-cache", "<!doctype html>page"]);
  }
  expect(await fetched("/assets/app-1a2b.js")).toEqual([200, "public, max-age=31536000, immutable", "1"]);
  for (const url of [
    "/assets/gone.js",
    "/gone.png",
    "/api/none",
    "/../records.db",
    "/..%2frecords.db",
    "/%2e%2e/accounts.db",
  ]) {
    expect((await fetched(url))[0], url).toBeGreaterThanOrEqual(400);
  }
});

test("every answer carries the headers that keep a browser safe", async () => {
  await using server = await startServer();
  const { headers } = await server.app.inject({ url: "/api/plant" });
  const policy = String(headers["content-security-policy"]);
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toContain("unsafe");
  expect(headers).toMatchObject({
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
    "strict-transport-security": expect.stringContaining("max-age="),
  });
  expect(headers["access-control-allow-origin"]).toBeUndefined();
});

test("hostile bodies are refused and change nothing", async () => {
  await using server = await startServer();
  const post = (payload: string) =>
    server.app.inject({
      method: "POST",
      url: "/api/login",
      headers: { ...marked, "content-type": "application/json" },
      payload,
    });
  for (const body of ['{"__proto__": {"role": "admin"}}', "[".repeat(10_000), "{", '{"user": {}, "password": []}']) {
    expect((await post(body)).statusCode).toBe(400);
  }
  expect((await post(JSON.stringify({ user: "a", password: "x".repeat(100_000) }))).statusCode).toBe(413);
  expect(Reflect.get({}, "role")).toBeUndefined();
});

test("a failure inside tells the client nothing of the inside", async () => {
  const commands: Commands = {
    ask: async () => {
      throw new Error("secret path /srv/x");
    },
  };
  await using server = await startServer({ commands });
  const reply = await acknowledge(server, "chem/hot");
  expect(reply.statusCode).toBe(500);
  expect(reply.body).not.toContain("secret");
});
