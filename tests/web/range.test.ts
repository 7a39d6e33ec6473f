import { describe, expect, test } from "vitest";
import { groupTags } from "../../dashboard/web/pages/line/tagRows.ts";
import { keyAction } from "../../dashboard/web/pages/trend/trendKeys.ts";
import { createFormats } from "../../dashboard/web/text/format.ts";
import { zh } from "../../dashboard/web/text/messages.zh.ts";
import { csvCell, trendCsv } from "../../dashboard/web/trend/csv.ts";
import {
  formatRange,
  formatSpan,
  pan,
  parseRange,
  parseSpan,
  select,
  windowOf,
  zoom,
} from "../../dashboard/web/trend/range.ts";
import { emptySeries, mergeHistory } from "../../dashboard/web/trend/series.ts";
import { tickStep, ticks } from "../../dashboard/web/trend/timeAxis.ts";
import { formatWallTime, parseWallTime } from "../../dashboard/web/trend/wallTime.ts";
import { fixtureHistory } from "../browser/fixtureHistory.ts";
import { fixturePlant, fixtureTags } from "../browser/fixturePlant.ts";

const now = Date.UTC(2026, 10, 23, 4);
const minute = 60_000;
const partsOf = (zone: string) => createFormats("zh-CN", zone, zh).parts;

describe("a range", () => {
  test.each([
    [{}, { kind: "live", spanMs: 30 * minute }],
    [{ live: "8h" }, { kind: "live", spanMs: 480 * minute }],
    [{ live: "nonsense" }, { kind: "live", spanMs: 30 * minute }],
    [{ from: "now-1h" }, { kind: "fixed", from: now - 60 * minute, to: now }],
    [
      { from: "2026-11-23T08:00:00+08:00", to: "2026-11-23T09:00:00+08:00" },
      { kind: "fixed", from: now - 240 * minute, to: now - 180 * minute },
    ],
    [
      { from: `${now - 1000 * minute}`, to: `${now}` },
      { kind: "fixed", from: now - 1000 * minute, to: now },
    ],
    [
      { from: "2026-11-23T09:00:00Z", to: "2026-11-23T08:00:00Z" },
      { kind: "live", spanMs: 30 * minute },
    ],
  ] as const)("of the link %j", (query, range) => {
    expect(parseRange(query, now)).toEqual(range);
  });
  test("survives its own link", () => {
    for (const range of [select(now - 5_000_123, now - 17), { kind: "live", spanMs: 90_000 } as const]) {
      expect(parseRange(formatRange(range), now)).toEqual(range);
    }
    expect([90_000, 3_600_000, 86_400_000].map(formatSpan)).toEqual(["90s", "1h", "1d"]);
    expect(parseSpan("1s")).toBeUndefined();
  });
  test("pans no further than now, and zooming a live one stays live", () => {
    const day = select(now - 60 * minute, now - 30 * minute);
    expect(windowOf(pan(day, 0.5, now), now).to).toBe(now - 15 * minute);
    expect(windowOf(pan(day, 5, now), now).to).toBe(now);
    expect(pan({ kind: "live", spanMs: minute }, -1, now)).toEqual({
      kind: "fixed",
      from: now - 2 * minute,
      to: now - minute,
    });
    expect(zoom({ kind: "live", spanMs: minute }, 2, now)).toEqual({ kind: "live", spanMs: 2 * minute });
    expect(zoom(day, 0.5, now)).toEqual({ kind: "fixed", from: now - 52.5 * minute, to: now - 37.5 * minute });
    expect(windowOf(zoom(day, 1e-9, now), now)).toMatchObject({ from: now - 45 * minute - 2_500 });
  });
  test("can be marked from right to left", () => {
    expect(select(now, now - minute)).toEqual(select(now - minute, now));
  });
});

describe("the time axis", () => {
  test("has ticks at round times of the plant's wall clock", () => {
    const window = { from: now - 90 * minute, to: now };
    const found = ticks(window, tickStep(window, 800, 84), partsOf("Asia/Shanghai"));
    expect(found.map((at) => (at / minute) % 10)).toEqual(found.map(() => 0));
    const kolkata = ticks({ from: now, to: now + 180 * minute }, 60 * minute, partsOf("Asia/Kolkata"));
    expect(kolkata[0]).toBe(now + 30 * minute);
  });
  test("keeps midnights over a change of the zone's offset", () => {
    const parts = partsOf("Europe/Berlin");
    const found = ticks({ from: Date.UTC(2026, 9, 24), to: Date.UTC(2026, 9, 28) }, 86_400_000, parts);
    expect(found.map((at) => parts(at).hour)).toEqual([0, 0, 0, 0]);
  });
  test("reads and writes wall times, and refuses what is none", () => {
    const parts = partsOf("Asia/Shanghai");
    expect(formatWallTime(now, parts)).toBe("2026-11-23 12:00:00");
    expect(parseWallTime("2026-11-23 12:00:00", parts)).toBe(now);
    expect(parseWallTime("2026/11/23", parts)).toBe(now - 720 * minute);
    for (const wrong of ["", "12:00", "2026-02-30 10:00", "2026-11-23 24:00", "2026-11-23 12:61"]) {
      expect(parseWallTime(wrong, parts)).toBeUndefined();
    }
  });
});

test("keys move the cursor within the window", () => {
  const window = { from: 0, to: 1_000 };
  expect(keyAction("ArrowLeft", false, null, window, 1_000)).toEqual({ kind: "cursor", at: 996 });
  expect(keyAction("ArrowLeft", true, 10, window, 1_000)).toEqual({ kind: "cursor", at: 0 });
  expect(keyAction("l", false, null, window, 1_000)).toEqual({ kind: "live" });
  expect(keyAction("toString", false, null, window, 1_000)).toBeUndefined();
});

test("CSV has a byte order mark, and no cell is a formula", () => {
  const info = fixtureTags[0]!;
  const query = new URLSearchParams({ tag: info.tag, from: `${now - 3_000}`, to: `${now}`, pixels: "100" });
  const series = mergeHistory(emptySeries(info), fixtureHistory(query, null, now));
  const head = {
    line: "=1+1",
    zone: "Asia/Shanghai",
    createdBy: "@me",
    columns: [{ title: '流量,"a"', unit: "L/min" }],
    local: String,
  };
  const csv = trendCsv([series], { from: now - 3_000, to: now }, now, head);
  expect(csv.startsWith("\uFEFF# Pilotline,'=1+1\r\n")).toBe(true);
  expect(csv.split("\r\n").filter((row) => row.includes(info.tag))).toHaveLength(3);
  expect(csv).toContain('"流量,""a"""');
  expect(csv).toContain("# created by,'@me");
  expect(["-1.5", "-cmd", "@a", "plain"].map(csvCell)).toEqual(["-1.5", "'-cmd", "'@a", "plain"]);
});

test("tags are found by either name and by id", () => {
  const line = fixturePlant.lines[0]!;
  const found = (search: string) =>
    groupTags(line, search, () => true).flatMap(({ tags }) => tags.map(({ tag }) => tag));
  expect(found("釜内温度")).toEqual(found("Reactor TEMP"));
  expect(found("feed/")).toHaveLength(3);
  expect(found("nothing of the kind")).toEqual([]);
});
