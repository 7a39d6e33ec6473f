import type { statesZh } from "./states.zh.ts";

export const statesEn: typeof statesZh = {
  title: "Equipment states",
  previous: "Day before",
  next: "Day after",
  today: "Today",
  of: (equipment, day) => `States of ${equipment} on ${day}`,
  help: "The arrow keys go from stretch to stretch.",
  stretch: (state, from, to, length) => `${state}, ${from}–${to}, ${length}`,
  corrected: (by, reason) => `Corrected by ${by}: ${reason}`,
  coverage: (share) => `known ${share}`,
  productive: (length) => `productive ${length}`,
  correct: "Correct…",
  correctOf: (equipment) => `Correct the state of ${equipment}`,
  correctHelp:
    "A correction holds before what was reported; both are kept with the reason, and figures are computed again. What is sealed gets an amendment.",
  state: "It really was",
  corrections: "Corrections",
  who: "By",
  withdraw: "Withdraw",
  withdrawOf: (equipment) => `Withdraw the correction of ${equipment}`,
  noCorrections: "Nothing was corrected on this day.",
  nothing: "No equipment reports its state.",
  legend: "Legend",
};
