import { expect, test } from "vitest";
import { elapsedLabel, elapsedTicks } from "../../dashboard/web/trend/elapsed.ts";

const minute = 60_000;

test("ticks lie at round times since the start, before it too", () => {
  expect(elapsedTicks({ from: 1_000, to: 1_000 + 5 * minute }, 2 * minute, 1_000 + minute)).toEqual([
    1_000 + minute,
    1_000 + 3 * minute,
    1_000 + 5 * minute,
  ]);
  expect(elapsedTicks({ from: 0, to: minute }, 20_000, 30_000)).toEqual([10_000, 30_000, 50_000]);
});

test("time since the start is told as finely as the ticks lie", () => {
  expect(elapsedLabel(0, minute)).toBe("+0:00");
  expect(elapsedLabel(125 * minute, minute)).toBe("+2:05");
  expect(elapsedLabel(90_000, 10_000)).toBe("+0:01:30");
  expect(elapsedLabel(-3 * minute, minute)).toBe("−0:03");
  expect(elapsedLabel(27 * 60 * minute, 60 * minute)).toBe("+1 d 03:00");
});
