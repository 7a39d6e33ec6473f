import { expect, test } from "vitest";
import { gridEmission, renewableShare } from "#shared/model/green/carbon.ts";
import { baseLoad, demand } from "#shared/model/green/demand.ts";
import { fitBaseline } from "#shared/model/green/enpi.ts";
import { averageEffectiveHours, quotaUse } from "../../ingest/indicators/equipment/effectiveHours.ts";
import { iso22400 } from "../../ingest/indicators/equipment/iso22400.ts";
import { powerStates } from "../../ingest/indicators/equipment/powerStates.ts";
import { semiE10 } from "../../ingest/indicators/equipment/semiE10.ts";
import { sharingRate } from "../../ingest/indicators/equipment/sharing.ts";
import { stateDurations } from "../../ingest/indicators/equipment/stateDurations.ts";
import { noStateTime } from "../../ingest/indicators/equipment/stateTime.ts";
import { comprehensiveEnergy } from "../../ingest/indicators/green/comprehensiveEnergy.ts";
import { energyByState } from "../../ingest/indicators/green/energyByState.ts";
import { incrementsOf } from "../../ingest/indicators/green/increments.ts";
import { powerFactor } from "../../ingest/indicators/green/powerFactor.ts";
import { energyByBand } from "../../ingest/indicators/green/tariff.ts";
import { coverageOf, slotCoverage, statusOf } from "../../ingest/indicators/quality/coverage.ts";
import { flatLines, validValues } from "../../ingest/indicators/quality/validity.ts";
import { roundedDecimal } from "../../ingest/indicators/rounding.ts";
import { timeToAcknowledge } from "../../ingest/indicators/safety/acknowledgement.ts";
import { alarmRate, priorityDistribution } from "../../ingest/indicators/safety/alarmRates.ts";
import { floodFigures } from "../../ingest/indicators/safety/floods.ts";
import { calendar } from "../../shared/model/calendar.ts";
import { interval } from "../../shared/model/interval.ts";
import { instant } from "../../shared/model/time.ts";

const shanghai = calendar("Asia/Shanghai");
const flood = { windowMinutes: 10, floodStartsAbove: 10, floodLastsFrom: 5 };
const missing = undefined as never;

