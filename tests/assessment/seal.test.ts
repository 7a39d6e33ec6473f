import { expect, test } from "vitest";
import { checkPack } from "../../ingest/assessment/verify/checkPack.ts";
import type { AssessmentDocument } from "../../shared/model/assessment.ts";
import { hours } from "../../shared/model/time.ts";
import { closing, good, kwh, mode, october, startBench } from "./bench.ts";

const documentOf = (text: string | undefined): AssessmentDocument => JSON.parse(text ?? "null");

test("a month is sealed from its closing on, not before; sealed again, it stays as it is", async () => {
  await using bench = await startBench();
  bench.now = closing - 1;
  await expect(bench.registrar.seal("2026-10", "anna", [])).rejects.toMatchObject({ code: "CONFLICT" });
  bench.now = closing;
  await bench.registrar.seal("2026-10", "anna", []);
  const pack = bench.records.assessmentPack("2026-10", 1);
  bench.now = closing + hours(1);
  await bench.registrar.seal("2026-10", "otto", []);
  expect(bench.records.assessmentPack("2026-10", 1)).toEqual(pack);
  expect(bench.records.assessmentSeals(0, 10)).toHaveLength(1);
  expect(bench.announced).toEqual(["2026-10 v1"]);
});

test("the same data, key, time and person give the same bytes", async () => {
  const packs: (Uint8Array | undefined)[] = [];
  for (let i = 0; i < 2; i++) {
    await using bench = await startBench();
    await bench.registrar.seal("2026-10", "anna", []);
    packs.push(bench.records.assessmentPack("2026-10", 1));
  }
  expect(packs[0]?.length).toBeGreaterThan(1_000);
  expect(packs[0]).toEqual(packs[1]);
});

test("figures are what the samples say: a third of the time productive, half a kWh each ten minutes", async () => {
  await using bench = await startBench();
  await bench.registrar.seal("2026-10", "anna", []);
  const { figures, score } = documentOf(bench.records.assessmentVersion("2026-10", 1)?.document);
  const line = (id: string) => figures.find(({ indicator, scope }) => indicator === id && scope === "demo/chem");
  const slots = 31 * 144;
  expect(line("U-02")).toMatchObject({ numerator: (slots / 3) * 600, denominator: slots * 600 });
  expect(line("G-01")?.value).toBeCloseTo((slots - 1) / 2, 6);
  expect(score.missing).toContain("S-12");
  expect(score.total).toBeGreaterThanOrEqual(0);
});

test("data that comes between closing and sealing changes nothing: the figures were frozen at the closing", async () => {
  await using bench = await startBench();
  await bench.registrar.freeze("2026-10");
  await bench.samples.write([{ name: null, samples: [good(mode, october.from + hours(1) + 1, 1)] }]);
  bench.now = closing + hours(48);
  await bench.registrar.seal("2026-10", "anna", []);
  const { figures, frozenAt } = documentOf(bench.records.assessmentVersion("2026-10", 1)?.document);
  expect(frozenAt).toBe(closing);
  expect(figures.find(({ indicator }) => indicator === "U-02")?.numerator).toBe(31 * 8 * 3_600);
});

