// The assessment as a platform has it: ingest with broker, store and records here, by a hand-driven clock; the pages'
// server and the commands of an operator as processes of their own.
import { type ChildProcess, execFile, fork } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { publicKeyFile } from "../../ingest/assessment/signingKeyFile.ts";
import type { AssessmentDocument } from "../../shared/model/assessment.ts";
import { hours, instant, millis } from "../../shared/model/time.ts";
import { type DerivedKind, type DerivedMessages, parseDerived } from "../../shared/wire/derived.ts";
import { openSession } from "../../shared/wire/session.ts";
import { ManualClock } from "../fakes/clock.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { embeddedBroker, startIngest } from "../ingest/rig.ts";
import { tagsOf } from "../ingest/tags.ts";
import { TestNode } from "../ingest/testNode.ts";
import { closing, good, mode, october, octoberSamples, plant, plantText } from "./bench.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Runs a command as an operator does. */
const pilotline = (...args: string[]) =>
  new Promise<{ code: number; out: string }>((resolve) =>
    execFile(process.execPath, ["pilotline.ts", ...args], { cwd: root }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, out: stdout + stderr }),
    ),
  );

interface Pages {
  readonly child: ChildProcess;
  readonly url: string;
  readonly firstUser: string;
  readonly firstPassword: string;
}

const startPages = (args: readonly string[]) =>
  new Promise<Pages>((resolve, reject) => {
    const child = fork(join(root, "dashboard/server/main.ts"), args, { stdio: ["ignore", "ignore", "inherit", "ipc"] });
    child.once("message", (message: { ready: Omit<Pages, "child"> }) => resolve({ child, ...message.ready }));
    child.once("exit", (code) => reject(new Error(`the pages' server ended with exit code ${code}`)));
  });

const stack = new AsyncDisposableStack();
let place: { data: string; plantFile: string; publicKey: string };
let clock: ManualClock;
let node: TestNode;
let pages: Pages;
let broker: Awaited<ReturnType<typeof embeddedBroker>>;
/** Administrators' sessions. */
let anna: string;
let otto: string;
let portalToken: string;

/** Time goes on, faster than outside, until something has come about. */
async function until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`no ${what} within a minute`);
    await clock.advance(millis(100));
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** Time goes on while something outside works. */
async function meanwhile<T>(work: Promise<T>): Promise<T> {
  const state = { ended: false };
  work.then(
    () => (state.ended = true),
    () => (state.ended = true),
  );
  await until(() => state.ended, "end");
  return work;
}

const headers = (cookie: string) => ({
  "content-type": "application/json",
  origin: pages.url,
  "x-pilotline": "1",
  cookie,
});
const post = (path: string, body: object, cookie: string) =>
  meanwhile(fetch(pages.url + path, { method: "POST", headers: headers(cookie), body: JSON.stringify(body) }));
const get = (path: string) => fetch(pages.url + path, { headers: { cookie: anna } });
const portal = (path: string, more: Record<string, string> = {}) =>
  fetch(`${pages.url}/api/portal/assessments${path}`, {
    headers: { authorization: `Bearer ${portalToken}`, ...more },
  });

async function signIn(user: string, password: string): Promise<string> {
  const reply = await post("/api/login", { user, password }, "");
  expect(reply.status).toBe(200);
  return reply.headers.get("set-cookie")?.split(";")[0] ?? "";
}

/** What a client that comes now, with the credential of an observer, is told first that fits; retained or just said. */
async function told<Kind extends DerivedKind>(
  kind: Kind,
  topic: string,
  fits: (message: DerivedMessages[Kind]) => boolean = () => true,
): Promise<{ readonly message: DerivedMessages[Kind]; readonly isRetained: boolean }> {
  const heard: { message: DerivedMessages[Kind]; isRetained: boolean }[] = [];
  await using session = await openSession(
    {
      url: broker.url,
      ...(await broker.credential("observer")),
      clientId: "observer",
      onMessage: (_, payload, isRetained) => heard.push({ message: parseDerived(kind, payload), isRetained }),
    },
    new AbortController().signal,
  );
  await session.subscribe([{ filter: topic, qos: 1 }]);
  const first = () => heard.find(({ message }) => fits(message));
  await until(() => first() !== undefined, topic);
  return first() as (typeof heard)[number];
}
const official = () => told("assessment", "pilotline/v1/demo/assessment/2026-10");

