import { expect, test } from "vitest";
import {
  type AssessmentProfile,
  assessmentProfiles,
  breakpointTables,
  type Finding,
  scoreProfile,
} from "../../ingest/assessment/profile.ts";
import { scoreAt } from "../../ingest/assessment/score.ts";
import { type IndicatorId, indicatorCatalogue } from "../../shared/model/catalogue/catalogue.ts";

const profiles = assessmentProfiles.map(({ values }) => [values.name, values] as const);
const table = breakpointTables[0]!.values;
const ids = ({ groups }: AssessmentProfile) => groups.flatMap(({ items }) => items.map(({ indicator }) => indicator));
const weightOf = ({ groups }: AssessmentProfile, kind: string) =>
  groups
    .filter((group) => group.kind === kind)
    .flatMap(({ items }) => items)
    .reduce((sum, { weight }) => sum + weight, 0);
const found = (some: readonly (readonly [string, Partial<Finding>])[]) =>
  new Map(
    some.map(([id, finding]) => [id as IndicatorId, { status: "ok", value: null, points: null, ...finding } as const]),
  );

test.each(profiles)("%s weighs 100, of indicators that exist; what is not declared can be scored", (_, profile) => {
  expect(weightOf(profile, "measured") + weightOf(profile, "declared")).toBe(100);
  expect(new Set(ids(profile)).size).toBe(ids(profile).length);
  for (const id of ids(profile)) expect(Object.keys(indicatorCatalogue)).toContain(id);
  for (const id of ids(profile)) expect(Object.hasOwn(table, id), id).toBe(!id.startsWith("P-"));
});

test("PERF is 43 measured or derived, and 57 declared", () => {
  const perf = profiles.find(([name]) => name === "PERF")![1];
  expect([weightOf(perf, "measured"), weightOf(perf, "declared")]).toEqual([43, 57]);
});

test.each(Object.entries(table))("%s rises or falls as its catalogue says", (id, points) => {
  const pairs = points.map(([x, score]) => [x!, score!] as const);
  const isRising = pairs.at(-1)![1] > pairs[0]![1];
  // Scored by its second figure, the reuse of water.
  const better = id === "G-12" ? "higher" : indicatorCatalogue[id as IndicatorId].better;
  expect(better).toBe(isRising ? "higher" : "lower");
  expect([scoreAt(pairs, -1e9), scoreAt(pairs, 1e9)].toSorted((a, b) => a - b)).toEqual([0, 100]);
});

test("points of a profile: full marks, nothing at all, and one item", () => {
  const ops = profiles.find(([name]) => name === "OPS")![1];
  const all = found(ids(ops).map((id) => [id, { points: 100 }]));
  expect(scoreProfile(ops, table, all)).toMatchObject({ total: 100, measured: 100, declared: null, missing: [] });
  expect(scoreProfile(ops, table, new Map())).toMatchObject({ total: 0, missing: ids(ops) });
  // U-16 at 0.5 is 60 points of weight 16; everything else is missing.
  expect(scoreProfile(ops, table, found([["U-16", { value: 0.5 }]])).total).toBeCloseTo(9.6, 9);
});

test("a profile that names no indicator, or a value without breakpoints, is refused", () => {
  const profile = (indicator: string) => ({
    ...{ name: "X", zh: "某", en: "x" },
    groups: [{ id: "A", kind: "measured", items: [{ indicator, weight: 1 }] }],
  });
  expect(() => scoreProfile(profile("U-99"), table, new Map())).toThrow("`U-99` is no indicator");
  expect(() => scoreProfile(profile("U-01"), table, found([["U-01", { value: 1 }]]))).toThrow(
    "U-01 has a value, but no breakpoints",
  );
});
