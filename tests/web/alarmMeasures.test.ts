import { expect, test } from "vitest";
import type { IndicatorResult } from "#shared/model/indicator.ts";
import { instant } from "#shared/model/time.ts";
import { limitsOf, ratingOf } from "../../dashboard/web/pages/alarms/measures.ts";

const limits = limitsOf([], "2026-11-23");
const result = (indicator: string, value: number | null, more: Partial<IndicatorResult> = {}): IndicatorResult => ({
  ...{ indicator, value, definitionVersion: "1.0.0", scope: "demo", period: "2026-11", unit: "1" },
  ...{ from: instant(0), to: instant(2), until: instant(1), numerator: null, denominator: null, lower: null },
  ...{ upper: null, coverage: 1, status: "ok", reason: null, flags: [], parts: {}, factorIds: [], inputDigest: null },
  origin: "measured",
  ...more,
});

test.each<[string, number | null, string, Partial<IndicatorResult>?]>([
  ["S-01", 6, "manageable", { flags: ["indicative", "rating:manageable"] }],
  ["S-01", 6, "unjudged", { flags: ["rating:manageable"], coverage: 0.5, status: "insufficient" }],
  ["S-01", null, "none", { reason: "no_position_staffed" }],
  ["S-02", 0.0099, "acceptable"],
  ["S-02", 0.01, "exceeded"],
  ["S-03", 10, "acceptable"],
  ["S-03", 11, "exceeded"],
  ["S-04", 0.01, "exceeded"],
  ["S-05", 4, "acceptable"],
  ["S-05", 5, "exceeded"],
  ["S-06", 0, "acceptable", { parts: { fleeting: 0 } }],
  ["S-06", 0, "exceeded", { parts: { fleeting: 1 } }],
  ["S-07", 0.05, "acceptable"],
  ["S-07", 0.051, "exceeded"],
  ["S-07", 1, "none", { flags: ["few_tags"] }],
  ["S-08", 0.9, "none"],
  ["S-10", 9.99, "acceptable"],
  ["S-10", 10, "exceeded"],
  ["S-11", 0, "exceeded", { parts: { over_limit: 1 } }],
  ["S-17", 3, "none"],
])("%s of %s is %s", (indicator, value, rating, more) => {
  expect(ratingOf(result(indicator, value, more), limits)).toBe(rating);
});

test("the limits are those that the figures name", () => {
  expect(limitsOf([result("S-01", 1, { factorIds: ["isa-18.2-eemua-191"] })], "2026-11-23").ids).toEqual([
    "isa-18.2-eemua-191",
    "isa-18.2-eemua-191-targets",
  ]);
});