beforeAll(async () => {
  const folder = stack.use(await temporaryFolder()).path;
  const data = join(folder, "data");
  place = { data, plantFile: join(folder, "plant.yaml"), publicKey: publicKeyFile(data) };
  await writeFile(place.plantFile, plantText);
  clock = new ManualClock(instant(october.to - hours(1)));
  broker = stack.use(await embeddedBroker(data));
  const starting = startIngest(data, broker, { plant, clock });
  const ingest = await meanwhile(starting);
  stack.defer(() => meanwhile(ingest.stop()));
  node = stack.use(
    await TestNode.connect({
      broker: { url: broker.url, ...(await broker.credential("gateway-edge-1")) },
      group: "demo",
      edge: "edge-1",
      devices: { plc: tagsOf(plant, "plc"), meter: tagsOf(plant, "meter") },
      queueId: "q1",
    }),
  );
  pages = await startPages([
    ...["--plant", place.plantFile, "--data", data, "--listen", "127.0.0.1:0", "--log", "error"],
    ...["--broker", broker.url],
  ]);
  stack.defer(
    () =>
      new Promise<void>((resolve) => {
        pages.child.once("exit", () => resolve());
        pages.child.kill("SIGTERM");
      }),
  );
  anna = await signIn(pages.firstUser, pages.firstPassword);
  const second = (await (await post("/api/users", { name: "otto", role: "admin" }, anna)).json()) as {
    password: string;
  };
  otto = await signIn("otto", second.password);
  portalToken = (await readFile(join(data, "secrets/portal-token"), "utf8")).trim();
}, 120_000);
afterAll(() => stack.disposeAsync(), 60_000);

test("October comes by the broker, and its provisional figures are retained there while it runs", async () => {
  const samples = octoberSamples().filter(({ at }) => at < clock.now());
  node.birth(samples.slice(-2));
  let batch = 0;
  for (const device of ["plc", "meter"]) {
    const own = samples.filter(({ tag }) => (tag === mode) === (device === "plc"));
    for (let at = 0; at < own.length; at += 500) node.data(device, batch++, own.slice(at, at + 500), true);
  }
  await until(() => Array.from({ length: batch }, (_, i) => i).every((i) => node.hasAck(i)), "acknowledgement");
  const topic = "pilotline/v1/demo/indicator/month/line/chem";
  const used = ({ results }: DerivedMessages["figures"]) => results.find(({ indicator }) => indicator === "U-02");
  const isWhole = (message: DerivedMessages["figures"]) => (used(message)?.numerator ?? 0) > 890_000;
  await told("figures", topic, isWhole);
  // r102 of the line says nothing: half of it is not known, and no share of the whole is claimed.
  const { message, isRetained } = await told("figures", topic, isWhole);
  expect(isRetained).toBe(true);
  expect(used(message)).toMatchObject({ period: "2026-10", scope: "demo/chem", unit: "1", status: "insufficient" });
  expect(used(message)?.value).toBeCloseTo(1 / 3, 3);
});

test("before its closing it is provisional and cannot be sealed; at its closing the round freezes it", async () => {
  const early = await post("/api/assessments/2026-10/seal", { vetoes: [] }, anna);
  expect(early.status).toBe(409);
  expect(((await early.json()) as { detail: string }).detail).toContain("2026-11-03T16:00:00.000Z");
  const state = async () => ((await (await get("/api/assessments/2026-10")).json()) as { state?: string }).state;
  await until(async () => (await state()) === "provisional", "provisional assessment");
  clock.leapTo(closing);
  await until(async () => (await state()) === "closed", "closing");
});

