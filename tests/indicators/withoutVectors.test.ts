import { expect, test } from "vitest";
import { alarmBenchmarks } from "#shared/model/alarmBenchmarks.ts";
import { demandWindows, joinedDemand, loadFactor, peakDemand, simultaneousDemand } from "#shared/model/green/demand.ts";
import { fitBaseline } from "#shared/model/green/enpi.ts";
import { inForce } from "#shared/model/standard.ts";
import { bookingUse, noShows } from "../../ingest/indicators/equipment/bookings.ts";
import { openness } from "../../ingest/indicators/equipment/openness.ts";
import { valueWeightedUtilisation } from "../../ingest/indicators/equipment/semiE10.ts";
import { exhaustValidity, isMonthValid } from "../../ingest/indicators/green/exhaust.ts";
import { wasteIntensity } from "../../ingest/indicators/green/waste.ts";
import { traceability } from "../../ingest/indicators/quality/traceability.ts";
import { topContribution } from "../../ingest/indicators/safety/alarmRates.ts";
import { excursionsAbove } from "../../ingest/indicators/safety/excursions.ts";
import { fleetingAlarms } from "../../ingest/indicators/safety/fleeting.ts";
import { gasEvents } from "../../ingest/indicators/safety/gasDetectors.ts";
import { interlockBypass, onTimeRate } from "../../ingest/indicators/safety/permits.ts";
import { interval } from "../../shared/model/interval.ts";
import { instant } from "../../shared/model/time.ts";

/** Rules of the catalogue that no vector can ask for. */
const hourMs = 3_600_000;
const benchmark = inForce(alarmBenchmarks, "2025-01-01").values;
const h = (from: number, to: number) => interval(from * hourMs, to * hourMs);

test("U-19: unknown booked time leaves the denominator, and is no fulfilment", () => {
  const use = bookingUse([h(8, 12)], [h(8, 10)], [h(11, 12)]);
  expect(use).toMatchObject({ bookedH: 3, usedInBookedH: 2, fulfilment: 2 / 3 });
});

test("U-21: a booking known for less than three quarters is left out", () => {
  const bookings = [h(0, 4), h(4, 8)].map((booking) => ({ ...booking, isConfirmed: true }));
  expect(noShows(bookings, [], h(0, 24), 300, [h(0, 1), h(4, 5.5)])).toEqual({ eligible: 1, noShows: 1, value: 1 });
});

test("U-23: 18 of 24 that are obliged", () => {
  const open = { isObliged: true, hasConditions: true, hasPrice: true, hasBookingEntry: true };
  const register = [
    ...Array(18).fill(open),
    ...Array(6).fill({ ...open, hasPrice: false }),
    { ...open, isObliged: false },
  ];
  expect(openness(register)).toEqual({ numerator: 18, denominator: 24, value: 0.75 });
});

test("U-25: equipment without a value is left out and listed", () => {
  const items = [
    { equipment: "A", originalValue: 200, productiveH: 50, operationsH: 100 },
    { equipment: "B", originalValue: null, productiveH: 90, operationsH: 100 },
  ];
  expect(valueWeightedUtilisation(items)).toEqual({ value: 0.5, withoutValue: ["B"] });
});

test("S-06: fleeting alarms are over within 10 s, without acknowledgement", () => {
  const activation = (s: number, wasAcknowledged = false) => ({
    from: instant(0),
    to: instant(s * 1_000),
    wasAcknowledged,
  });
  const open = { from: instant(0), to: null, wasAcknowledged: false };
  expect(fleetingAlarms([activation(9.999), activation(10), activation(5, true), open], benchmark)).toBe(1);
});

test("S-07: few tags are flagged", () => {
  expect(topContribution([1, 2], benchmark).flags).toEqual(["few_tags"]);
  expect(topContribution(Array(11).fill(1), benchmark).flags).toEqual([]);
});

