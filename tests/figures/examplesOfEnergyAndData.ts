import { declaredOf, type Example, hour, plant, runOf } from "./scopeFacts.ts";

const whole = 24 * hour;
const kwh = { "meter.energy.total": 100, "meter.energy.covered": whole };
const platform = { scope: "demo", level: "platform" } as const;

/** Calculations by hand: what a definition is given, and what it must say. */
export const examplesOfEnergyAndData: readonly Example[] = [
  [
    "G-01",
    { sums: { ...kwh, "meter.energy.estimated": 10 } },
    { value: 100, lower: 90, upper: null, flags: ["estimated"] },
  ],
  ["G-01", { sums: kwh }, { value: 100, lower: 100, upper: 100, coverage: 1 }],
  ["G-01", {}, { value: null, reason: "no_data" }],
  // 60 kWh in two runs of 12 productive hours and 100 kg.
  [
    "G-02",
    { sums: kwh, scope: { endedRuns: [runOf({}), runOf({})] } },
    { value: 30, numerator: 60, denominator: 2, parts: { per_hour: 5, per_mass: 0.6 } },
  ],
  [
    "G-03",
    {
      sums: {
        ...kwh,
        "meter.energy.state.PRD": 60,
        "meter.energy.state.ENG": 5,
        "meter.energy.state.SBY": 20,
        "meter.energy.state.UNK": 10,
      },
    },
    { value: 0.35, lower: 0.25, upper: 0.35, parts: { standby: 0.2, unknown_kwh: 10 } },
  ],
  // Ten windows: the smallest is the base, a tenth of each 10 kW.
  ["G-04", { sums: kwh, demandKw: [1, 10, 10, 10, 10, 10, 10, 10, 10, 10] }, { value: 10 / 91, parts: { base: 1 } }],
  // 100 kWh at 0.1229 kgce.
  ["G-05", { sums: kwh }, { value: 12.29 }],
  // 100 kWh of 2026 at the newest factor of the province, 0.641 kg, which is that of 2022.
  ["G-06", { sums: kwh }, { value: 64.1, factorIds: ["mee-nbs-2022:shandong"], flags: ["earlier_factor"] }],
  [
    "G-06",
    { sums: kwh, plant: { ...plant, gridRegion: undefined } as unknown as typeof plant },
    { value: null, reason: "no_grid_region" },
  ],
  ["G-07", { sums: kwh, demandKw: [10, 40, 30, 20] }, { value: 40, parts: { load_factor: 25 / 40 } }],
  ["G-07", { sums: kwh }, { value: null, reason: "no_valid_window" }],
  ["G-08", { sums: kwh }, { value: null, reason: "no_input" }],
  [
    "G-09",
    { sums: { ...kwh, "meter.energy.band.peak": 30, "meter.energy.band.valley": 20, "meter.energy.band.flat": 50 } },
    {
      value: 0.3,
      numerator: 30,
      denominator: 100,
      factorIds: ["illustrative"],
      parts: { energy: 100, "energy peak": 30, "energy valley": 20, "energy flat": 50 },
    },
  ],
  ["G-10", { sums: kwh, scope: platform }, { value: null, reason: "no_complete_month" }],
  ["G-10", { sums: kwh }, { value: null, reason: "no_baseline" }],
  [
    "G-11",
    { sums: { "exhaust.voc.valid": 20, "exhaust.voc.exceed": 1, "exhaust.voc.kg": 3 }, peaks: { "exhaust.voc": 66 } },
    {
      value: 0.05,
      numerator: 1,
      denominator: 20,
      coverage: 20 / 24,
      parts: { mass: 3, largest_hour: 66, valid_days: 1 },
    },
  ],
  ["G-11", {}, { value: null, reason: "no_valid_hour" }],
  [
    "G-12",
    { sums: { "meter.water.total": 8, "meter.water.covered": whole }, scope: { endedRuns: [runOf({}), runOf({})] } },
    { value: 4, parts: { reuse_rate: null } },
  ],
  ["G-13", { sums: kwh }, { value: null, reason: "no_input" }],
  [
    "G-14",
    { scope: { ...platform, declared: [declaredOf("G-14", 12, "kg")], endedRuns: [runOf({}), runOf({})] } },
    { value: 6, numerator: 12 },
  ],
  [
    "D-01",
    { sums: { "cover.valid": 144 * hour, "slot.received": 7 * 1_440 } },
    { value: 0.75, numerator: 144, parts: { completeness: 0.875 } },
  ],
  [
    "D-02",
    { arrival: { samples: 4, inTime: 3, ahead: 1, latencies: { 1: 3, 60: 1 } } },
    { value: 0.75, parts: { p50: 1, p95: 60 } },
  ],
  ["D-02", {}, { value: null, reason: "no_data" }],
  ["D-03", { sums: { "slot.received": 100, "slot.valid": 97 } }, { value: 0.97 }],
  ["D-04", { arrival: { samples: 4, inTime: 3, ahead: 1, latencies: { 1: 4 } } }, { value: 0.75, numerator: 3 }],
  ["D-05", { sums: kwh }, { value: null, reason: "no_main_meter" }],
];
