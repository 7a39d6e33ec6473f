import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { attribute, unattributed } from "../../ingest/indicators/equipment/attribution.ts";
import { incrementsOf } from "../../ingest/indicators/green/increments.ts";
import { registerEnergy } from "../../ingest/indicators/green/register.ts";
import { energyByBand } from "../../ingest/indicators/green/tariff.ts";
import { rounded, roundedDecimal } from "../../ingest/indicators/rounding.ts";
import { standingAlarms } from "../../ingest/indicators/safety/activeTime.ts";
import { floodFigures } from "../../ingest/indicators/safety/floods.ts";
import { calendar } from "../../shared/model/calendar.ts";
import { difference, type Interval, intersection, interval, sumMs, union } from "../../shared/model/interval.ts";
import { instant } from "../../shared/model/time.ts";

/** Each calculation against one that steps through time, written for being obvious. */
const hourMs = 3_600_000;
const span = fc.tuple(fc.nat(30), fc.nat(10)).map(([from, length]) => interval(from, from + length));
const spans = fc.array(span, { maxLength: 6 });
const steps = [...Array(41).keys()];
const isIn = (at: number, all: readonly Interval[]) => all.some(({ from, to }) => from <= at && at < to);

describe("intervals", () => {
  test.each([
    ["union", union as (a: readonly Interval[], b: readonly Interval[]) => readonly Interval[], (a: boolean) => a],
    ["intersection", intersection, (a: boolean, b: boolean) => a && b],
    ["difference", difference, (a: boolean, b: boolean) => a && !b],
  ] as const)("%s", (_, compute, holds) => {
    fc.assert(
      fc.property(spans, spans, (a, b) => {
        const result = compute(a, b);
        for (const at of steps) expect(isIn(at, result)).toBe(holds(isIn(at, a), isIn(at, b)));
        for (const [i, next] of result.slice(1).entries())
          expect(next.from).toBeGreaterThan(result[i]?.to ?? next.from);
      }),
    );
  });
});

test("attribution gives each used instant once, and closes", () => {
  const key = fc.constantFrom("P1", "P2", "P3");
  const uses = fc.array(fc.tuple(span, fc.option(key)), { maxLength: 5 });
  const bookings = fc.array(fc.tuple(span, key), { maxLength: 5 });
  fc.assert(
    fc.property(uses, bookings, (runs, booked) => {
      const runList = runs.map(([part, project]) => ({ ...part, key: project }));
      const bookingList = booked.map(([part, project]) => ({ ...part, key: project }));
      const expected = new Map<string, number>();
      for (const at of steps) {
        const running = runList.filter((run) => isIn(at, [run]));
        if (running.length === 0) continue;
        const own = [...new Set(running.flatMap((run) => run.key ?? []))];
        const covering = [...new Set(bookingList.filter((item) => isIn(at, [item])).map((item) => item.key))];
        const keys = own.length > 0 ? own : covering.length > 0 ? covering : [unattributed];
        for (const name of keys) expected.set(name, (expected.get(name) ?? 0) + 1 / keys.length);
      }
      const { hours, totalH } = attribute(runList, bookingList);
      expect([...hours.keys()]).toEqual([...expected.keys()].sort());
      for (const [name, ms] of expected) expect((hours.get(name) ?? 0) * hourMs).toBeCloseTo(ms, 6);
      expect([...hours.values()].reduce((sum, h) => sum + h, 0)).toBeCloseTo(totalH, 12);
      expect(totalH * hourMs).toBeCloseTo(sumMs(union(runList)), 6);
    }),
  );
});

test("standing alarms", () => {
  fc.assert(
    fc.property(spans, (alarms) => {
      const window = interval(5, 25);
      const active = steps.slice(5, 25).map((at) => alarms.filter((alarm) => isIn(at, [alarm])).length);
      const { mean, max } = standingAlarms(alarms, window);
      expect(max).toBe(Math.max(...active));
      expect(mean).toBeCloseTo(active.reduce((sum, n) => sum + n, 0) / 20, 9);
    }),
  );
});

test("floods", () => {
  const windows = fc.array(fc.option(fc.integer({ min: 0, max: 14 }), { freq: 6 }), { maxLength: 40 });
  fc.assert(
    fc.property(windows, (counts) => {
      let isFlood = false;
      let floods = 0;
      let flooded = 0;
      for (const alarms of counts) {
        const was: boolean = isFlood;
        isFlood = alarms !== null && (alarms > 10 || (was && alarms >= 5));
        if (isFlood && !was) floods++;
        if (isFlood) flooded++;
      }
      const figures = floodFigures(counts, { windowMinutes: 10, floodStartsAbove: 10, floodLastsFrom: 5 });
      expect(figures).toMatchObject({ floods, floodMinutes: flooded * 10 });
    }),
  );
});