test("sealed by a command, it stands on its topic, and sealed again it is the same bytes", async () => {
  expect((await post("/api/assessments/2026-10/seal", { vetoes: [] }, anna)).status).toBe(200);
  const { message, isRetained } = await official();
  const { version, manifest, figures } = message;
  expect({ version, isRetained, by: manifest.sealedBy }).toEqual({ version: 1, isRetained: true, by: pages.firstUser });
  expect(figures.find(({ indicator, scope }) => indicator === "U-02" && scope === "demo")?.value).toBeCloseTo(1 / 3, 3);
  const pack = Buffer.from(await (await portal("/2026-10/pack.zip")).arrayBuffer());
  expect((await post("/api/assessments/2026-10/seal", { vetoes: [] }, otto)).status).toBe(200);
  expect(Buffer.from(await (await portal("/2026-10/pack.zip")).arrayBuffer()).equals(pack)).toBe(true);
  expect(((await (await portal("")).json()) as { seals: unknown[] }).seals).toHaveLength(1);
});

test("the pack that was pulled verifies offline; one changed byte is refused", { timeout: 60_000 }, async () => {
  const pack = Buffer.from(await (await portal("/2026-10/pack.zip")).arrayBuffer());
  const file = join(place.data, "..", "2026-10.zip");
  await writeFile(file, pack);
  const verified = await pilotline("verify", file, "--public-key", place.publicKey);
  expect(verified).toMatchObject({ code: 0 });
  expect(verified.out).toContain("As it was sealed: demo, 2026-10, version 1.");
  pack[Math.floor(pack.length / 2)] = (pack[Math.floor(pack.length / 2)] ?? 0) ^ 1;
  await writeFile(file, pack);
  expect(await pilotline("verify", file, "--public-key", place.publicKey)).toMatchObject({ code: 1 });
});

test("it comes out of the store again; late data becomes an amendment with its effect", {
  timeout: 120_000,
}, async () => {
  const again = () => pilotline("recompute", "--period", "2026-10", "--data", place.data, "--plant", place.plantFile);
  expect(await again()).toEqual({ code: 0, out: "2026-10, version 1: the same, byte for byte.\n" });

  node.data("plc", 900, [good(mode, october.from + 600_000, 1)], true);
  await until(() => node.hasAck(900), "acknowledgement");
  const differs = await again();
  expect(differs.code).toBe(1);
  const [, sealed, now] = /U-02 demo\/chem numerator: sealed (\d+), now (\d+)/.exec(differs.out) ?? [];
  expect(Number(now) - Number(sealed)).toBe(600);

  expect((await post("/api/assessments/2026-10/amend", { reason: "gateway away" }, anna)).status).toBe(200);
  const own = await post("/api/assessments/2026-10/versions/2/approve", {}, anna);
  expect(await own.json()).toMatchObject({ error: "FORBIDDEN" });
  expect((await official()).message.version).toBe(1);
  expect((await post("/api/assessments/2026-10/versions/2/approve", {}, otto)).status).toBe(200);

  const { document } = (await (await portal("/2026-10")).json()) as { document: AssessmentDocument };
  const effect = document.amendment?.effects.find(
    ({ indicator, scope }) => indicator === "U-02" && scope === "demo/chem",
  );
  expect((effect?.after ?? 0) - (effect?.before ?? 0)).toBeCloseTo(600 / (743 * 3_600), 6);
  expect((await official()).message.version).toBe(2);
  expect(await again()).toEqual({ code: 0, out: "2026-10, version 2: the same, byte for byte.\n" });
});

test("a portal pulls seal after seal, and is told by ETag that nothing is new", async () => {
  expect((await fetch(`${pages.url}/api/portal/assessments`)).status).toBe(401);
  const page = async (path: string) =>
    (await (await portal(path)).json()) as { seals: { seq: number; version: number }[]; next: number | null };
  const first = await page("?limit=1");
  expect(first.seals.map(({ version }) => version)).toEqual([1]);
  const second = await page(`?limit=1&after=${first.next}`);
  expect(second).toMatchObject({ seals: [{ version: 2 }], next: null });
  const known = (await portal("")).headers.get("etag") ?? "";
  const unchanged = await portal("", { "if-none-match": known });
  expect(unchanged.status).toBe(304);
  expect(await unchanged.text()).toBe("");
});
