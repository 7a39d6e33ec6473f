import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { tagId } from "#shared/model/sample.ts";
import { instant } from "#shared/model/time.ts";
import { startServer } from "./server.ts";

const now = 1_790_000_000_000;
const tag = tagId({ platform: "demo", line: "chem", equipment: "r1", tag: "temperature" });

test("the gap ledger, newest first, by cause", async () => {
  await using server = await startServer();
  server.records.saveGaps([
    { tag, from: instant(now - 5_000), to: instant(now - 4_000), cause: "device_lost", lost: null },
    { tag, from: instant(now - 3_000), to: null, cause: "outbox_full", lost: 12 },
  ]);
  const ask = async (query: string) => {
    const cookie = await server.cookieOf("viewer");
    return server.app.inject({ url: `/api/gaps?from=${now - 60_000}&to=${now}${query}`, headers: { cookie } });
  };
  const all = (await ask("")).json();
  expect(all.total).toBe(2);
  expect(all.gaps.map(({ cause }: { cause: string }) => cause)).toEqual(["outbox_full", "device_lost"]);
  expect((await ask("&cause=outbox_full")).json()).toEqual({
    gaps: [{ tag, from: now - 3_000, to: null, cause: "outbox_full", lost: 12 }],
    total: 1,
  });
  expect((await ask("&line=coat")).json()).toEqual({ gaps: [], total: 0 });
  expect((await ask("&line=chem&equipment=r1")).json()).toMatchObject({ total: 2 });
  expect((await ask("&equipment=r2")).json()).toMatchObject({ total: 0 });
  expect((await ask("&limit=1")).json()).toMatchObject({ total: 2, gaps: [{ cause: "outbox_full" }] });
  expect((await ask("&cause=weather")).statusCode).toBe(400);
});

test("dead letters without their content, and the plant's text, for who maintains the chain", async () => {
  await using server = await startServer();
  const payload = new TextEncoder().encode("not a payload");
  server.records.appendDeadLetters([
    { receivedAt: instant(now), topic: "spBv1.0/x", reason: "MALFORMED: cut", payload },
  ]);
  await writeFile(join(server.folder, "plant.yaml"), "platform: {}\n");
  const ask = async (role: "engineer" | "safety", url: string) =>
    server.app.inject({ url, headers: { cookie: await server.cookieOf(role) } });
  const letters = (await ask("engineer", "/api/dead-letters")).json();
  expect(letters.letters).toMatchObject([{ topic: "spBv1.0/x", reason: "MALFORMED: cut", bytes: 13, times: 1 }]);
  expect(JSON.stringify(letters)).not.toContain("payload");
  expect(letters.totals).toMatchObject({ letters: 1, bytes: 13 });
  expect((await ask("engineer", "/api/plant/source")).json().text).toBe("platform: {}\n");
  expect((await ask("safety", "/api/dead-letters")).statusCode).toBe(403);
  expect((await ask("safety", "/api/plant/source")).statusCode).toBe(403);
});
