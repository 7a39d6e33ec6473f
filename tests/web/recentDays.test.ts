import { expect, test } from "vitest";
import { monthsOf, recentDays } from "../../dashboard/web/pages/equipment/recentDays.ts";

const month = (name: string, days: readonly number[]) => ({
  pieces: days.map((day) => ({ name: `${name}-${String(day).padStart(2, "0")}`, kwh: day, coverage: 1 })),
});

test("the newest days come first, over the edge of a month, and none that lies ahead", () => {
  const months = [month("2026-03", [1, 2, 3, 4]), month("2026-02", [25, 26, 27, 28])];
  expect(recentDays(months, "2026-03-02", 4).map(({ name }) => name)).toEqual([
    "2026-03-02",
    "2026-03-01",
    "2026-02-28",
    "2026-02-27",
  ]);
  expect(recentDays([], "2026-03-02", 4)).toEqual([]);
});

test("the month before is asked for only where its days are shown", () => {
  expect(monthsOf("2026-03-07", 7)).toEqual(["2026-03"]);
  expect(monthsOf("2026-03-06", 7)).toEqual(["2026-03", "2026-02"]);
  expect(monthsOf("2026-01-01", 7)).toEqual(["2026-01", "2025-12"]);
});
