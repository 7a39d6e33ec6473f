import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { TagId, TagValue } from "#shared/model/sample.ts";
import type { TagInfo } from "#shared/model/tag.ts";
import { instant } from "#shared/model/time.ts";
import { emptySeries, mergeHistory, type TrendSeries } from "../../dashboard/web/trend/series.ts";
import { numberTicks, tickDecimals, wholeTicks, yScale } from "../../dashboard/web/trend/yScale.ts";

const common: TagInfo = {
  tag: "demo/l/e/t" as TagId,
  name: { zh: "温度" },
  type: "float",
  unit: "1",
  meaning: "process",
  decimals: 1,
  staleAfterMs: 30,
  gapAfterMs: 20,
  key: false,
};
const window = { from: 0, to: 1_000 };
const seriesOf = (values: readonly (TagValue | null)[], more: Partial<TagInfo> = {}): TrendSeries =>
  mergeHistory(emptySeries({ ...common, ...more }), {
    tag: common.tag,
    unit: "1",
    from: instant(0),
    to: instant(1_000),
    gaps: [],
    kind: "raw",
    t: values.map((_, k) => k),
    v: values,
    q: values.map((value) => (value === null ? 2 : 0)),
  });
const scaleOf = (values: readonly (TagValue | null)[], more: Partial<TagInfo> = {}) =>
  yScale([seriesOf(values, more)], window, "auto");
const ticksOf = (values: readonly (TagValue | null)[], more: Partial<TagInfo> = {}) =>
  numberTicks(scaleOf(values, more), 200, 34);

describe("a scale", () => {
  test("fits what is seen, but never blows up the last digit", () => {
    const steady = scaleOf([50.1, 50.1]);
    expect(steady.max - steady.min).toBeGreaterThan(1);
    const wide = scaleOf([-10, 30]);
    expect(wide.min).toBeLessThan(-10);
    expect(wide.max).toBeGreaterThan(30);
  });
  test("is the measuring range where that is asked for", () => {
    const ranged = seriesOf([5.5], { range: [0, 200] });
    expect(yScale([ranged], window, "range")).toEqual({ min: 0, max: 200, whole: false });
  });
  test.each([
    { what: "a label", values: [0, 1, null, 0] },
    { what: "a label that never was set", values: [0, 0] },
    { what: "a label that was always set", values: [1, 1] },
  ])("of $what is 0 to 1, with whole ticks, whatever its type", ({ values }) => {
    for (const more of [{ type: "int", decimals: 0 }, { decimals: 0 }, { decimals: 3 }] as const) {
      const { min, max } = scaleOf(values, more);
      expect(min).toBeCloseTo(-0.06, 9);
      expect(max).toBeCloseTo(1.06, 9);
      expect(ticksOf(values, more)).toEqual([0, 1]);
    }
  });
  test("of a constant lies around it", () => {
    expect(ticksOf([4, 4])).toEqual([3, 4, 5]);
    expect(ticksOf([-1, -1])).toEqual([-2, -1, 0]);
    expect(ticksOf([0, 3, 1])).toEqual([0, 1, 2, 3]);
    expect(ticksOf([1_013, 1_013], { type: "int", decimals: 0 })).toEqual([1_012, 1_013, 1_014]);
  });
  test("of what never was negative shows nothing negative beyond its margin", () => {
    const { min, max } = scaleOf([0.3, 0.3]);
    expect(min).toBeCloseTo(-0.06, 9);
    expect(max).toBeCloseTo(1.06, 9);
    expect(ticksOf([0.3, 0.3])).toEqual([0, 0.2, 0.4, 0.6000000000000001, 0.8, 1]);
  });
  test("shared by several series has whole ticks only where all are whole", () => {
    const label = seriesOf([0, 1]);
    expect(yScale([label, seriesOf([2, 3])], window, "auto")).toMatchObject({ whole: true });
    expect(yScale([label, seriesOf([0.5])], window, "auto")).toMatchObject({ whole: false });
  });
  test("contains every value that is seen", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1 }), (values) => {
        const { min, max } = scaleOf(values);
        expect(min).toBeLessThan(Math.min(...values));
        expect(max).toBeGreaterThan(Math.max(...values));
      }),
    );
  });
});

describe("ticks", () => {
  test("of states and texts are whole, as many as there is room for", () => {
    expect(wholeTicks(-0.5, 3.5, 200)).toEqual([0, 1, 2, 3]);
    expect(wholeTicks(-0.2, 9.4, 90)).toEqual([0, 2, 4, 6, 8]);
  });
  test("of numbers are round, inside the scale, and as far apart as asked", () => {
    expect(numberTicks({ min: -3, max: 63, whole: false }, 200, 34)).toEqual([0, 20, 40, 60]);
    const scales = fc
      .tuple(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.double({ min: 1e-3, max: 1e6, noNaN: true }))
      .map(([min, width]) => ({ min, max: min + width, whole: false }));
    fc.assert(
      fc.property(scales, fc.integer({ min: 60, max: 800 }), (scale, heightPx) => {
        const found = numberTicks(scale, heightPx, 34);
        const apart = (heightPx * ((found[1] ?? 0) - (found[0] ?? 0))) / (scale.max - scale.min);
        if (found.length > 1) expect(apart).toBeGreaterThan(33.9);
        expect(found.length).toBeLessThanOrEqual(heightPx / 33.9 + 1);
        for (const tick of found) {
          expect(tick).toBeGreaterThan(scale.min - 1e-6);
          expect(tick).toBeLessThan(scale.max + 1e-6);
        }
      }),
    );
  });
  test("have as many digits as tell them apart", () => {
    expect([[0, 1], [0, 0.2], [0, 50], [1, 1.005], []].map(tickDecimals)).toEqual([0, 1, 0, 3, 0]);
  });
});
