import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { localDays } from "#shared/model/localDay.ts";
import { createStateTimer } from "../../ingest/indicators/equipment/stateTime.ts";
import type { RegisterRules } from "../../ingest/indicators/green/increments.ts";
import { registerEnergy } from "../../ingest/indicators/green/register.ts";
import type { EquipmentState } from "../../shared/model/equipment.ts";
import { type EpochMs, instant } from "../../shared/model/time.ts";

const at = (text: string) => instant(Date.parse(text));
const second = 1_000;

describe("local days", () => {
  test.each([
    ["Asia/Shanghai", "2025-03-31T15:59:59.999Z", "2025-03-31", "2025-03-30T16:00:00Z", "2025-03-31T16:00:00Z"],
    ["Asia/Shanghai", "2025-03-31T16:00:00.000Z", "2025-04-01", "2025-03-31T16:00:00Z", "2025-04-01T16:00:00Z"],
    ["Europe/Berlin", "2025-03-30T12:00:00Z", "2025-03-30", "2025-03-29T23:00:00Z", "2025-03-30T22:00:00Z"],
    ["Europe/Berlin", "2025-10-26T12:00:00Z", "2025-10-26", "2025-10-25T22:00:00Z", "2025-10-26T23:00:00Z"],
    ["UTC", "1969-12-31T23:59:59.5Z", "1969-12-31", "1969-12-31T00:00:00Z", "1970-01-01T00:00:00Z"],
  ])("%s at %s is %s", (zone, time, period, from, to) => {
    expect(localDays(zone)(at(time))).toEqual({ period, from: at(from), to: at(to) });
  });
});

describe("seconds per state", () => {
  const minute = 60 * second;
  test.each([
    [
      "hold of 900 s (TV-U-04)",
      900,
      [
        [0, "PRD"],
        [10, "SBY"],
        [20, "PRD"],
        [50, "SBY"],
      ],
      { PRD: 1_500, SBY: 1_200, UNK: 900 },
    ],
    [
      "carried in (TV-U-06)",
      3_600,
      [
        [-10, "PRD"],
        [20, "SBY"],
      ],
      { PRD: 1_200, SBY: 2_400 },
    ],
    [
      "carried in, but too long ago",
      300,
      [
        [-10, "PRD"],
        [20, "SBY"],
      ],
      { SBY: 300, UNK: 3_300 },
    ],
    ["no data at all", 900, [], { UNK: 3_600 }],
    [
      "bad data is unknown at once",
      900,
      [
        [0, "PRD"],
        [5, "UNK"],
        [6, "PRD"],
      ],
      { PRD: 1_200, UNK: 2_400 },
    ],
  ] as const)("%s", (_, holdS, rows, expected) => {
    const timer = createStateTimer(instant(0), holdS * second);
    for (const [minutes, state] of rows) timer.add(instant(minutes * minute), state);
    const time = timer.upTo(instant(60 * minute));
    const nonZero = Object.entries(time).filter(([, ms]) => ms !== 0);
    expect(Object.fromEntries(nonZero.map(([state, ms]) => [state, ms / second]))).toEqual(expected);
  });

  test("equals stepping through every millisecond", () => {
    const state = fc.constantFrom<EquipmentState>("PRD", "SBY", "NST", "UNK");
    const changes = fc.array(fc.record({ gap: fc.integer({ min: 1, max: 30 }), state }), { maxLength: 20 });
    fc.assert(
      fc.property(changes, fc.integer({ min: 1, max: 25 }), fc.integer({ min: -20, max: 0 }), (rows, holdMs, first) => {
        const timer = createStateTimer(instant(0), holdMs);
        let time = first;
        const samples: { at: number; state: EquipmentState }[] = [];
        for (const { gap, state } of rows) {
          samples.push({ at: time, state });
          timer.add(instant(time), state);
          time += gap;
        }
        const until = Math.max(time, 0);
        const stepped: Partial<Record<EquipmentState, number>> = {};
        for (let t = 0; t < until; t++) {
          const held = samples.findLast((sample) => sample.at <= t);
          const now = held && t < held.at + holdMs ? held.state : "UNK";
          stepped[now] = (stepped[now] ?? 0) + 1;
        }
        const result = timer.upTo(instant(until));
        for (const [name, ms] of Object.entries(result)) expect(ms).toBe(stepped[name as EquipmentState] ?? 0);
        expect(Object.values(result).reduce((sum, ms) => sum + ms, 0)).toBe(until);
      }),
    );
  });
});

