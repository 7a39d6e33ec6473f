import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parsePlant } from "#shared/plant/load.ts";

test("the example in plant.example.yaml is right once it is uncommented, and has no hour without anybody", () => {
  const text = readFileSync(new URL("../../plant.example.yaml", import.meta.url), "utf8");
  const uncommented = text.replace(/^# notification:$[\s\S]*/m, (example) => example.replaceAll(/^# ?/gm, ""));
  expect(uncommented).not.toBe(text);
  const parsed = parsePlant(uncommented, "plant.yaml", {});
  expect(parsed.problems).toEqual([]);
  expect(parsed.plant?.notification?.routes.map(({ id }) => id)).toEqual(["urgent", "others"]);
  const ours = parsed.plant ? parsed.warnings.filter(({ key }) => key.startsWith("notification")) : [];
  expect(ours).toEqual([]);
});
