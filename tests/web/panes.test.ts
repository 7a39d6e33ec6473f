import { expect, test } from "vitest";
import { formatTags, panesOf, parseTags } from "../../dashboard/web/pages/trend/panes.ts";
import { emptySeries } from "../../dashboard/web/trend/series.ts";
import { fixtureTags } from "../browser/fixturePlant.ts";

test("an address says which tags share a chart", () => {
  expect(parseTags("a,b;c;;d,")).toEqual([["a", "b"], ["c"], ["d"]]);
  expect(parseTags("a,b")).toEqual([["a", "b"]]);
  expect(parseTags("")).toEqual([]);
});

test("who stays keeps his chart, who comes gets one of his own where there are several", () => {
  const groups = parseTags("a,b;c,d");
  expect(formatTags(groups, ["a", "c", "d", "e"])).toBe("a;c,d;e");
  expect(formatTags(groups, ["a", "b"])).toBe("a,b");
  expect(formatTags(parseTags("a,b"), ["b", "c"])).toBe("b,c");
});

test("charts: one per tag, one per unit, or as they are grouped, each chart with the first colours and one unit", () => {
  const all = fixtureTags.slice(0, 5).map(emptySeries);
  const ids = all.map(({ info }) => info.tag);
  expect(panesOf(all, "stacked").map(({ key }) => key)).toEqual(ids);
  expect(panesOf(all, "shared").map(({ places }) => places)).toEqual([[0], [1], [2], [3, 4]]);
  const groups = [ids.slice(0, 2), ids.slice(2)];
  expect(panesOf(all, "own", groups).map(({ places, series }) => [places, series.length])).toEqual([
    [[0], 1],
    [[0], 1],
    [[0], 1],
    [[0, 1], 2],
  ]);
});
