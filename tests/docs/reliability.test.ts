import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { experiments } from "../faults/registry.ts";
import { readResults } from "../faults/results.ts";

const page = readFileSync(new URL("../../docs/reliability.md", import.meta.url), "utf8");

test.each(Object.entries(experiments))("docs/reliability.md names experiment %s", (id, { title }) => {
  expect(page).toMatch(new RegExp(`^\\| ${id} +\\|`, "m"));
  expect(page).toContain(title);
});

test("every result belongs to an experiment", () => {
  expect(Object.keys(readResults()).filter((id) => !Object.hasOwn(experiments, id))).toEqual([]);
});
