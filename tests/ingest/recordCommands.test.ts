import { join } from "node:path";
import { expect, test } from "vitest";
import type { Answer, Handlers } from "../../ingest/commands.ts";
import { declaredHandlers } from "../../ingest/declared/handlers.ts";
import { runHandlers } from "../../ingest/runs/handlers.ts";
import { bookingHandlers } from "../../ingest/tenancy/bookingHandlers.ts";
import { registerHandlers } from "../../ingest/tenancy/registerHandlers.ts";
import { instant } from "../../shared/model/time.ts";
import type { RecordsWriter } from "../../shared/store/records/port.ts";
import { openRecordsWriter } from "../../shared/store/records/sqlite.ts";
import type { Command, CommandAct } from "../../shared/wire/command/registry.ts";
import type { NewRun } from "../../shared/wire/command/run.ts";
import { ManualClock } from "../fakes/clock.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { testPlant } from "./plantFixture.ts";

const day = 86_400_000;
const now = instant(100 * day);

interface Desk {
  ask(user: string, act: CommandAct, id?: string): Promise<Answer>;
  readonly records: RecordsWriter;
}

async function atDesk(body: (desk: Desk) => Promise<void>): Promise<void> {
  await using folder = await temporaryFolder();
  await using records = await openRecordsWriter(join(folder.path, "records.db"));
  const parts = { plant: testPlant(), records, clock: new ManualClock(now) };
  const handlers: Partial<Handlers> = {
    ...runHandlers(parts),
    ...bookingHandlers(parts),
    ...registerHandlers(parts),
    ...declaredHandlers(parts),
  };
  let count = 0;
  await body({
    records,
    ask: async (user, act, id) => {
      count += 1;
      const command = { v: 1, id: id ?? `c${count}`, at: now, requester: "dashboard", user, ...act } as Command;
      const handle = handlers[command.kind] as (command: Command) => Answer | Promise<Answer>;
      return handle(command);
    },
  });
}

const tenant = { name: "Acme", relation: "external", creditCode: null, contact: null, active: true } as const;
const register = (desk: Desk) =>
  desk
    .ask("admin", {
      kind: "saveTenants",
      tenants: [
        { id: "acme", tenant },
        { id: "old", tenant: { ...tenant, active: false } },
      ],
      why: null,
    })
    .then(() =>
      desk.ask("admin", {
        kind: "saveProjects",
        projects: [{ id: "p1", project: { name: "Pilot 1", tenant: "acme", active: true } }],
        why: null,
      }),
    );
const run = {
  line: "chem",
  equipment: ["r101"],
  project: "p1",
  tenant: null,
  kind: "scaleUp" as const,
  batch: null,
  recipe: null,
  lot: null,
  quantities: null,
  plannedSecondsPerUnit: null,
  note: null,
  from: instant(now - 1_000_000),
} satisfies NewRun;

test("a run is started once per command, takes its tenant from the project, and is ended with what it made", async () => {
  await atDesk(async (desk) => {
    await register(desk);
    expect(await desk.ask("li", { kind: "startRun", run }, "same")).toEqual({ outcome: "done", detail: "R000001" });
    expect(await desk.ask("li", { kind: "startRun", run }, "same")).toEqual({ outcome: "done", detail: "R000001" });
    expect(desk.records.runCount()).toBe(1);
    const quantities = { unit: "kg", planned: 10, produced: 9, good: 8.5 };
    const end = { state: "completed", to: now, reason: null, quantities } as const;
    expect(await desk.ask("li", { kind: "endRun", run: "R000001", end })).toMatchObject({ outcome: "done" });
    expect(desk.records.run("R000001")).toMatchObject({ tenant: "acme", state: "completed", to: now, quantities });
    expect(await desk.ask("li", { kind: "endRun", run: "R000001", end })).toMatchObject({ code: "CONFLICT" });
  });
});

test.each([
  [{ line: "chm" }, "line: there is no line `chm`"],
  [{ equipment: ["r999"] }, "has no equipment `r999`"],
  [{ project: "p9" }, "there is no project `p9`"],
  [{ project: null, tenant: "old" }, "tenant `old` is not active"],
  [{ from: instant(now + day) }, "cannot begin in the future"],
])("a run that cannot be is refused: %o", async (wrong, says) => {
  await atDesk(async (desk) => {
    await register(desk);
    const answer = await desk.ask("li", { kind: "startRun", run: { ...run, ...wrong } });
    expect(answer).toMatchObject({ outcome: "refused", code: "OUT_OF_RANGE" });
    expect(answer.detail).toContain(says);
    expect(desk.records.runCount()).toBe(0);
  });
});