test("late data becomes version 2 with its effect, by an author, official by somebody else; version 1 stays", async () => {
  await using bench = await startBench();
  await bench.registrar.seal("2026-10", "anna", []);
  const first = bench.records.assessmentPack("2026-10", 1);
  await expect(bench.registrar.amend("2026-10", "anna", "nothing new", null)).rejects.toMatchObject({
    code: "CONFLICT",
  });
  await bench.samples.write([{ name: null, samples: [good(mode, october.from + 600_000, 1)] }]);
  await bench.registrar.amend("2026-10", "anna", "the gateway was away", null);
  await expect(bench.registrar.amend("2026-10", "anna", "again", null)).rejects.toMatchObject({ code: "CONFLICT" });
  const second = documentOf(bench.records.assessmentVersion("2026-10", 2)?.document);
  const effect = second.amendment?.effects.find(
    ({ indicator, scope }) => indicator === "U-02" && scope === "demo/chem",
  );
  expect(effect?.after).toBeCloseTo((effect?.before ?? 0) + 600 / (31 * 86_400), 12);
  expect(bench.registrar.officials().map(({ document }) => document.version)).toEqual([1]);

  await expect(bench.registrar.approve("2026-10", 2, "anna")).rejects.toMatchObject({ code: "FORBIDDEN" });
  await bench.registrar.approve("2026-10", 2, "otto");
  expect(bench.registrar.officials().map(({ document }) => document.version)).toEqual([2]);
  expect(bench.records.assessmentPack("2026-10", 1)).toEqual(first);
  expect(checkPack(bench.records.assessmentPack("2026-10", 2) ?? new Uint8Array(), null).problems).toEqual([]);
  await expect(bench.registrar.approve("2026-10", 2, "otto")).rejects.toMatchObject({ code: "NOT_FOUND" });
  expect(bench.announced).toEqual(["2026-10 v1", "2026-10 v2"]);
  const told = (version: number) =>
    documentOf(bench.records.assessmentVersion("2026-10", version)?.document)
      .figures.filter(({ indicator, scope }) => /^D-0[78]$/.test(indicator) && scope === "demo")
      .map(({ value, status }) => [value, status]);
  expect(told(1)).toEqual([
    [0, "ok"],
    [1, "ok"],
  ]);
  expect(told(2)).toEqual([
    [1, "ok"],
    [1, "ok"],
  ]);
});

test("a rejected amendment keeps its number and changes nothing", async () => {
  await using bench = await startBench();
  await bench.registrar.seal("2026-10", "anna", []);
  await bench.samples.write([{ name: null, samples: [good(kwh, october.from + 5_000, 1_000.2)] }]);
  await bench.samples.write([{ name: null, samples: [good(mode, october.from + 600_000, 1)] }]);
  await bench.registrar.amend("2026-10", "anna", "wrong", null);
  bench.registrar.reject("2026-10", 2, "otto", "the data is wrong");
  expect(bench.registrar.officials().map(({ document }) => document.version)).toEqual([1]);
  await bench.registrar.amend("2026-10", "anna", "right", null);
  expect(bench.records.assessmentVersions("2026-10").map(({ version }) => version)).toEqual([1, 2, 3]);
});

test("a quarter is made of its official months, and waits for them", async () => {
  await using bench = await startBench();
  bench.now = closing + hours(24 * 70);
  await bench.registrar.seal("2026-10", "anna", []);
  await expect(bench.registrar.seal("2026-Q4", "anna", [])).rejects.toMatchObject({ code: "CONFLICT" });
  await bench.registrar.seal("2026-11", "anna", []);
  await bench.registrar.seal("2026-12", "anna", []);
  // What comes now is in no official month.
  await bench.samples.write([{ name: null, samples: [good(mode, october.from + 600_000, 1)] }]);
  await bench.registrar.seal("2026-Q4", "anna", []);
  const { figures, months } = documentOf(bench.records.assessmentVersion("2026-Q4", 1)?.document);
  const used = figures.find(({ indicator, scope }) => indicator === "U-02" && scope === "demo/chem");
  expect(used?.numerator).toBe(31 * 8 * 3_600);
  expect(used?.flags).toContain("official_months");
  expect(months.map(({ period }) => period)).toEqual(["2026-10", "2026-11", "2026-12"]);
  expect(checkPack(bench.records.assessmentPack("2026-Q4", 1) ?? new Uint8Array(), null).problems).toEqual([]);
});

test("what is kept cannot be changed, not even by SQL, and a veto fails the whole with its reason", async () => {
  await using bench = await startBench();
  await bench.registrar.seal("2026-10", "anna", [{ kind: "major_accident", reason: "explosion on 3 October" }]);
  const { score } = documentOf(bench.records.assessmentVersion("2026-10", 1)?.document);
  expect(score.grade).toBe("不合格");
  const { DatabaseSync } = await import("node:sqlite");
  using database = new DatabaseSync(`${bench.folder}/ingest/records.db`);
  expect(() => database.exec("UPDATE assessment_version SET document = '{}'")).toThrow(/only ever added/);
  expect(() => database.exec("DELETE FROM assessment_seal")).toThrow(/only ever added/);
  database.exec("DROP TRIGGER assessment_version_keeps");
  database.exec("UPDATE assessment_version SET document = replace(document, '\"version\":1', '\"version\":9')");
  expect(() => bench.registrar.officials()).toThrow(/withheld/);
});
