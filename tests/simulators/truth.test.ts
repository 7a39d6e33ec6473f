import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { instant } from "#shared/model/time.ts";
import { startPlants } from "../../simulators/plants/registry.ts";
import { bad, good, type Reading } from "../../simulators/signal.ts";
import { openTruthFile } from "../../simulators/truth/file.ts";
import { followTruth } from "../../simulators/truth/follow.ts";
import { createLimits } from "../../simulators/truth/limits.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { signal } from "./rig.ts";

const line = () => {
  const [fermentation] = startPlants(["fermentation"], 7);
  if (!fermentation) throw new Error("no line");
  return fermentation;
};

test("two batches: every second is in one state, the runs are the batches, energy is that of the meters", () => {
  const plant = line();
  const followed = followTruth(plant);
  const at = plant.signals.findIndex(({ equipment, id }) => equipment === "fermenter" && id === "energy");
  let last = followed.first;
  for (let second = 0; second < 1_400; second++) last = followed.second();
  const { equipment, runs } = followed.truth();
  const fermenter = equipment.fermenter;
  expect(Object.values(fermenter?.stateS ?? {}).reduce((sum, s) => sum + s, 0)).toBe(1_400);
  expect(fermenter?.kwh).toBeCloseTo(Number(last[at]?.value) - Number(followed.first[at]?.value), 9);
  expect(runs.slice(0, 2).map(({ batch, to }) => [batch, to !== null])).toEqual([
    ["1", true],
    ["2", true],
  ]);
  // Its recipe without the idle time before and the cleaning behind; a trip of the stirrer makes it longer.
  expect((runs[0]?.to ?? 0) - (runs[0]?.from ?? 0)).toBeGreaterThanOrEqual(580_000);
  // The pH probe is out of the vessel while that is cleaned.
  expect(fermenter?.qualityS.bad).toBeGreaterThan(60);
});

const limit = { id: "high", name: { zh: "高" }, tag: "unit/value", kind: "high", limit: 10, deadband: 2 } as const;
const followed = (values: readonly (Reading | number)[]) => {
  const facts = { ...limit, onDelayMs: 2_000, priority: "high", response: { zh: "看" } } as const;
  const limits = createLimits([facts], [{ ...signal("value"), equipment: "unit" }], () => {});
  for (const [i, value] of values.entries())
    limits.see([typeof value === "number" ? good(value) : value], instant(i * 1_000));
  return limits.all(instant((values.length - 1) * 1_000)).map(({ from, to }) => [from, to]);
};

test.each([
  ["shorter than the delay is no alarm", [9, 10, 10, 7, 7], []],
  ["what ends at the instant at which the delay is over neither", [9, 10, 10, 7], []],
  ["it is one from the end of the delay on", [9, 10, 10, 10, 7, 7], [[3_000, 4_000]]],
  ["it lasts within the deadband", [10, 10, 10, 9, 8, 7.9], [[2_000, 5_000]]],
  ["without a value it stays what it was", [10, bad, bad, bad, 7], [[2_000, 4_000]]],
  ["what goes on has no end", [9, 12, 12, 12], [[3_000, null]]],
])("limits: %s", (_, values, alarms) => {
  expect(followed(values)).toEqual(alarms);
});

test("the file has every change in order, totals every hour, and the end", async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, "truth.jsonl");
  const plant = line();
  {
    await using face = await openTruthFile(file, [plant]);
    for (let minute = 0; minute <= 130; minute++) {
      face.show(plant.readings(), instant(Date.UTC(2026, 0, 1, 0, minute)));
      plant.pass(10);
    }
  }
  const notes = (await readFile(file, "utf8"))
    .trim()
    .split("\n")
    .map((text) => JSON.parse(text));
  expect(notes.map(({ at }) => at)).toEqual(notes.map(({ at }) => at).toSorted());
  expect(notes.filter(({ is }) => is === "totals").map(({ at }) => at.slice(11, 16))).toEqual([
    "01:00",
    "02:00",
    "02:10",
  ]);
  const [begun, ended] = [notes.find(({ is }) => is === "runBegun"), notes.find(({ is }) => is === "runEnded")];
  expect([begun.batch, ended.batch]).toEqual(["1", "1"]);
  expect(notes.at(-1).equipment.steam.kwh).toBeGreaterThan(0);
});