test("S-13: an invalid detector is held at its last good value, and its time told apart", () => {
  const levels = { level1: 25, level2: 50, deadband: 2 };
  expect(gasEvents([null, 30, null, 24, null, 10], 60, levels)).toEqual({
    level1: { events: 1, seconds: 240 },
    level2: { events: 0, seconds: 0 },
    peak: 30,
    invalidS: 180,
  });
});

test("S-15: 9 of 10 on time; what was overdue stays in until it is done", () => {
  const item = (due: number, done: number | null) => ({
    dueAt: instant(due),
    doneAt: done === null ? null : instant(done),
  });
  const onTime = Array.from({ length: 9 }, (_, i) => item(10 + i, 10 + i));
  expect(onTimeRate([...onTime, item(15, 16)], interval(10, 20)).value).toBe(0.9);
  expect(onTimeRate([item(15, 16)], interval(20, 30))).toMatchObject({ denominator: 0, value: null });
  expect(onTimeRate([item(15, null), item(15, 25), item(25, 24), item(30, 30)], interval(20, 30))).toMatchObject({
    numerator: 1,
    denominator: 3,
  });
});

test("S-16: unknown time is apart, and ends an excursion", () => {
  const samples = [
    { minute: 0, value: 53 },
    { minute: 5, value: null },
    { minute: 8, value: 53 },
  ];
  expect(excursionsAbove(samples, 50, 10)).toEqual({
    excursions: 2,
    minutes: 7,
    area: 21,
    maxExcess: 3,
    unknownMinutes: 3,
  });
});

test("S-17: 6 h of 600 h, one without a permit", () => {
  const bypasses = [
    { hours: 2, hasPermit: true },
    { hours: 4, hasPermit: false },
  ];
  expect(interlockBypass(bypasses, 600)).toMatchObject({ value: 0.01, withoutPermit: 1 });
});

test("G-07: meters peak together, not each for itself; a window is known as far as its least known meter", () => {
  const window = (kw: number, knownMinutes = 15) => ({ kw, knownMinutes });
  const site = simultaneousDemand([
    demandWindows([window(100), window(20), window(50)]),
    demandWindows([window(10), window(80), window(90, 5)]),
  ]);
  expect(site).toEqual(demandWindows([window(110), window(100), window(140, 5)]));
  expect(peakDemand(site, 12).maxKw).toBe(110);
  expect(loadFactor(peakDemand(site, 12))).toBeCloseTo(105 / 110, 12);
  expect(simultaneousDemand([])).toEqual(demandWindows([]));
  expect(joinedDemand([site, demandWindows([window(7)])]).kw).toEqual(Float64Array.of(110, 100, 140, 7));
});

test("G-10: months below 0.95 are left out of the fit", () => {
  const month = (x: number, kwh: number, coverage = 1) => ({ x, kwh, coverage });
  expect(fitBaseline([month(10, 150), month(20, 250), month(15, 9_999, 0.949)])).toMatchObject({
    intercept: 50,
    slope: 10,
  });
});

test("G-11: a month has 25 valid days, February 23", () => {
  const rules = inForce(exhaustValidity, "2025-01-01").values;
  expect([isMonthValid("2025-03", 24, rules), isMonthValid("2025-03", 25, rules)]).toEqual([false, true]);
  expect([isMonthValid("2025-02", 22, rules), isMonthValid("2025-02", 23, rules)]).toEqual([false, true]);
});

test("G-14: 84 kg in 12 batches", () => {
  expect(wasteIntensity([50, 34], 12).value).toBe(7);
});

test("D-06: a figure that does not say which factors it used is not traceable", () => {
  const figure = { sourceTags: ["a/b/c/d"], definitionVersion: "1.0.0", factorIds: [], inputDigest: "00" };
  expect(traceability([figure, { ...figure, factorIds: null }, { ...figure, sourceTags: [] }, figure]).value).toBe(0.5);
});
