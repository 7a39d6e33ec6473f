import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { createRegistrar } from "../../ingest/assessment/registrar.ts";
import { checkPack } from "../../ingest/assessment/verify/checkPack.ts";
import { silentLog } from "../../shared/kit/log.ts";
import { openEmbeddedReader } from "../../shared/store/embedded/open.ts";
import type { CommandRequest } from "../../shared/wire/command/registry.ts";
import { closing, freshFigures, key, octoberSamples, plant } from "../assessment/bench.ts";
import { marked, startServer } from "./server.ts";

/** The server over records in which October is sealed. */
async function startSealed(asked: CommandRequest[] = []) {
  const server = await startServer({
    portalToken: "portal-secret",
    commands: {
      ask: async (request) => {
        asked.push(request);
        return { outcome: "done" };
      },
    },
  });
  const clock = { now: () => closing, monotonic: () => closing as never, sleep: async () => {} };
  await server.samples.write([{ name: null, samples: octoberSamples() }]);
  const reader = await openEmbeddedReader({ file: join(server.folder, "history.db"), clock, log: silentLog });
  const registrar = createRegistrar({
    plant,
    records: server.records,
    figures: freshFigures(reader, server.records, clock),
    scoring: null,
    key,
    clock,
    log: silentLog,
    onOfficial: () => {},
  });
  await registrar.seal("2026-10", "anna", []);
  await registrar.prepare("2026-Q4");
  await reader[Symbol.asyncDispose]();
  return server;
}

test("pages get the list, a period with its seal, its evidence and its files; what a viewer takes is in the audit log", async () => {
  await using server = await startSealed();
  const cookie = await server.cookieOf("viewer");
  const get = (url: string) => server.app.inject({ url, headers: { cookie } });
  expect((await get("/api/assessments")).json().periods).toMatchObject([
    { period: "2026-Q4", state: "provisional", version: 0 },
    { period: "2026-10", state: "sealed", version: 1, proposed: 0 },
  ]);
  const answer = (await get("/api/assessments/2026-10")).json();
  expect(answer).toMatchObject({ state: "sealed", chain: { intact: true }, manifest: { sealedBy: "anna" } });
  expect(answer.document.figures.some(({ indicator }: { indicator: string }) => indicator === "U-02")).toBe(true);

  const evidence = (await get("/api/assessments/2026-10/evidence?indicator=U-02&scope=demo/chem")).json();
  expect(evidence.states.total).toBe(31 * 120);
  expect(evidence.states.columns).toEqual(["equipment", "state", "origin", "from", "to", "seconds"]);
  const readings = (await get("/api/assessments/2026-10/evidence?indicator=G-01&scope=demo/chem")).json();
  expect(readings.readings.rows[0][0]).toBe("demo/chem/r101/kwh");
  expect(evidence.readings.rows[0][0]).toBe("demo/chem/r101/mode");
  const quarter = (await get("/api/assessments/2026-Q4/evidence?indicator=U-02&scope=demo/chem")).json();
  expect(quarter.states).toEqual(evidence.states);
  expect(quarter.readings.total).toBe(evidence.readings.total);

  const report = await get("/api/assessments/2026-10/file?name=report.html");
  expect(report.headers["content-security-policy"]).toContain("default-src 'none'");
  expect(report.body).toContain("综合得分");
  const pack = await get("/api/assessments/2026-10/file?name=pack.zip");
  expect(checkPack(pack.rawPayload, null).problems).toEqual([]);
  expect((await get("/api/assessments/2026-10/file?name=evidence/states.csv")).statusCode).toBe(200);
  expect((await get("/api/assessments/2026-10/file?name=none.csv")).statusCode).toBe(404);
  expect((await get("/api/assessments/2026-09")).statusCode).toBe(404);
  expect((await get("/api/assessments/2026-10-01")).statusCode).toBe(400);
  expect(server.accounts.audit.list(1_000, 10)).toContainEqual(
    expect.objectContaining({ action: "export", target: "assessment 2026-10", detail: "pack.zip" }),
  );
});

