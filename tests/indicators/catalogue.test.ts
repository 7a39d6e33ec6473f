import { expect, test } from "vitest";
import { indicatorCatalogue, isIndicatorId } from "../../shared/model/catalogue/catalogue.ts";
import type { IndicatorEntry } from "../../shared/model/catalogue/entry.ts";
import { parseUnit } from "../../shared/model/units.ts";

const numbered = (letter: string, from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => `${letter}-${String(from + i).padStart(2, "0")}`);

test("the catalogue is whole: its table F, the momentary value of S-10, what is declared", () => {
  const wanted = [
    ...["U-TM", "U-02c", "U-11b", "S-10-NOW"],
    ...numbered("U", 1, 25),
    ...numbered("S", 1, 18),
    ...numbered("G", 1, 14),
    ...numbered("D", 1, 8),
    ...[...numbered("P", 1, 3), ...numbered("P", 11, 13), ...numbered("P", 21, 23)],
  ];
  expect(Object.keys(indicatorCatalogue).toSorted()).toEqual(wanted.toSorted());
  expect(isIndicatorId("U-02")).toBe(true);
  expect(isIndicatorId("toString")).toBe(false);
});

test.each(Object.entries<IndicatorEntry>(indicatorCatalogue))(
  "%s has names in both languages and units that are units",
  (_, entry) => {
    expect(entry.zh).toMatch(/\p{Script=Han}/u);
    expect(entry.en).not.toMatch(/\p{Script=Han}/u);
    expect(entry.sources.length).toBeGreaterThan(0);
    for (const unit of [entry.unit, ...Object.values(entry.parts ?? {})]) expect(parseUnit(unit), unit).toBeDefined();
  },
);

test("names tell indicators apart", () => {
  const entries = Object.values<IndicatorEntry>(indicatorCatalogue);
  expect(new Set(entries.map(({ zh }) => zh)).size).toBe(entries.length);
  expect(new Set(entries.map(({ en }) => en)).size).toBe(entries.length);
});
