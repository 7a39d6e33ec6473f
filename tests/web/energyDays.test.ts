import { expect, test } from "vitest";
import type { HistoryAnswer, HistoryBucket } from "#shared/model/live.ts";
import type { TagId } from "#shared/model/sample.ts";
import { instant } from "#shared/model/time.ts";
import { energyDays } from "../../dashboard/web/pages/equipment/energyDays.ts";

const hour = 3_600_000;
const days = [0, 1].map((i) => ({ name: `day ${i}`, from: instant(i * 24 * hour), to: instant((i + 1) * 24 * hour) }));
const [first] = days;
const base = {
  tag: "demo/line/oven/energy" as TagId,
  unit: "kW.h",
  from: instant(0),
  to: instant(48 * hour),
  gaps: [],
} satisfies Partial<HistoryAnswer>;
const bucket = (atHour: number, from: number, to: number): HistoryBucket => ({
  ...{ t: instant(atHour * hour), n: 10, bad: 0, min: from, max: to, mean: from, first: from, last: to },
});
const buckets = (...list: HistoryBucket[]): HistoryAnswer => ({
  ...base,
  kind: "buckets",
  widthMs: hour,
  buckets: list,
});
const gapAfterMs = 60_000;
const late = instant(48 * hour);

test("a day's energy is what the register gained in its buckets and between them", () => {
  const history = buckets(bucket(22, 100, 101), bucket(23, 101.5, 103), bucket(24, 103.5, 104));
  const [one, two] = energyDays(history, days, gapAfterMs, late);
  // What is gained between two touching buckets belongs to the later one.
  expect([one?.energy, two?.energy]).toEqual([3, 1]);
  expect([one?.estimated, two?.estimated]).toEqual([0, 0]);
});

test("what was gained over a silence is spread over it and called estimated; a gap lowers the coverage", () => {
  const gaps = [{ from: instant(22 * hour), to: instant(26 * hour), cause: "device_lost" }];
  const history = { ...buckets(bucket(21, 100, 102), bucket(26, 110, 111)), gaps };
  const [one, two] = energyDays(history, days, gapAfterMs, late);
  expect([one?.energy, two?.energy]).toEqual([6, 5]);
  expect([one?.estimated, two?.estimated]).toEqual([4, 4]);
  expect(one?.coverage).toBeCloseTo(22 / 24);
  expect(two?.coverage).toBeCloseTo(22 / 24);
});

test("a register that goes back gives no negative energy, and the day says so", () => {
  const [one] = energyDays(buckets(bucket(3, 100, 104), bucket(4, 0, 2)), days, gapAfterMs, late);
  expect(one).toMatchObject({ energy: 6, wentBack: true });
});

test("a day without readings is unknown, not 0; of a running day only what is over counts", () => {
  const gaps = [{ from: instant(4 * hour), to: null, cause: "source_silent" }];
  const history = { ...buckets(bucket(2, 5, 5), bucket(3, 5, 5)), gaps };
  const [one, two] = energyDays(history, days, gapAfterMs, instant(8 * hour));
  expect(one).toMatchObject({ energy: 0, coverage: 0.5 });
  expect(two?.energy).toBeNull();
});

test("raw samples count one by one, bad ones not at all", () => {
  const history: HistoryAnswer = {
    ...base,
    kind: "raw",
    t: [0, 1, 2, 3].map((n) => n * hour),
    v: [10, 11, 99_999, 13],
    q: [0, 0, 2, 1],
  };
  expect(energyDays(history, first ? [first] : [], 2 * hour, late)[0]).toMatchObject({ energy: 3, estimated: 0 });
});
