import { expect, test } from "vitest";
import type { TrendView } from "#shared/model/live.ts";
import { marked, startServer, type TestServer } from "./server.ts";

const view = { line: "chem", name: "反应釜升温", query: "tags=demo/chem/r1/temp&live=30m", shared: false };

function visitor(server: TestServer, cookie: string) {
  const headers = { ...marked, cookie };
  return {
    list: async () =>
      (await server.app.inject({ url: "/api/trend-views", headers })).json<{ views: TrendView[] }>().views,
    post: async (path: string, payload: object = {}) => {
      const reply = await server.app.inject({ method: "POST", url: `/api/trend-views${path}`, headers, payload });
      return { status: reply.statusCode, body: reply.json<TrendView & { detail?: string }>() };
    },
  };
}

test("a view is kept, shared, renamed and removed; the audit log has each step", async () => {
  await using server = await startServer();
  const [ann, bob] = [
    visitor(server, await server.cookieOf("viewer")),
    visitor(server, await server.cookieOf("engineer")),
  ];
  const { body: made } = await ann.post("", view);
  expect(made).toMatchObject({ ...view, owner: "viewer-0" });
  expect([(await ann.list()).length, (await bob.list()).length]).toEqual([1, 0]);
  expect((await bob.post(`/${made.id}`, { name: "x" })).status).toBe(404);
  await ann.post(`/${made.id}`, { shared: true, name: "升温段" });
  expect(await bob.list()).toMatchObject([{ name: "升温段", owner: "viewer-0", shared: true, query: view.query }]);
  const refused = await bob.post(`/${made.id}/remove`);
  expect([refused.status, refused.body.detail]).toEqual([403, expect.stringContaining("belongs to viewer-0")]);
  const admin = visitor(server, await server.cookieOf("admin"));
  expect((await admin.post(`/${made.id}/remove`)).status).toBe(200);
  expect(await ann.list()).toEqual([]);
  const log = server.accounts.audit
    .list(Number.MAX_SAFE_INTEGER, 10)
    .filter(({ action }) => action.startsWith("view."));
  expect(log.map(({ action, user, detail }) => [action, user, detail])).toEqual([
    ["view.remove", "admin-2", "升温段"],
    ["view.change", "viewer-0", "升温段"],
    ["view.save", "viewer-0", "反应釜升温"],
  ]);
});

test("what makes no sense is refused, and nobody keeps more than a hundred", async () => {
  await using server = await startServer();
  const ann = visitor(server, await server.cookieOf("viewer"));
  for (const wrong of [
    { ...view, name: "" },
    { ...view, query: "x".repeat(4_001) },
    { ...view, owner: "bob" },
  ]) {
    expect((await ann.post("", wrong)).status).toBe(400);
  }
  expect((await ann.post("", { ...view, line: "none" })).status).toBe(404);
  const { body: made } = await ann.post("", view);
  expect((await ann.post(`/${made.id}`, {})).status).toBe(400);
  for (let k = 1; k < 100; k++) server.accounts.views.create("viewer-0", view, made.changedAt);
  expect((await ann.post("", view)).status).toBe(409);
});