/** What comes from outside may be anything, whatever the types say. */
test.each<[string, () => unknown, string]>([
  ["an interval that ends before it starts", () => interval(2, 1), "OUT_OF_RANGE: An interval from"],
  ["no time at all", () => interval(Number.NaN, 1), "from NaN to"],
  ["a zone that does not exist", () => calendar("Asia/Atlantis"), "CONFIG: `Asia/Atlantis` is not a time zone"],
  ["a month that does not exist", () => shanghai.period("2025-13"), "MALFORMED: `2025-13` is not a period"],
  ["a day that does not exist", () => shanghai.period("2025-02-29"), "MALFORMED: `2025-02-29` is not a period"],
  ["a fifth quarter", () => shanghai.period("2025-Q5"), "MALFORMED: `2025-Q5` is not a period"],
  ["negative time in a state", () => semiE10({ ...noStateTime, PRD: -1 }), "time in PRD is -1; it cannot be negative"],
  ["a state that is missing", () => semiE10({ ...noStateTime, SBY: missing }), "time in SBY is missing"],
  ["no hold", () => stateDurations([], interval(0, 1), Number.NaN), "NOT_A_NUMBER: longest hold is NaN"],
  [
    "power limits upside down",
    () => powerStates([1], 60, { onKw: 5, runKw: 1, runOffKw: 1, minDwellS: 0 }),
    "must ascend",
  ],
  [
    "power that is none",
    () => powerStates([1, Number.NaN], 60, { onKw: 1, runKw: 5, runOffKw: 4, minDwellS: 0 }),
    "power in kW[1] is NaN",
  ],
  ["negative setup", () => iso22400({ apt: 1, aust: -1, adet: 0, adot: 0, quantities: null }), "AUST is -1"],
  ["a quota that is missing", () => quotaUse(1, missing), "quota in h is missing"],
  ["hours without service", () => averageEffectiveHours([1, 2], [1]), "2 instruments have hours, 1 a service fraction"],
  ["more outside than at all", () => sharingRate([{ externalH: 3, effectiveH: 2 }]), "3 external of 2 effective hours"],
  [
    "a register that is none",
    () => incrementsOf([{ at: instant(0), value: Number.NaN }], { maxGapMs: 1 }),
    "reading at 1970-01-01T00:00:00.000Z is NaN",
  ],
  [
    "a replacement below the reading before it",
    () =>
      incrementsOf(
        [
          { at: instant(0), value: 10 },
          { at: instant(9), value: 1 },
        ],
        { maxGapMs: 9, replacements: [{ at: instant(5), final: 9, initial: 0 }] },
      ),
    "9 lies below 10",
  ],
  [
    "a carrier without a coefficient",
    () => comprehensiveEnergy([{ name: "coal", amount: 1, kgcePerUnit: null, isSelfProduced: false }]),
    "CONFIG: No coefficient for coal",
  ],
  [
    "a year before every factor",
    () => gridEmission({ "2020-12": 1 }, { "2021": 0.6 }),
    "CONFIG: No grid factor for 2020 or earlier",
  ],
  ["a month that is none", () => gridEmission({ "2021": 1 }, { "2021": 0.6 }), "MALFORMED: `2021` is not a month"],
  [
    "more exported than generated",
    () => renewableShare({ gridImport: 1, generation: 1, export: 2 }),
    "2 kWh exported of 1 kWh generated",
  ],
  [
    "two states at one time",
    () =>
      energyByState(
        [{ hour: 0, kw: 1 }],
        [
          { state: "PRD", fromHour: 0, toHour: 2 },
          { state: "SBY", fromHour: 1, toHour: 3 },
        ],
        3,
      ),
    "PRD and SBY overlap at hour 1",
  ],
  ["negative load", () => baseLoad([1, -1]), "power in kW[1] is -1"],
  [
    "a negative segment",
    () => demand([{ minutes: -1, kw: 1 }], { windowMinutes: 15, knownShare: 0.8, slideMinutes: 1 }),
    "minutes of segment 0 is -1",
  ],
  [
    "a baseline of one driver",
    () =>
      fitBaseline([
        { x: 1, kwh: 1, coverage: 1 },
        { x: 1, kwh: 2, coverage: 1 },
      ]),
    "at least two complete months whose drivers differ",
  ],
  [
    "no active energy",
    () => powerFactor(missing, { inductive: 1, capacitive: 0 }, 0.9),
    "active energy in kWh is missing",
  ],
  [
    "a band without length",
    () => energyByBand([], [], { bands: [{ band: "peak", fromS: 1, toS: 1 }], default: "flat" }, shanghai),
    "give two different times of one day",
  ],
  ["coverage above 1", () => statusOf(1.01), "Coverage is 1.01; it is at most 1"],
  ["known for longer than expected", () => coverageOf([{ known: 3, expected: 2 }]), "known for 3 of 2 expected"],
  ["half a slot", () => slotCoverage([], 60, 1.5), "slots is 1.5; it must be a whole number"],
  ["an empty range", () => validValues([], { min: 1, max: 0, maxRatePerS: 1 }), "The range from 1 to 0 is empty"],
  ["no interval", () => flatLines([1], 0, 60), "interval in s is 0; it must be above 0"],
  ["text for a decimal", () => roundedDecimal("1,5", 2, "half_even"), "NOT_A_NUMBER: `1,5` is not a decimal number"],
  ["time before the alarm", () => timeToAcknowledge([-1], [], 120), "time to acknowledge in s[0] is -1"],
  ["half an alarm", () => alarmRate(0.5, 1, { acceptablePerDay: 150, manageablePerDay: 300 }), "annunciations is 0.5"],
  [
    "targets that are no shares",
    () => priorityDistribution({ low: 1 }, { low: 80, high: 20 }),
    "add up to 100; they must add up to 1",
  ],
  ["a window of minus three alarms", () => floodFigures([0, -3], flood), "annunciations of window 1 is -3"],
])("%s is refused", (_, compute, message) => {
  expect(compute).toThrow(message);
});
