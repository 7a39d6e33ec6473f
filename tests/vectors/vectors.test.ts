import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../fakes/folder.ts";
import catalogue from "./catalogue.json" with { type: "json" };
import { differences } from "./compare.ts";
import operationShapes from "./operations.json" with { type: "json" };
import { operations } from "./operations.ts";
import rules from "./rules.json" with { type: "json" };
import { hasPassed, runVectors } from "./run.ts";

describe("the catalogue's worked examples", () => {
  test.each(catalogue.map((vector) => [vector.id, vector.description, vector] as const))("%s %s", (_, __, vector) => {
    expect(runVectors([vector]).filter((outcome) => !hasPassed(outcome))).toEqual([]);
  });

  test("every calculation has its function", () => {
    const named = operationShapes.map(({ op }) => op);
    expect(Object.keys(operations).toSorted()).toEqual(named.toSorted());
  });
});

test.each(rules.map((vector) => [vector.id, vector.description, vector] as const))("%s %s", (_, __, vector) => {
  expect(runVectors([vector]).filter((outcome) => !hasPassed(outcome))).toEqual([]);
});

describe("comparison", () => {
  test.each([
    [1, 1.001, 0.01, []],
    [1, 1.02, 0.01, ["$"]],
    [1, "1", 0.01, ["$"]],
    [null, 0, 1, ["$"]],
    [1, Number.NaN, 1, ["$"]],
    [{ a: 1, b: [1, 2] }, { a: 1, b: [1, 3] }, 0, ["$.b[1]"]],
    [{ a: null }, {}, 0, ["$.a"]],
    [{}, { a: null }, 0, ["$.a"]],
    [[1], [1, 2], 1, ["$"]],
    [[], {}, 1, ["$"]],
  ])("%j against %j within %d", (expected, got, tolerance, paths) => {
    expect(differences(expected, got, tolerance).map(({ path }) => path)).toEqual(paths);
  });
});

describe("`node tests/vectors.ts FILE`", () => {
  const command = (file: string) =>
    spawnSync(process.execPath, [fileURLToPath(new URL("../vectors.ts", import.meta.url)), file], { encoding: "utf8" });

  test("counts, and ends with 0 where all pass", () => {
    const { status, stdout } = command(fileURLToPath(new URL("rules.json", import.meta.url)));
    expect(stdout).toBe(`${rules.length} passed, 0 failed\n`);
    expect(status).toBe(0);
  });

  test("prints each failure with its path, names an unknown operation and a missing input, ends with 1", async () => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, "some.json");
    const water = { op: "water", fresh_m3: 120, reused_m3: 30, batches: 4 };
    writeFileSync(
      file,
      JSON.stringify([
        { id: "A", inputs: water, expected: { fresh_per_batch: 31, reuse_rate: 0.2 }, tolerance: 0 },
        { id: "B", inputs: { op: "dowsing" }, expected: {}, tolerance: 0 },
        { id: "C", inputs: { ...water, batches: undefined }, expected: {}, tolerance: 0 },
        { id: "D", inputs: { ...water, fresh_m3: -1 }, expected: {}, tolerance: 0 },
      ]),
    );
    const { status, stdout } = command(file);
    expect(stdout.split("\n")).toEqual([
      "A $.fresh_per_batch: expected 31, got 30",
      "B: the operation `dowsing` is unknown",
      "C: $[2].inputs.batches is missing",
      "D: OUT_OF_RANGE: fresh water in m³ is -1; it cannot be negative.",
      "0 passed, 4 failed",
      "",
    ]);
    expect(status).toBe(1);
  });

  test("says what is wrong with a file that cannot be read", () => {
    const { status, stderr } = command("no-such-file.json");
    expect(stderr).toContain("no-such-file.json cannot be run");
    expect(status).toBe(2);
  });
});
