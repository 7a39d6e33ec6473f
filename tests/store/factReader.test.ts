import { join } from "node:path";
import { expect, test } from "vitest";
import { instant } from "#shared/model/time.ts";
import { packed } from "#shared/store/facts/dayFacts.ts";
import { openFactFile } from "#shared/store/facts/factFile.ts";
import { openFactReader } from "#shared/store/facts/factReader.ts";
import { Tally } from "#shared/store/facts/tally.ts";
import { temporaryFolder } from "../fakes/folder.ts";

const reactor = "demo/chem/r1";

function hourOf(prdMs: number, kwh: number) {
  const tally = new Tally();
  tally.add("state.PRD", prdMs);
  tally.add("meter.kwh.total", kwh);
  tally.add("slot.valid", 60);
  tally.demand("kwh", [[kwh, 15]]);
  return tally.facts();
}
const mark = { plant: "p", recorded: "", before: "b", chain: "{}" };

test("a reader beside the writer sees closed days with their hours, and the running day as it was last kept", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "facts.db");
  using reader = openFactReader(path);
  expect(reader.days(reactor, "2026-03-01", "2026-04-01", true)).toEqual([]);
  using file = openFactFile(path, instant(0), () => {});
  const { digest, ...kept } = packed([hourOf(1_000, 1.5), hourOf(0, 0.25), hourOf(2_000, 2)]);
  file.put(reactor, [{ ...mark, day: "2026-03-30", digest, ...kept }]);
  file.noteOpen(reactor, { day: "2026-03-31", until: instant(5), ...packed([hourOf(10, 1)]) });
  expect(reader.days(reactor, "2026-03-01", "2026-04-01", false).map(({ day }) => day)).toEqual(["2026-03-30"]);
  file.saveOpen();
  const [closed, open, ...more] = reader.days(reactor, "2026-03-01", "2026-04-01", true);
  expect(more).toEqual([]);
  expect(closed).toMatchObject({ day: "2026-03-30", until: null });
  expect(closed?.facts.sums["meter.kwh.total"]).toBe(3.75);
  expect(closed?.hours).toEqual({ "meter.kwh.total": [1.5, 0.25, 2], "state.PRD": [1_000, 0, 2_000] });
  expect([...(closed?.demand.get("kwh")?.knownMinutes ?? [])]).toEqual([15, 15, 15]);
  expect(open).toMatchObject({ day: "2026-03-31", until: 5 });
  // Out of the span, without hours, and of another machine.
  expect(reader.days(reactor, "2026-03-01", "2026-03-30", true)).toEqual([]);
  expect(reader.days(reactor, "2026-03-30", "2026-03-31", false)[0]?.hours).toEqual({});
  expect(reader.days("demo/chem/r2", "2026-03-01", "2026-04-01", true)).toEqual([]);
  // Once the day is closed, what was kept while it ran is older.
  file.put(reactor, [{ ...mark, day: "2026-03-31", digest, ...kept }]);
  expect(reader.days(reactor, "2026-03-31", "2026-04-01", false)).toMatchObject([{ day: "2026-03-31", until: null }]);
});
