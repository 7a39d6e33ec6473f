import { expect, test } from "vitest";
import { createIndicatorEngine } from "../../ingest/indicators/engine.ts";
import { tagId } from "../../shared/model/sample.ts";
import { instant } from "../../shared/model/time.ts";
import { memoryReader } from "./memoryReader.ts";
import { plantYaml, testPlant } from "./plantFixture.ts";

const midnight = Date.parse("2025-05-01T00:00:00+08:00");
const tag = tagId({ platform: "demo", line: "chem", equipment: "r101", tag: "kwh" });

/** Metered energy of a register that goes from 100 to 100.2 in ten seconds, at most 50 kW being possible or not. */
async function energyWith(unit: string, power: string) {
  const yaml = plantYaml.replace("unit: kW.h", `unit: ${unit}`).replace("unit: kW,", `unit: ${power},`);
  const store = memoryReader();
  const readings = [100, 100.05, 100.2].map((value, i) => ({ at: instant(midnight + i * 10_000), value }));
  store.write(readings.map((reading) => ({ tag, quality: "good", ...reading })));
  const engine = createIndicatorEngine(testPlant(yaml), store);
  const results = await engine.results({ now: () => instant(midnight + 20_000) }, () => ({
    rules: 0,
    watched: 0,
    active: 0,
  }));
  return results.get("chem")?.find(({ indicator }) => indicator === "G-01");
}

test.each([
  ["kW.h", 0.2],
  ["MJ", 0.2 / 3.6],
  ["W.h", 0.2 / 1_000],
])("a register in %s is reported in kW.h", async (unit, expected) => {
  const result = await energyWith(unit, "kW");
  expect(result?.unit).toBe("kW.h");
  expect(result?.value).toBeCloseTo(expected, 9);
  expect(result?.lower).toBeCloseTo(expected, 9);
  expect(result?.flags).toEqual([]);
});

test.each([
  ["MW.h", "kW"],
  ["kW.h", "W"],
])("what is too much for the instrument is told in the register's own unit: %s against %s", async (unit, power) => {
  expect((await energyWith(unit, power))?.flags).toContain("spike");
});