describe("energy from a register", () => {
  const kwh = (rules: RegisterRules, from: string, to: string, rows: readonly (readonly [string, number])[]) => {
    const readings = rows.map(([time, value]) => ({ at: at(time), value }));
    return registerEnergy(readings, [{ from: at(from), to: at(to) }], rules)[0];
  };
  const hour = 3_600 * second;

  test("day borders are interpolated between the readings around midnight (TV-G-01)", () => {
    const result = kwh({ maxGapMs: 24 * hour }, "2025-05-01T00:00:00+08:00", "2025-05-02T00:00:00+08:00", [
      ["2025-04-30T23:50:00+08:00", 1200.0],
      ["2025-05-01T00:10:00+08:00", 1200.6],
      ["2025-05-01T12:00:00+08:00", 1215.0],
      ["2025-05-01T23:50:00+08:00", 1229.5],
      ["2025-05-02T00:10:00+08:00", 1230.1],
    ]);
    expect((result?.total ?? 0) * 40).toBeCloseTo(1_180, 6);
    expect(result).toMatchObject({ estimated: 0, coveredMs: 24 * hour, flags: [] });
  });

  test.each([
    ["rollover (TV-G-02)", { modulus: 100_000, maxPerHour: 10 }, [99_998.0, 99_999.2, 0.7], 2.7, 0, ["rollover"]],
    ["reset (TV-G-03)", { modulus: 100_000, maxPerHour: 10 }, [52_340, 52_341, 0.4, 1.4], 2.4, 0.4, ["reset"]],
    ["reset, largest power unknown", {}, [52_340, 52_341, 300, 301], 302, 300, ["reset"]],
    ["drop to what cannot be", { maxPerHour: 10 }, [1_000, 1_001, 500, 501], 1, 0, ["rejected"]],
    ["glitch down for one reading", { maxPerHour: 10 }, [100, 101, 0, 102, 103], 3, 0, ["glitch"]],
    ["spike", { maxPerHour: 10 }, [100, 101, 9_999, 103, 104], 4, 0, ["spike"]],
    ["jitter", { jitter: 0.05 }, [100, 100.5, 100.46, 101], 1, 0, ["jitter"]],
    ["two drops after each other", { maxPerHour: 10 }, [100, 101, 2, 1, 0.5], 4.5, 3.5, ["reset"]],
  ] as const)("%s", (_, rules, values, total, estimated, flags) => {
    const rows = values.map((value, i) => [new Date(Date.UTC(2025, 4, 1, i)).toISOString(), value] as const);
    const result = kwh({ maxGapMs: 2 * hour, ...rules }, "2025-05-01T00:00:00Z", "2025-05-02T00:00:00Z", rows);
    expect(result?.total).toBeCloseTo(total, 9);
    expect(result?.estimated).toBeCloseTo(estimated, 9);
    expect(result?.flags).toEqual(flags);
  });

  test("a gap over the month's end is apportioned, estimated and not covered (TV-G-08)", () => {
    const rows = [
      ["2025-03-31T19:00:00+08:00", 4_998],
      ["2025-03-31T20:00:00+08:00", 5_000],
      ["2025-04-01T04:00:00+08:00", 5_016],
      ["2025-04-01T05:00:00+08:00", 5_018],
    ] as const;
    const months = [
      ["2025-03-01T00:00:00+08:00", "2025-04-01T00:00:00+08:00"],
      ["2025-04-01T00:00:00+08:00", "2025-05-01T00:00:00+08:00"],
    ] as const;
    for (const [from, to] of months) {
      expect(kwh({ maxGapMs: hour }, from, to, rows)).toMatchObject({ total: 10, estimated: 8, coveredMs: hour });
    }
  });

  test("parts of a span add up to the whole", () => {
    const increments = fc.array(fc.record({ gap: fc.integer({ min: 1, max: 50 }), by: fc.nat(20) }), {
      minLength: 2,
      maxLength: 30,
    });
    fc.assert(
      fc.property(increments, fc.nat(500), (rows, cut) => {
        const readings: { at: EpochMs; value: number }[] = [];
        let [time, value] = [0, 0];
        for (const { gap, by } of rows) {
          readings.push({ at: instant(time), value });
          time += gap;
          value += by;
        }
        const border = instant(Math.min(cut, time));
        const spans = [
          { from: instant(0), to: border },
          { from: border, to: instant(time) },
        ];
        const parts = registerEnergy(readings, spans, { maxGapMs: 20 });
        const whole = parts.reduce((sum, { total }) => sum + total, 0);
        expect(whole).toBeCloseTo(readings.at(-1)?.value ?? 0, 6);
      }),
    );
  });
});