test("a correction needs the revision that was seen, and the history keeps what was there", async () => {
  await atDesk(async (desk) => {
    await register(desk);
    await desk.ask("li", { kind: "startRun", run });
    const correct = (revision: number) =>
      desk.ask("wang", {
        kind: "correctRun",
        run: "R000001",
        revision,
        change: { lot: "L-1" },
        why: "lot was missing",
      });
    expect(await correct(1)).toMatchObject({ outcome: "done" });
    expect(await correct(1)).toMatchObject({ code: "CONFLICT" });
    expect(desk.records.runHistory("R000001").map(({ lot, revision }) => [lot, revision.by, revision.why])).toEqual([
      [null, "li", null],
      ["L-1", "wang", "lot was missing"],
    ]);
  });
});

test("an import of runs brings each row once, however often it is imported", async () => {
  await atDesk(async (desk) => {
    await register(desk);
    const whole = { ...run, to: now, state: "completed", reason: null } as const;
    const act = { kind: "importRuns", runs: [whole, { ...whole, from: instant(now - 5_000) }] } as const;
    expect(await desk.ask("li", { ...act, runs: [...act.runs] })).toEqual({ outcome: "done", detail: "2" });
    expect(await desk.ask("li", { ...act, runs: [...act.runs] })).toEqual({ outcome: "done", detail: "0" });
    const broken = [whole, { ...whole, to: null }];
    expect((await desk.ask("li", { kind: "importRuns", runs: broken })).detail).toContain("2. to: ");
  });
});

test("what is confirmed is confirmed for one alone; a cancelled booking makes room", async () => {
  await atDesk(async (desk) => {
    await register(desk);
    const booking = {
      line: "chem",
      equipment: "r101",
      from: instant(now + day),
      to: instant(now + 2 * day),
      tenant: "acme",
      project: null,
      state: "requested",
      note: null,
    } as const;
    await desk.ask("li", { kind: "book", booking });
    await desk.ask("li", { kind: "book", booking: { ...booking, from: instant(now + 1.5 * day) } });
    expect(await desk.ask("li", { kind: "confirmBooking", booking: "B000001" })).toMatchObject({ outcome: "done" });
    const second = await desk.ask("li", { kind: "confirmBooking", booking: "B000002" });
    expect(second).toMatchObject({ code: "CONFLICT" });
    expect(second.detail).toContain("B000001");
    await desk.ask("li", { kind: "cancelBooking", booking: "B000001", why: "no material" });
    expect(await desk.ask("li", { kind: "confirmBooking", booking: "B000002" })).toMatchObject({ outcome: "done" });
    expect(desk.records.bookingHistory("B000001").map(({ state }) => state)).toEqual([
      "requested",
      "confirmed",
      "cancelled",
    ]);
    const moved = await desk.ask("li", {
      kind: "moveBooking",
      booking: "B000002",
      revision: 2,
      from: instant(now + 3 * day),
      to: instant(now + 2 * day),
      why: "later",
    });
    expect(moved).toMatchObject({ code: "OUT_OF_RANGE" });
  });
});

test("a register entry that says what was there already is no revision", async () => {
  await atDesk(async (desk) => {
    await register(desk);
    await register(desk);
    expect(desk.records.tenantHistory("acme")).toHaveLength(1);
    const renamed = [{ id: "acme", tenant: { ...tenant, name: "Acme AG" } }];
    await desk.ask("admin", { kind: "saveTenants", tenants: renamed, why: "renamed" });
    expect(desk.records.tenantHistory("acme").map(({ name }) => name)).toEqual(["Acme", "Acme AG"]);
  });
});

test("a declared item needs its document, and a second person to verify it; a correction begins again", async () => {
  await atDesk(async (desk) => {
    const declaration = { item: "P-13", period: "1970", equipment: null, value: 3, evidence: null, note: null };
    const evidence = { fileName: "patents.pdf", sha256: "a".repeat(64), bytes: 10 };
    const step = (user: string, kind: "submitDeclared" | "verifyDeclared", revision: number) =>
      desk.ask(user, { kind, declared: "D000001", revision, why: null });
    await desk.ask("li", { kind: "declare", declaration });
    expect(await step("li", "submitDeclared", 1)).toMatchObject({ code: "OUT_OF_RANGE" });
    const correct = { kind: "correctDeclared", declared: "D000001", why: "document" } as const;
    await desk.ask("li", { ...correct, revision: 1, declaration: { ...declaration, evidence } });
    expect(await step("li", "verifyDeclared", 2)).toMatchObject({ code: "CONFLICT" });
    await step("zhao", "submitDeclared", 2);
    expect(await step("li", "verifyDeclared", 3)).toMatchObject({ code: "FORBIDDEN" });
    expect(await step("zhao", "verifyDeclared", 3)).toMatchObject({ code: "FORBIDDEN" });
    expect(await step("wang", "verifyDeclared", 3)).toMatchObject({ outcome: "done" });
    expect(desk.records.declaredItem("D000001")).toMatchObject({ state: "verified", declarer: "li", verifier: "wang" });
    await desk.ask("wang", { ...correct, revision: 4, declaration: { ...declaration, evidence, value: 4 } });
    expect(desk.records.declaredItem("D000001")).toMatchObject({ state: "draft", declarer: "wang", verifier: null });
  });
});
