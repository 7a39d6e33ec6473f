import { expect, test } from "vitest";
import { calendar } from "#shared/model/calendar.ts";
import { instant } from "#shared/model/time.ts";
import { dayBeside, equipmentSpanOf } from "../../dashboard/web/pages/equipment/equipmentSpan.ts";

const shanghai = calendar("Asia/Shanghai");
/** 2026-03-31, 07:30:20 in Shanghai: still the 30th in UTC. */
const now = instant(Date.parse("2026-03-30T23:30:20Z"));
const day = (name: string) => ({ kind: "day", name });

test("an address without a time asks for the plant's own today", () => {
  const shown = equipmentSpanOf({}, now, shanghai);
  expect(shown).toMatchObject(day("2026-03-31"));
  expect(new Date(shown.span.from).toISOString()).toBe("2026-03-30T16:00:00.000Z");
});

test("a day that is none, or lies ahead, is today", () => {
  for (const asked of ["2026-02-30", "2026-13-01", "yesterday", "2026-04-01", ["2026-03-01"]])
    expect(equipmentSpanOf({ day: asked }, now, shanghai)).toMatchObject(day("2026-03-31"));
  expect(equipmentSpanOf({ day: "2026-02-28" }, now, shanghai)).toMatchObject(day("2026-02-28"));
});

test("a shift ends now and moves on by whole minutes", () => {
  const { kind, span } = equipmentSpanOf({ range: "8h" }, now, shanghai);
  expect([kind, span.to - span.from, new Date(span.to).toISOString()]).toEqual([
    "shift",
    8 * 3_600_000,
    "2026-03-30T23:31:00.000Z",
  ]);
  const later = equipmentSpanOf({ range: "8h" }, instant(now + 30_000), shanghai);
  expect(later.span).toEqual(span);
});

test("the days beside the end of a month and of February", () => {
  expect([dayBeside("2026-03-01", -1), dayBeside("2024-02-28", 1), dayBeside("2026-12-31", 1)]).toEqual([
    "2026-02-28",
    "2024-02-29",
    "2027-01-01",
  ]);
});
