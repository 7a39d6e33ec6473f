import { expect, test } from "vitest";
import type { HistoryAnswer } from "#shared/model/live.ts";
import { instant } from "#shared/model/time.ts";
import { batchEnvelope, median, shifted } from "../../dashboard/web/trend/goldenBatch.ts";
import { emptySeries, mergeHistory, type TrendSeries } from "../../dashboard/web/trend/series.ts";
import { fixtureTags } from "../browser/fixturePlant.ts";

const [first] = fixtureTags;
if (!first) throw new Error("The fixture has no tag.");
const info = { ...first, type: "float" as const, gapAfterMs: 30 };
const answer = (from: number, points: readonly (readonly [number, number])[]): HistoryAnswer => ({
  ...{ tag: info.tag, unit: "1", from: instant(from), to: instant(from + 100), kind: "raw" },
  gaps: [{ from: instant(from + 5), to: null, cause: "device_lost" }],
  t: points.map(([t]) => t),
  v: points.map(([, v]) => v),
  q: points.map(() => 0),
});
const series = (points: readonly (readonly [number, number])[]): TrendSeries => ({
  ...mergeHistory(emptySeries(info), answer(0, points)),
  gaps: [],
});

test("a run is laid over another one whole: points, range and gaps", () => {
  const moved = shifted(answer(1_000, [[1_010, 7]]), -1_000);
  expect(moved).toMatchObject({ from: 0, to: 100, t: [10], v: [7], gaps: [{ from: 5, to: null }] });
  const buckets = { ...answer(1_000, []), kind: "buckets" as const, widthMs: 10, buckets: [] };
  const one = { t: instant(1_020), n: 1, bad: 0, min: 1, max: 1, mean: 1, first: 1, last: 1 };
  expect(shifted({ ...buckets, buckets: [one] }, 500)).toMatchObject({ buckets: [{ t: 1_520, mean: 1 }] });
});

test("the envelope holds every extreme and the median of the runs, bin by bin", () => {
  const runs = [
    series([
      [0, 1],
      [5, 9],
      [10, 2],
      [15, 2],
    ]),
    series([
      [2, 4],
      [12, 6],
    ]),
    series([
      [1, 5],
      [11, 7],
      [16, 11],
    ]),
  ];
  const found = batchEnvelope(runs, { from: 0, to: 20 }, 2);
  expect(found).toEqual({ t: [5, 15], low: [1, 2], middle: [5, 6], high: [9, 11], runs: [3, 3] });
});

test("between points the line counts, across a gap and beyond its end a run does not", () => {
  const runs = [
    series([
      [0, 0],
      [20, 20],
      [60, 60],
    ]),
    series([
      [0, 10],
      [20, 10],
      [40, 10],
      [60, 10],
    ]),
  ];
  const { low, high, runs: counts } = batchEnvelope(runs, { from: 0, to: 80 }, 8);
  expect(counts).toEqual([2, 1 + 1, 2, 1, 1, 1, 2, 0]);
  expect([low[1], high[1]]).toEqual([10, 15]);
  expect([low[3], high[3], low[7]]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
});

test("the median of an even number of values lies between the middle ones", () => {
  expect([median([3, 1, 2]), median([4, 1, 3, 2]), median([])]).toEqual([2, 2.5, Number.NaN]);
});
