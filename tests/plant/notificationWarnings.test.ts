import { expect, test } from "vitest";
import { parsePlant } from "#shared/plant/load.ts";
import { goodCase } from "./cases.ts";

const warned = (text: string): readonly string[] => {
  const parsed = parsePlant(text, "plant.yaml", {});
  expect(parsed.problems).toEqual([]);
  return parsed.plant ? parsed.warnings.map(({ key, what }) => `${key}: ${what}`) : [];
};
const good = goodCase("notification");
const full = good.replace(", weekdays: [1, 2, 3, 4, 5], holidays: except", "");

test("a roster that has nobody on duty at some hour is named with that hour", () => {
  expect(warned(good)).toEqual([
    "notification.rosters[0]: nobody of the roster `duty` is on duty on weekday 6 at 08:00",
  ]);
  expect(warned(full)).toEqual([]);
});

test("a holiday without anybody is found too, and a Saturday that is worked counts as a Monday", () => {
  const calendar = (days: string) => `${full}calendar: { shifts: [{ from: "08:00", to: "17:00" }], ${days} }\n`;
  const exceptHolidays = (text: string) => text.replace('to: "20:00" }', 'to: "20:00", holidays: except }');
  expect(warned(calendar(`holidays: ["2026-10-01"]`))).toEqual([]);
  expect(warned(exceptHolidays(calendar(`holidays: ["2026-10-01"]`)))).toEqual([
    "notification.rosters[0]: nobody of the roster `duty` is on duty on 2026-10-01 at 08:00",
  ]);
  expect(warned(exceptHolidays(calendar(`workdays: ["2026-10-10"]`)))).toEqual([]);
});

test("alarms of a line and priority that no route takes are named", () => {
  const onlySystem = full.replace("    - id: all\n", "    - id: all\n      priorities: [low]\n");
  expect(warned(onlySystem)).toEqual(["notification.routes: alarms of line `coating` of priority medium go to nobody"]);
});

test("a plant without notification has no such warning", () => {
  expect(warned(goodCase("small"))).toEqual([]);
});
