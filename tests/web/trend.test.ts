import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { HistoryAnswer, HistoryBucket } from "#shared/model/live.ts";
import type { TagId, TagValue } from "#shared/model/sample.ts";
import type { TagInfo } from "#shared/model/tag.ts";
import { instant } from "#shared/model/time.ts";
import type { Cell } from "../../dashboard/web/live/cell.ts";
import { isBroken, isUnknownAt, regionsWithoutData } from "../../dashboard/web/trend/gaps.ts";
import { Points } from "../../dashboard/web/trend/points.ts";
import { appendLive, emptySeries, mergeHistory, type TrendSeries } from "../../dashboard/web/trend/series.ts";
import { pointAt, summarise } from "../../dashboard/web/trend/summary.ts";
import { trace } from "../../dashboard/web/trend/trace.ts";

const info: TagInfo = {
  tag: "demo/l/e/t" as TagId,
  name: { zh: "温度" },
  type: "float",
  unit: "Cel",
  meaning: "process",
  decimals: 1,
  staleAfterMs: 30,
  gapAfterMs: 20,
  key: false,
};
type Raw = readonly (readonly [t: number, v: TagValue | null, q?: number])[];
const raw = (points: Raw, from: number, to: number, gaps: [number, number | null][] = []): HistoryAnswer => ({
  tag: info.tag,
  unit: "Cel",
  from: instant(from),
  to: instant(to),
  gaps: gaps.map(([start, end]) => ({ from: instant(start), to: end === null ? null : instant(end), cause: "x" })),
  kind: "raw",
  t: points.map(([t]) => t),
  v: points.map(([, v]) => v),
  q: points.map(([, v, q]) => q ?? (v === null ? 2 : 0)),
});
const bucket = (t: number, mean: number): HistoryBucket => ({
  t: instant(t),
  n: 5,
  bad: 0,
  min: mean - 1,
  max: mean + 1,
  mean,
  first: mean,
  last: mean,
});
const buckets = (all: HistoryBucket[], from: number, to: number, widthMs: number): HistoryAnswer => {
  const { tag, unit, gaps } = raw([], from, to);
  return { tag, unit, gaps, from: instant(from), to: instant(to), kind: "buckets", widthMs, buckets: all };
};
const live = (at: number, value: number | null): Cell => ({
  value,
  quality: value === null ? "bad" : "good",
  reason: null,
  at: instant(at),
});
const timesOf = ({ points }: TrendSeries): number[] => Array.from({ length: points.size }, (_, i) => points.t(i));
const history = (points: Raw, from: number, to: number, gaps?: [number, number | null][]): TrendSeries =>
  mergeHistory(emptySeries(info), raw(points, from, to, gaps));
const regular = (from: number, to: number, step = 10): Raw =>
  Array.from({ length: Math.ceil((to - from) / step) }, (_, k) => [from + k * step, k] as const);

test("points stay ascending whatever arrives, and are found by their time", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(1_000), { maxLength: 600, size: "max" }), fc.nat(1_100), (times, wanted) => {
      const points = new Points(2);
      for (const t of times) points.push(t, t, t, t, 0);
      const kept = Array.from({ length: points.size }, (_, i) => points.t(i));
      const expected = times.filter((t, i) => times.slice(0, i).every((before) => before < t));
      expect(kept).toEqual(expected);
      expect(points.firstAt(wanted)).toBe(expected.filter((t) => t < wanted).length);
    }),
  );
});

