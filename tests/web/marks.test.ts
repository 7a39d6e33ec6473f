import fc from "fast-check";
import { expect, test } from "vitest";
import { type AlarmEvent, type AlarmPriority, alarmPriorities } from "#shared/model/alarm.ts";
import { instant } from "#shared/model/time.ts";
import { markGroups, runBars } from "../../dashboard/web/trend/marks.ts";
import { fixtureAlarm, tagOf } from "../browser/fixturePlant.ts";
import { fixtureRun } from "../browser/fixtureRuns.ts";

const window = { from: 1_000, to: 2_000 };
const status = fixtureAlarm({ alarm: "demo/l/a", tag: tagOf("l/e/t") }, 0);
let seq = 0;
const event = (
  at: number,
  priority: AlarmPriority = "low",
  transition: "raised" | "commented" = "raised",
): AlarmEvent => ({
  seq: seq++,
  transition,
  at: instant(at),
  processedAt: instant(at),
  user: null,
  comment: null,
  status: { ...status, priority },
});

test("events that would lie on one another share a mark, which shows the most urgent one raised", () => {
  const groups = markGroups(
    [
      event(1_500, "low"),
      event(1_510, "critical"),
      event(1_505, "high"),
      event(1_800, "critical", "commented"),
      event(2_001),
    ],
    window,
    0.03,
  );
  expect(
    groups.map(({ at, share, events, worst }) => [at, share, events.length, worst?.status.priority ?? null]),
  ).toEqual([
    [1_500, 0.5, 3, "critical"],
    [1_800, 0.8, 1, null],
  ]);
});

test("no event of the window is lost, and marks keep their distance", () => {
  const any = fc.record({ at: fc.integer({ min: 900, max: 2_100 }), priority: fc.constantFrom(...alarmPriorities) });
  fc.assert(
    fc.property(fc.array(any), fc.double({ min: 0.001, max: 0.3, noNaN: true }), (all, least) => {
      const groups = markGroups(
        all.map(({ at, priority }) => event(at, priority)),
        window,
        least,
      );
      const inside = all.filter(({ at }) => at >= window.from && at <= window.to).length;
      expect(groups.flatMap(({ events }) => events).length).toBe(inside);
      for (const [k, { share }] of groups.entries())
        if (k > 0) expect(share - (groups[k - 1]?.share ?? 0)).toBeGreaterThanOrEqual(least);
    }),
  );
});

test("a run is a bar: cut at the window, open while it runs, in rows where runs overlap, none where it was voided", () => {
  const run = (id: string, from: number, to: number | null, state = "completed") =>
    ({ ...fixtureRun(id, 0, 1), from: instant(from), to: to === null ? null : instant(to), state }) as ReturnType<
      typeof fixtureRun
    >;
  const bars = runBars(
    [
      run("R3", 1_700, null, "running"),
      run("R1", 500, 1_500),
      run("R2", 1_200, 1_600),
      run("R0", 1_100, 1_900, "voided"),
    ],
    window,
    1_900,
  );
  expect(
    bars.map(({ run: { id }, left, width, beginsHere, endsHere, row }) => [id, left, width, beginsHere, endsHere, row]),
  ).toEqual([
    ["R1", 0, 0.5, false, true, 0],
    ["R2", 0.2, expect.closeTo(0.4), true, true, 1],
    ["R3", 0.7, expect.closeTo(0.2), true, false, 0],
  ]);
});
