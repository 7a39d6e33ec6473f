import { instant } from "../../shared/model/time.ts";
import { alarmOf, alarmsOf, day, declaredOf, type Example, hour } from "./scopeFacts.ts";

/** 12 h productive, 4 h standby, 2 h failure, 2 h planned stop, 2 h not scheduled, 2 h unknown. */
const time = {
  "state.PRD": 12 * hour,
  "state.SBY": 4 * hour,
  "state.UDT": 2 * hour,
  "state.SDT": 2 * hour,
  "state.NST": 2 * hour,
};
const platform = { scope: "demo", level: "platform" } as const;
const minutesOf = (minutes: readonly number[]) => minutes.map((minute) => alarmOf("t", minute * 60, minute * 60 + 30));

/** Calculations by hand: what a definition is given, and what it must say. */
export const examplesOfSafety: readonly Example[] = [
  [
    "S-01",
    { scope: { alarms: alarmsOf(minutesOf([1, 2, 3, 4, 5, 6])) } },
    { value: 0.25, numerator: 6, denominator: 24, parts: { per_day: 6 } },
  ],
  ["S-01", { scope: { level: "equipment", scope: "demo/coating/oven" } }, { value: null, reason: "not_at_this_scope" }],
  // The catalogue's windows: two floods of 40 min in all, 35 alarms in them, two windows above ten, twelve at most.
  [
    "S-02",
    { scope: { alarms: alarmsOf([], [0, 3, 10, 11, 7, 5, 4, 12, 2, 0, 0, 1]) } },
    { value: 2 / 12, numerator: 2, denominator: 12 },
  ],
  ["S-03", { scope: { alarms: alarmsOf([], [0, 3, 10, 11, 7, 5, 4, 12, 2, 0, 0, 1]) } }, { value: 12 }],
  [
    "S-04",
    { scope: { alarms: alarmsOf([], [0, 3, 10, 11, 7, 5, 4, 12, 2, 0, 0, 1]) } },
    { value: 40 / 120, numerator: 40, denominator: 120, parts: { floods: 2, alarms_in_flood: 35 } },
  ],
  ["S-04", { scope: { alarms: alarmsOf([], [null, null]) } }, { value: null, reason: "zero_denominator", coverage: 0 }],
  // Active since 26 h at the day's end.
  ["S-05", { scope: { alarms: alarmsOf([alarmOf("t", -7_200, null)]) } }, { value: 1 }],
  [
    "S-06",
    { scope: { alarms: alarmsOf([0, 20, 45].map((s) => alarmOf("t", s, s + 10))) } },
    { value: 1, flags: ["indicative", "chattering:t"] },
  ],
  // Eleven tags of one alarm each: ten of eleven.
  [
    "S-07",
    { scope: { alarms: alarmsOf(Array.from({ length: 11 }, (_, i) => alarmOf(`t${i}`, i * 60, null))) } },
    { value: 10 / 11, numerator: 10, denominator: 11 },
  ],
  ["S-07", { scope: { alarms: alarmsOf([]) } }, { value: null, reason: "no_alarms" }],
  // All alarms low, where 80 % should be: half of what it is off by, 0.2, 0.15 and 0.05.
  ["S-08", { scope: { alarms: alarmsOf(minutesOf([1, 2])) } }, { value: 0.2, denominator: 2 }],
  // Of two low alarms one was acknowledged after a minute, the other stays.
  [
    "S-09",
    { scope: { alarms: alarmsOf([alarmOf("a", 0, null, 60), alarmOf("b", 0, null)]) } },
    { value: 0.5, numerator: 1, denominator: 2 },
  ],
  // One alarm the whole day, one half of it.
  [
    "S-10",
    { scope: { alarms: alarmsOf([alarmOf("a", 0, null), alarmOf("b", 0, 43_200)]) } },
    { value: 1.5, numerator: 36, denominator: 24, parts: { maximum: 2 } },
  ],
  [
    "S-11",
    {
      scope: {
        alarms: alarmsOf([], [], { hidden: [hiddenFor(2, "anna"), hiddenFor(13, "anna"), hiddenFor(4, null)] }),
      },
    },
    { value: 1, parts: { total: 19, over_limit: 1, count: 3 } },
  ],
  ["S-12", {}, { value: 1, numerator: 1, denominator: 1 }],
  [
    "S-13",
    {
      sums: { "gas.gas.1.events": 2, "gas.gas.1.ms": 600_000, "gas.gas.2.events": 1, "gas.gas.2.ms": 60_000 },
      peaks: { "gas.gas": 61 },
    },
    { value: 2, numerator: 2, parts: { active: 600, level_2: 1, level_2_active: 60, peak: 61 } },
  ],
  ["S-14", {}, { value: null, reason: "no_input" }],
  ["S-15", {}, { value: null, reason: "no_input" }],
  ["S-15", { scope: { declared: [declaredOf("S-15", 0.9, "1")] } }, { value: 0.9, origin: "declared" }],
  [
    "S-16",
    {
      sums: {
        ...time,
        "limit.0.count": 3,
        "limit.0.ms": 600_000,
        "limit.0.areaMs": 1_200_000,
        "limit.0.unknownMs": 6 * hour,
      },
      peaks: { "limit.0": 8 },
    },
    {
      value: 3,
      denominator: 12,
      coverage: 0.75,
      parts: { time: 10, area: 20, largest_excess: 8, per_1000_h: 250, unknown: 360 },
    },
  ],
  ["S-17", { scope: platform }, { value: null, reason: "not_declared" }],
  [
    "S-18",
    { scope: { ...platform, declared: [declaredOf("S-18", 2, "{incident}")] } },
    { value: 2, numerator: 2, origin: "declared" },
  ],
  ["S-18", {}, { value: null, reason: "not_at_this_scope" }],
];

function hiddenFor(hours: number, user: string | null) {
  const to = instant(day.from + hours * hour);
  return { alarm: "a", equipment: "oven", user, isShelving: true, from: day.from, to };
}