test("administrators seal, amend and decide; others only read", async () => {
  const asked: CommandRequest[] = [];
  await using server = await startSealed(asked);
  const post = async (role: "admin" | "safety", path: string, payload: object) => {
    const headers = { ...marked, cookie: await server.cookieOf(role) };
    return (await server.app.inject({ method: "POST", url: `/api/assessments/2026-11/${path}`, headers, payload }))
      .statusCode;
  };
  const veto = { kind: "major_accident", reason: "explosion" };
  expect(await post("admin", "seal", { vetoes: [veto] })).toBe(200);
  expect(await post("admin", "amend", { reason: "late data" })).toBe(200);
  expect(await post("admin", "versions/2/approve", {})).toBe(200);
  expect(await post("admin", "versions/2/reject", { reason: "no" })).toBe(200);
  expect(asked).toMatchObject([
    { kind: "sealAssessment", period: "2026-11", vetoes: [veto] },
    { kind: "amendAssessment", reason: "late data", vetoes: null },
    { kind: "approveAmendment", version: 2 },
    { kind: "rejectAmendment", version: 2, reason: "no" },
  ]);
  for (const [path, body] of [
    ["seal", { vetoes: [] }],
    ["amend", { reason: "x" }],
    ["versions/2/approve", {}],
  ] as const) {
    expect(await post("safety", path, body)).toBe(403);
  }
  expect(await post("safety", "prepare", {})).toBe(200);
  expect(await post("admin", "seal", { vetoes: [{ kind: "rain", reason: "x" }] })).toBe(400);
  expect(asked).toHaveLength(5);
});

test("a portal pulls seals page by page with its own token, and learns by ETag that nothing is new", async () => {
  await using server = await startSealed();
  const get = (url: string, headers: Record<string, string> = { authorization: "Bearer portal-secret" }) =>
    server.app.inject({ url, headers });
  expect((await get("/api/portal/assessments", {})).statusCode).toBe(401);
  expect((await get("/api/portal/assessments", { authorization: "Bearer wrong" })).statusCode).toBe(401);
  expect((await get("/api/assessments")).statusCode).toBe(401);
  const first = await get("/api/portal/assessments?limit=1");
  expect(first.json()).toMatchObject({
    platform: "demo",
    next: null,
    seals: [{ seq: 1, period: "2026-10", version: 1 }],
  });
  const etag = String(first.headers.etag);
  const again = { authorization: "Bearer portal-secret", "if-none-match": etag };
  expect((await get("/api/portal/assessments?limit=1", again)).statusCode).toBe(304);
  expect((await get("/api/portal/assessments?after=1")).json().seals).toEqual([]);
  const { document, manifest } = (await get("/api/portal/assessments/2026-10")).json();
  expect(document.period).toBe("2026-10");
  expect(manifest.lastHash).toMatch(/^[0-9a-f]{64}$/);
  expect((await get("/api/portal/assessments/2026-Q4")).statusCode).toBe(404);
  const pack = await get("/api/portal/assessments/2026-10/pack.zip");
  expect(checkPack(pack.rawPayload, null).problems).toEqual([]);
});

test("a broken chain withholds the result, and every file of it", async () => {
  await using server = await startSealed();
  {
    using database = new DatabaseSync(join(server.folder, "records.db"));
    database.exec("DROP TRIGGER assessment_version_keeps");
    database.exec(
      `UPDATE assessment_version SET document = replace(document, '"status":"ok"', '"status":"insufficient"')`,
    );
  }
  const cookie = await server.cookieOf("admin");
  const get = (url: string) => server.app.inject({ url, headers: { cookie } });
  expect((await get("/api/assessments/2026-10")).json()).toMatchObject({
    document: null,
    files: [],
    chain: { intact: false, problem: "the hash chain of the document is broken" },
  });
  expect((await get("/api/assessments")).json().periods).toContainEqual(
    expect.objectContaining({ period: "2026-10", score: null }),
  );
  expect((await get("/api/assessments/2026-10/file?name=pack.zip")).statusCode).toBe(500);
  expect((await get("/api/portal/assessments/2026-10")).statusCode).toBe(500);
});
