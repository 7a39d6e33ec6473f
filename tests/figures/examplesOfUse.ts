import { bookingOf, type Example, hour, runOf } from "./scopeFacts.ts";

/** 12 h productive, 4 h standby, 2 h failure, 2 h planned stop, 2 h not scheduled, 2 h unknown. */
const time = {
  "state.PRD": 12 * hour,
  "state.SBY": 4 * hour,
  "state.UDT": 2 * hour,
  "state.SDT": 2 * hour,
  "state.NST": 2 * hour,
};
/** Elements of ISO 22400 in the catalogue's proportions: 300, 40, 20, 60. */
const iso = { ...time, "iso.apt": 5 * hour, "iso.aust": hour * (2 / 3), "iso.adet": hour / 3, "iso.adot": hour };
const effective = { ...time, "eff.run": 6 * hour, "eff.prep": hour, "eff.post": hour, "eff.project": 2 * hour };

/** Calculations by hand: what a definition is given, and what it must say. */
export const examplesOfUse: readonly Example[] = [
  ["U-TM", { sums: time }, { value: 79_200, numerator: 79_200, denominator: 86_400, lower: 79_200, upper: 86_400 }],
  // 12 of 22 known hours; of 24 where unknown time is not productive, 14 of 24 where it is.
  ["U-01", { sums: time }, { value: 12 / 22, lower: 12 / 24, upper: 14 / 24, coverage: 22 / 24 }],
  ["U-02", { sums: time }, { value: 12 / 20, numerator: 43_200, denominator: 72_000, lower: 12 / 22, upper: 14 / 22 }],
  ["U-02", {}, { value: null, reason: "zero_denominator", coverage: 0 }],
  ["U-02c", { sums: { ...time, "channel.ms": 5 * hour } }, { value: 5 / 20, numerator: 5, denominator: 20 }],
  ["U-03", { sums: time }, { value: 16 / 20, numerator: 57_600 }],
  ["U-04", { sums: iso }, { value: 6 / 7 }],
  ["U-05", { sums: iso }, { value: 5 / 6 }],
  ["U-06", { sums: iso }, { value: 5 / 7 }],
  ["U-07", { sums: iso }, { value: 40 / 340 }],
  ["U-08", { sums: iso }, { value: 15 / 16 }],
  // 50 pieces of 360 s are 5 h of the run's 6 h.
  ["U-09", { sums: iso, scope: { endedRuns: [runOf({})] } }, { value: 5 / 6, numerator: 5, denominator: 6 }],
  ["U-09", { sums: iso }, { value: null, reason: "no_ended_runs" }],
  [
    "U-09",
    { sums: iso, scope: { endedRuns: [runOf({ quantities: null })] } },
    { value: null, reason: "no_quantities" },
  ],
  ["U-10", { scope: { endedRuns: [runOf({})] } }, { value: 0.94, numerator: 47, denominator: 50 }],
  ["U-11", { sums: iso, scope: { endedRuns: [runOf({})] } }, { value: 4.7 / 7, numerator: 4.7, denominator: 7 }],
  ["U-11b", { sums: time, scope: { endedRuns: [runOf({})] } }, { value: 4.7 / 22, lower: 4.7 / 24 }],
  ["U-12", { sums: iso, scope: { endedRuns: [runOf({})] } }, { value: (17 / 21) * (5 / 6) * 0.94 }],
  ["U-13", { sums: { ...time, "down.started": 3 } }, { value: 4, numerator: 12, denominator: 3, lower: 4 }],
  ["U-13", { sums: time }, { value: null, reason: "no_failures", lower: 12, parts: { lower_bound: 12 } }],
  ["U-14", { sums: { ...time, "down.restoredMs": 6 * hour, "down.restored": 3 } }, { value: 2 }],
  ["U-14", { sums: time }, { value: null, reason: "nothing_restored" }],
  [
    "U-15",
    { sums: effective },
    {
      value: 10,
      lower: 10,
      upper: 12,
      parts: { per_instrument: 10, per_service_year: 10, run: 6, prep: 1, post: 1, project: 2 },
    },
  ],
  // A day of the 1,400 h of a year.
  ["U-16", { sums: effective }, { value: 10 / (1_400 / 365), numerator: 10 }],
  ["U-17", { sums: { ...effective, "rel.external": 3 * hour } }, { value: 3, upper: 5, parts: { per_instrument: 3 } }],
  ["U-18", { sums: { ...effective, "rel.external": 4 * hour } }, { value: 0.4, lower: 4 / 12, upper: 6 / 12 }],
  [
    "U-19",
    { sums: { ...time, "book.both": 6 * hour, "book.booked": 8 * hour } },
    { value: 0.75, numerator: 6, denominator: 8 },
  ],
  [
    "U-20",
    { sums: { ...time, "book.without": 2 * hour, "book.both": 6 * hour } },
    { value: 0.25, numerator: 2, denominator: 8 },
  ],
  // B1 was used an hour, B2 not at all, of B3 too little is known.
  [
    "U-21",
    {
      sums: { ...time, "book.B1.use": hour, "book.B3.unknown": 3 * hour },
      scope: { endedBookings: [bookingOf("B1", 0, 4), bookingOf("B2", 4, 8), bookingOf("B3", 8, 12)] },
    },
    { value: 0.5, numerator: 1, denominator: 2 },
  ],
  [
    "U-22",
    { sums: { ...effective, "key.acme": 6 * hour, "key.unattributed": 4 * hour, "rel.unattributed": 4 * hour } },
    { value: 10, numerator: 6, denominator: 10, parts: { acme: 6, unattributed: 4 } },
  ],
  ["U-23", {}, { value: 1, numerator: 1, denominator: 1, origin: "declared" }],
  [
    "U-24",
    { scope: { endedRuns: [runOf({}), runOf({}), runOf({}), runOf({ state: "aborted" })] } },
    { value: 0.75, numerator: 3, denominator: 4, parts: { running: 0 } },
  ],
  // One equipment weighs as much as itself.
  ["U-25", { sums: time }, { value: 12 / 20, numerator: 500_000 * 12, denominator: 500_000 * 20, lower: 12 / 22 }],
];
