import { expect, test } from "vitest";
import { atPace, catchUp } from "../../simulators/plants/pace.ts";
import type { RunningPlant } from "../../simulators/plants/plant.ts";
import { startPlants } from "../../simulators/plants/registry.ts";

const seed = 3;
const lineAt = (speed: number): RunningPlant => {
  const [line] = startPlants(["fermentation"], seed);
  if (!line) throw new Error("no line");
  return atPace(line, speed);
};
const shownBy = (line: RunningPlant, equipment: string, id: string) =>
  line.readings()[line.signals.findIndex((signal) => signal.equipment === equipment && signal.id === id)]?.value;
const gained = (line: RunningPlant, id: string, seconds: number): number => {
  const before = Number(shownBy(line, "steam", id));
  catchUp([line], seconds);
  return Number(shownBy(line, "steam", id)) - before;
};

test("a line that runs sixty times slower draws its power for sixty times as long", () => {
  for (const id of ["energy", "water", "hours"]) {
    const usual = gained(lineAt(1), id, 600);
    expect(usual).toBeGreaterThan(0);
    expect(gained(lineAt(1 / 60), id, 600)).toBeCloseTo(60 * usual, 6);
  }
});

test("the process itself is the same at every speed", () => {
  const [usual, slow] = [lineAt(1), lineAt(1 / 60)];
  catchUp([usual, slow], 600);
  for (const [equipment, id] of [
    ["fermenter", "phase"],
    ["fermenter", "run"],
    ["harvest", "product"],
  ] as const)
    expect(shownBy(slow, equipment, id)).toBe(shownBy(usual, equipment, id));
});

test("a line that is caught up stands where it would, had it run all the time", () => {
  const [whole, parts] = [lineAt(1 / 60), lineAt(1 / 60)];
  catchUp([whole], 700.9);
  catchUp([parts], 300);
  catchUp([parts], 400);
  for (const id of ["energy", "water", "hours"]) expect(shownBy(parts, "steam", id)).toBe(shownBy(whole, "steam", id));
});
