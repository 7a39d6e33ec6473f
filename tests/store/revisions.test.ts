import { join } from "node:path";
import { expect, test } from "vitest";
import type { Booking } from "#shared/model/booking.ts";
import { type Declared, declarableItems } from "#shared/model/declared.ts";
import type { Run } from "#shared/model/run.ts";
import { instant } from "#shared/model/time.ts";
import { openRecordsReader, openRecordsWriter } from "#shared/store/records/sqlite.ts";
import { temporaryFolder } from "../fakes/folder.ts";

const run: Run = {
  line: "l",
  equipment: ["reactor"],
  project: null,
  tenant: "acme",
  kind: "scaleUp",
  batch: "7",
  recipe: null,
  lot: null,
  quantities: null,
  plannedSecondsPerUnit: null,
  from: instant(100),
  to: null,
  state: "running",
  reason: null,
  source: "person",
  rule: null,
  note: null,
};
const booking: Booking = {
  line: "l",
  equipment: "reactor",
  from: instant(100),
  to: instant(200),
  tenant: "acme",
  project: null,
  state: "requested",
  note: null,
};
const declared: Declared = {
  item: "P-13",
  period: "2026",
  equipment: null,
  value: 3,
  unit: "{item}",
  evidence: null,
  state: "draft",
  declarer: "li",
  verifier: null,
  note: null,
};
const by = (id: string, at: number, origin: string) => ({ id, at: instant(at), by: "li", why: null, origin });

async function openBoth(folder: string) {
  const file = join(folder, "records.db");
  return { writer: await openRecordsWriter(file), reader: await openRecordsReader(file) };
}

test("a change adds a revision: the newest one is read, and the history keeps them all", async () => {
  await using folder = await temporaryFolder();
  const { writer, reader } = await openBoth(folder.path);
  await using _ = writer;
  await using __ = reader;
  writer.addRuns([{ ...by("R1", 100, "c1"), record: run }]);
  const ended = { ...run, to: instant(300), state: "completed" } as const;
  writer.addRuns([{ ...by("R1", 300, "c2"), why: "end", by: "wang", record: ended }]);

  expect(reader.runs(instant(0), instant(1_000))).toEqual([
    { ...ended, id: "R1", revision: { number: 2, at: 300, by: "wang", why: "end" } },
  ]);
  expect(reader.runHistory("R1").map(({ state, revision }) => [state, revision.number, revision.by])).toEqual([
    ["running", 1, "li"],
    ["completed", 2, "wang"],
  ]);
  expect(reader.runCount()).toBe(1);
});

test("what comes again under the same origin adds nothing", async () => {
  await using folder = await temporaryFolder();
  const { writer, reader } = await openBoth(folder.path);
  await using _ = writer;
  await using __ = reader;
  writer.addBookings([{ ...by("B1", 1, "c1"), record: booking }]);
  writer.addBookings([
    { ...by("B1", 2, "c1"), record: { ...booking, state: "cancelled" } },
    { ...by("B2", 2, "c2"), record: booking },
  ]);
  expect(reader.booking("B1")?.state).toBe("requested");
  expect(reader.bookingCausedBy("c2")?.id).toBe("B2");
  expect(reader.bookingCount()).toBe(2);
});

test("a range holds what overlaps it by its newest revision; what runs has no end; voided runs are out", async () => {
  await using folder = await temporaryFolder();
  const { writer, reader } = await openBoth(folder.path);
  await using _ = writer;
  await using __ = reader;
  writer.addRuns([
    { ...by("R1", 1, "c1"), record: run },
    { ...by("R2", 1, "c2"), record: { ...run, from: instant(10), to: instant(20), state: "completed" } },
    { ...by("R3", 1, "c3"), record: { ...run, state: "voided" } },
    { ...by("R4", 1, "c4"), record: run },
    { ...by("R4", 2, "c5"), why: "started later", record: { ...run, from: instant(900) } },
  ]);
  const ids = (from: number, to: number) => reader.runs(instant(from), instant(to)).map(({ id }) => id);
  expect(ids(20, 500)).toEqual(["R1"]);
  expect(ids(19, 20)).toEqual(["R2"]);
  expect(ids(0, 901)).toEqual(["R2", "R1", "R4"]);
  expect(reader.run("R3")?.state).toBe("voided");
});

test("declared items are read by their period, without those that were withdrawn", async () => {
  await using folder = await temporaryFolder();
  const { writer, reader } = await openBoth(folder.path);
  await using _ = writer;
  await using __ = reader;
  writer.addDeclared([
    { ...by("D1", 1, "c1"), record: declared },
    { ...by("D2", 1, "c2"), record: { ...declared, period: "2026-Q1" } },
    { ...by("D3", 1, "c3"), record: { ...declared, state: "withdrawn" } },
  ]);
  expect(reader.declaredItems("2026").map(({ id }) => id)).toEqual(["D1"]);
  expect(reader.declaredItems().map(({ id }) => id)).toEqual(["D1", "D2"]);
});

test("what may be declared is what the catalogue takes from people alone, and green certificates beside it", () => {
  expect([...declarableItems.keys()].toSorted()).toEqual(
    [
      ...["U-23", "S-18", "G-14", "P-01", "P-02", "P-03", "P-11", "P-12", "P-13", "P-21", "P-22", "P-23"],
      "greenCertificates",
    ].toSorted(),
  );
});
