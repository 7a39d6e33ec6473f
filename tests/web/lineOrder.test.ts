import { expect, test } from "vitest";
import type { AlarmStatus } from "#shared/model/alarm.ts";
import type { EquipmentState } from "#shared/model/equipment.ts";
import { problemsFirst, severityOf } from "../../dashboard/web/pages/overview/lineOrder.ts";
import { type PowerPart, powerNow } from "../../dashboard/web/pages/overview/powerNow.ts";
import { fixtureAlarm, tagOf } from "../browser/fixturePlant.ts";

const alarm = (more: Partial<AlarmStatus>): AlarmStatus =>
  fixtureAlarm({ alarm: "demo/l/a", tag: tagOf("l/e/t"), ...more }, 0);
const calm = { alarms: [], isStale: false, states: ["PRD", "SBY"] as readonly EquipmentState[] };
const severity = (more: Partial<typeof calm>) => severityOf({ ...calm, ...more });

test("an open alarm comes before silence, silence before an acknowledged alarm, that before a failed machine", () => {
  const worst = [
    severity({ alarms: [alarm({ priority: "critical" })] as never }),
    severity({ alarms: [alarm({ priority: "high" })] as never }),
    severity({ alarms: [alarm({ priority: "low" })] as never, isStale: true }),
    severity({ alarms: [alarm({ priority: "low", state: "RTNUN" })] as never }),
    severity({ isStale: true, states: ["UDT"] }),
    severity({ isStale: true }),
    severity({ alarms: [alarm({ priority: "critical", state: "ACKED" })] as never }),
    severity({ alarms: [alarm({ priority: "low", state: "ACKED" })] as never }),
    severity({ states: ["PRD", "UDT"] }),
    severity({ states: ["SDT", "UNK"] }),
  ];
  expect(worst).toEqual([...worst].sort((a, b) => b - a));
  expect(new Set(worst.slice(0, -1)).size).toBe(worst.length - 1);
  expect(worst.at(-1)).toBe(0);
});

test("lines of equal severity keep the order of the plant model", () => {
  const weights: Record<string, number> = { a: 0, b: 5, c: 0, d: 5, e: 9 };
  expect(problemsFirst(["a", "b", "c", "d", "e"], (line) => weights[line] ?? 0)).toEqual(["e", "b", "d", "a", "c"]);
});

const part = (more: Partial<PowerPart>): PowerPart => ({ name: "x", unit: "kW", value: 1, state: "good", ...more });

test("power adds up what is known now, in kW whatever the units are", () => {
  expect(powerNow([part({}), part({ unit: "W", value: 500 }), part({ value: -0.25 })])).toEqual({
    ...{ kw: 1.25, missing: [], isUncertain: false },
  });
  expect(powerNow([part({ state: "uncertain" })])).toMatchObject({ kw: 1, isUncertain: true });
});

test("what is old, bad or absent is named and not added; nothing known is no 0", () => {
  const states = ["stale", "bad", "never", "offline"] as const;
  const { kw, missing } = powerNow([part({ name: "good" }), ...states.map((state) => part({ name: state, state }))]);
  expect([kw, missing]).toEqual([1, [...states]]);
  expect(powerNow([part({ value: null })])).toMatchObject({ kw: null, missing: ["x"] });
  expect(powerNow([part({ unit: "Cel" })])).toMatchObject({ kw: null, missing: ["x"] });
  expect(powerNow([])).toEqual({ kw: null, missing: [], isUncertain: false });
});