describe("a register", () => {
  const gains = fc.array(fc.tuple(fc.integer({ min: 1, max: 90 }), fc.nat(50)), { minLength: 2, maxLength: 60 });
  const readingsOf = (rows: readonly (readonly [number, number])[]) => {
    let [hour, value] = [0, 100];
    return rows.map(([hours, gain]) => {
      hour += hours;
      value += gain;
      return { at: instant(Date.UTC(2025, 0, 20) + hour * hourMs), value };
    });
  };
  const shanghai = calendar("Asia/Shanghai");
  const months = ["2025-01", "2025-02", "2025-03", "2025-04", "2025-05", "2025-06", "2025-07", "2025-08"].map(
    shanghai.period,
  );
  const year = shanghai.period("2025");

  test("months add up to the year, in any order of arrival", () => {
    fc.assert(
      fc.property(gains, fc.boolean(), (rows, isReversed) => {
        const readings = readingsOf(rows);
        const arrived = isReversed ? readings.toReversed() : readings;
        const rules = { maxGapMs: 24 * hourMs };
        const parts = registerEnergy(arrived, months, rules).reduce((sum, { total }) => sum + total, 0);
        const all = (readings.at(-1)?.value ?? 0) - (readings[0]?.value ?? 0);
        expect(registerEnergy(arrived, [year], rules)[0]?.total).toBeCloseTo(all, 6);
        expect(parts).toBeCloseTo(all, 6);
      }),
    );
  });

  test("bands add up to the periods, and each hour lies in its band", () => {
    const tariff = {
      bands: [
        { band: "sharp", fromS: 19 * 3_600, toS: 20 * 3_600, months: [1, 7] },
        { band: "peak", fromS: 17 * 3_600, toS: 22 * 3_600, weekdays: [1, 2, 3, 4, 5] },
        { band: "valley", fromS: 22 * 3_600, toS: 6 * 3_600 },
      ],
      default: "flat",
    };
    const bandAt = (at: number): string => {
      const local = new Date(at + 8 * hourMs);
      const [hour, month, weekday] = [local.getUTCHours(), local.getUTCMonth() + 1, local.getUTCDay()];
      if (hour === 19 && (month === 1 || month === 7)) return "sharp";
      if (hour >= 17 && hour < 22 && weekday >= 1 && weekday <= 5) return "peak";
      return hour >= 22 || hour < 6 ? "valley" : "flat";
    };
    fc.assert(
      fc.property(gains, (rows) => {
        const { increments } = incrementsOf(readingsOf(rows), { maxGapMs: hourMs });
        const expected: Record<string, number> = {};
        for (const { from, to, amount } of increments) {
          for (let at: number = from; at < to; at += hourMs)
            expected[bandAt(at)] = (expected[bandAt(at)] ?? 0) + (amount * hourMs) / (to - from);
        }
        const { total } = energyByBand(increments, months, tariff, shanghai);
        for (const band of ["sharp", "peak", "valley", "flat"])
          expect(total[band] ?? 0).toBeCloseTo(expected[band] ?? 0, 6);
      }),
      { numRuns: 30 },
    );
  });
});

describe("rounding half to even", () => {
  test("equals whole-number arithmetic", () => {
    fc.assert(
      fc.property(fc.integer({ min: -999_999, max: 999_999 }), (thousandths) => {
        const text = `${thousandths < 0 ? "-" : ""}${Math.trunc(Math.abs(thousandths) / 1_000)}.${String(Math.abs(thousandths) % 1_000).padStart(3, "0")}`;
        const tens = Math.floor(thousandths / 10);
        const rest = thousandths - tens * 10;
        const up = rest > 5 || (rest === 5 && tens % 2 !== 0) ? 1 : 0;
        expect(roundedDecimal(text, 2, "half_even")).toBeCloseTo((tens + up) / 100, 9);
      }),
    );
  });

  test("a computed value is rounded by the decimal it stands for", () => {
    expect(rounded(1.005 * 1_000 - 1_000, 2, "half_even")).toBe(5);
    expect(rounded(74.994_999_999_999_99, 2, "half_up")).toBe(75);
    expect(rounded(0.895, 2, "half_up")).toBe(0.9);
  });
});
