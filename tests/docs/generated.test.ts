import { readFileSync } from "node:fs";
import { Check } from "typebox/schema";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { generatedFiles } from "../generated/files.ts";
import { goodCase, plantCases } from "../plant/cases.ts";

/** Every command is asked for its help, by a process of its own. */
const startsProcesses = 120_000;

const read = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), "utf8");

test.each(Object.entries(generatedFiles))(
  "%s is what `npm run generate` writes",
  async (name, make) => {
    expect(read(name)).toBe(await make());
  },
  startsProcesses,
);

describe("the editor's schema", () => {
  const schema = JSON.parse(read("docs/schema/plant.schema.json"));

  test.each(plantCases(".good.yaml"))("accepts $file", ({ text }) => {
    expect(Check(schema, parse(text))).toBe(true);
  });

  test("accepts a number from the environment, and refuses an unknown key", () => {
    const plant = parse(goodCase("small"));
    plant.devices[1].connection.port = `\${PORT:502}`;
    expect(Check(schema, plant)).toBe(true);
    plant.devices[1].connection.prot = 502;
    expect(Check(schema, plant)).toBe(false);
  });
});