describe("history and tail", () => {
  test("are one line: history rules up to its newest point, the tail goes on", () => {
    const series = emptySeries(info);
    for (const at of [95, 105, 115]) appendLive(series, live(at, at));
    const merged = mergeHistory(series, raw(regular(0, 101), 0, 101));
    expect(timesOf(merged)).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 105, 115]);
    appendLive(merged, live(125, 1));
    expect(timesOf(merged).at(-1)).toBe(125);
  });
  test("a second read replaces what the frames had skipped and keeps what is newer", () => {
    const series = history(regular(0, 50), 0, 50);
    appendLive(series, live(60, 1));
    appendLive(series, live(90, 1));
    expect(timesOf(mergeHistory(series, raw(regular(0, 81), 0, 81))).slice(-4)).toEqual([60, 70, 80, 90]);
  });
  test("a bucket stands in its middle and gives way to finer live samples", () => {
    const series = emptySeries(info);
    appendLive(series, live(150, 7));
    const merged = mergeHistory(series, buckets([bucket(0, 1), bucket(100, 2), bucket(200, 3)], 0, 300, 100));
    expect(timesOf(merged)).toEqual([50, 149, 150]);
    expect([merged.points.low(0), merged.points.mid(0), merged.points.high(0)]).toEqual([0, 1, 2]);
  });
  test("the tail is kept only from where history ends, so that a page open for a week does not grow", () => {
    const series = emptySeries(info);
    for (let at = 5; at < 200; at += 10) appendLive(series, live(at, at));
    const merged = mergeHistory(series, raw(regular(0, 181), 0, 300));
    expect([merged.tail.size, merged.tail.t(0)]).toEqual([2, 185]);
    expect(timesOf(merged).slice(-3)).toEqual([180, 185, 195]);
    const all = mergeHistory(merged, raw(regular(0, 301), 0, 300));
    expect([all.tail.size, all.tail.t(0)]).toEqual([1, 195]);
    const bucketed = mergeHistory(series, buckets([bucket(0, 1), bucket(100, 2)], 0, 200, 100));
    expect([bucketed.tail.size, bucketed.tail.t(0)]).toEqual([10, 105]);
    expect(mergeHistory(series, raw([], 0, 300)).tail.size).toBe(20);
  });
  test("texts and switches have heights of their own", () => {
    const merged = mergeHistory(
      emptySeries({ ...info, type: "string" }),
      raw(
        [
          [0, "a"],
          [1, "b"],
          [2, "a"],
        ],
        0,
        3,
      ),
    );
    expect([0, 1, 2].map((i) => merged.points.mid(i))).toEqual([0, 1, 0]);
    expect(merged.words).toEqual(["a", "b"]);
    expect(
      history(
        [
          [0, true],
          [1, false],
        ],
        0,
        2,
      ).points.mid(0),
    ).toBe(1);
  });
});

describe("what is not known", () => {
  const regions = (series: TrendSeries, from: number, to: number, now: number) =>
    regionsWithoutData(series, { from, to }, now).map((region) => [region.from, region.to]);

  test("is a silence longer than the tag's limit, from evidence to evidence", () => {
    const series = history([...regular(0, 50), ...regular(100, 150)], 0, 150);
    expect(regions(series, 0, 150, 150)).toEqual([[40, 100]]);
    expect(regions(series, 60, 80, 150)).toEqual([[60, 80]]);
    expect(regions(series, 0, 45, 150)).toEqual([[40, 45]]);
  });
  test("is no pause within the limit", () => {
    expect(
      regions(
        history(
          [
            [0, 1],
            [20, 1],
            [40, 1],
          ],
          0,
          41,
        ),
        0,
        41,
        41,
      ),
    ).toEqual([]);
  });
  test("is the time of a bad sample, up to the next good one", () => {
    expect(
      regions(
        history(
          [
            [0, 1],
            [10, null],
            [20, null],
            [30, 1],
          ],
          0,
          31,
        ),
        0,
        31,
        31,
      ),
    ).toEqual([[10, 30]]);
  });
  test("is the end of the data up to now, but never the future", () => {
    const series = history(regular(0, 50), 0, 100);
    expect(regions(series, 0, 500, 100)).toEqual([[40, 100]]);
    expect(regions(history(regular(0, 100), 0, 100), 0, 500, 100)).toEqual([]);
  });
  test("is no time that was not read yet", () => {
    expect(regions(emptySeries(info), 0, 100, 100)).toEqual([]);
    expect(regions(history(regular(100, 200), 100, 200), 0, 200, 900)).toEqual([]);
  });
  test("includes the server's gaps; one that lasted ends with the first live value", () => {
    const series = history(regular(0, 50), 0, 50, [[40, null]]);
    expect(regions(series, 0, 60, 60)).toEqual([[40, 60]]);
    appendLive(series, live(55, 1));
    expect(regions(series, 0, 60, 60)).toEqual([[40, 55]]);
  });
  test("is not crossed by any line, at any zoom, and no value in it can be read", () => {
    const isGap = fc.record({ at: fc.integer({ min: 5, max: 90 }), size: fc.integer({ min: 3, max: 30 }) });
    fc.assert(
      fc.property(fc.array(isGap, { maxLength: 3 }), fc.double({ min: 0.02, max: 4, noNaN: true }), (holes, scale) => {
        const kept = regular(0, 1_500).filter(
          ([t]) => !holes.some(({ at, size }) => t > at * 10 && t < (at + size) * 10),
        );
        const series = history(kept, 0, 1_500);
        const window = { from: 0, to: 1_500 };
        const unknown = regionsWithoutData(series, window, 1_500);
        const { strokes } = trace(series, window, { x: (t) => t * scale, y: (v) => v, stepped: false });
        for (const { xy } of strokes) {
          const [first = 0, last = 0] = [xy[0], xy[xy.length - 2]];
          for (const { from, to } of unknown) expect(first < to * scale && last > from * scale).toBe(false);
        }
        for (let at = 1; at < 1_500; at += 7) {
          const isUnknown = unknown.some(({ from, to }) => at > from && at < to);
          expect(isUnknownAt(series, at, 1_500)).toBe(isUnknown);
          expect(pointAt(series, at, isUnknown) === null).toBe(isUnknown);
        }
      }),
    );
  });
});

test("a line breaks at every gap of the server, however many there are and in whatever order they come", () => {
  const isGap = fc.tuple(fc.nat(300), fc.nat(15)).map(([from, size]): [number, number] => [from, from + size]);
  fc.assert(
    fc.property(fc.array(isGap, { maxLength: 20 }), (gaps) => {
      const series = history(regular(0, 300), 0, 300, gaps);
      for (let i = 1; i < series.points.size; i++) {
        const [from, to] = [series.points.t(i - 1), series.points.t(i)];
        expect(isBroken(series, i)).toBe(gaps.some((gap) => gap[0] >= from && gap[0] < to && gap[1] <= to));
      }
    }),
  );
});

test("thousands of gaps are drawn at once", () => {
  const gaps = Array.from({ length: 10_000 }, (_, k): [number, number] => [k * 100 + 90, k * 100 + 100]);
  const series = history(regular(0, 1_000_000), 0, 1_000_000, gaps);
  const window = { from: 0, to: 1_000_000 };
  const started = performance.now();
  const { strokes } = trace(series, window, { x: (t) => t / 1_000, y: (v) => v, stepped: false });
  expect(regionsWithoutData(series, window, 1_000_000)).toHaveLength(10_000);
  expect(performance.now() - started).toBeLessThan(500);
  expect(strokes).toHaveLength(10_000);
});

describe("a trace", () => {
  const plain = { x: (t: number) => t / 100, y: (v: number) => v, stepped: false };

  test("keeps every peak however many points share a pixel", () => {
    const points = regular(0, 10_000, 1).map(([t]) => [t, t === 4_321 ? 99 : t === 4_322 ? -99 : 0] as const);
    const { strokes } = trace(history(points, 0, 10_000), { from: 0, to: 10_000 }, plain);
    const ys = strokes.flatMap(({ xy }) => xy.filter((_, i) => i % 2 === 1));
    expect([Math.max(...ys), Math.min(...ys)]).toEqual([99, -99]);
    expect(ys.length).toBeLessThan(500);
  });
  test("breaks at a bad sample, and shows a point that stands alone", () => {
    const series = history(
      [
        [0, 1],
        [10, 2],
        [20, null],
        [30, 4],
        [40, null],
      ],
      0,
      50,
    );
    const { strokes, dots } = trace(series, { from: 0, to: 50 }, { ...plain, x: (t) => t });
    expect(strokes.map(({ xy }) => xy)).toEqual([[0, 1, 10, 2]]);
    expect(dots).toEqual([[30, 4]]);
    expect(isBroken(series, 2)).toBe(true);
  });
  test("of a switch goes in steps, of uncertain values is marked", () => {
    const series = history(
      [
        [0, 0],
        [10, 1, 1],
        [20, 1, 1],
      ],
      0,
      30,
    );
    const { strokes } = trace(series, { from: 0, to: 30 }, { ...plain, x: (t) => t, stepped: true });
    expect(strokes).toEqual([
      { xy: [0, 0, 10, 0, 10, 1], uncertain: false },
      { xy: [10, 1, 20, 1, 20, 1], uncertain: true },
    ]);
  });
  test("of buckets has an envelope of their extremes", () => {
    const series = mergeHistory(emptySeries(info), buckets([bucket(0, 5), bucket(10, 6)], 0, 20, 10));
    expect(trace(series, { from: 0, to: 20 }, { ...plain, x: (t) => t }).envelopes).toEqual([
      { x: [5, 15], low: [4, 5], high: [6, 7] },
    ]);
  });
});

test("a period's figures leave out bad samples and say when something is missing", () => {
  const series = history(
    [
      [0, 1],
      [10, 3],
      [20, null],
      [30, 8],
    ],
    0,
    40,
  );
  expect(summarise(series, { from: 0, to: 20 }, 40)).toEqual({ min: 1, mean: 2, max: 3, last: 3, incomplete: false });
  expect(summarise(series, { from: 20, to: 30 }, 40)).toMatchObject({ min: null, last: null, incomplete: true });
});
