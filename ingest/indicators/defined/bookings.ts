import { noShowBelowS } from "#shared/model/booking.ts";
import { coverageFloor } from "#shared/model/indicator.ts";
import { ratio } from "#shared/model/ratio.ts";
import { isAtLeast } from "#shared/model/threshold.ts";
import {
  exactRatio,
  type FigureDefinition,
  hour,
  none,
  type ScopeFacts,
  stateQuality,
  sumOf,
  withState,
} from "../scope.ts";

export const bookingFulfilment: FigureDefinition = {
  id: "U-19",
  sources: ["facts", "bookings"],
  figure: (facts) => {
    if (withState(facts).length === 0) return none("no_input");
    const [both, booked] = [sumOf(facts.equipment, "book.both"), sumOf(facts.equipment, "book.booked")];
    const value = ratio(both, booked);
    return {
      ...stateQuality(facts),
      value,
      numerator: both / hour,
      denominator: booked / hour,
      lower: value,
      reason: value === null ? "zero_denominator" : null,
    };
  },
};

export const unbookedUse: FigureDefinition = {
  id: "U-20",
  sources: ["facts", "bookings"],
  figure: (facts) => {
    if (withState(facts).length === 0) return none("no_input");
    const [without, both] = [sumOf(facts.equipment, "book.without"), sumOf(facts.equipment, "book.both")];
    return exactRatio(without / hour, (without + both) / hour, stateQuality(facts));
  },
};

const useOf = (facts: ScopeFacts, id: string, what: "use" | "unknown"): number =>
  sumOf(facts.equipment, `book.${id}.${what}`);

export const noShowRate: FigureDefinition = {
  id: "U-21",
  sources: ["facts", "bookings"],
  figure: (facts) => {
    if (withState(facts).length === 0) return none("no_input");
    const eligible = facts.endedBookings.filter(({ id, from, to }) =>
      isAtLeast(to - from - useOf(facts, id, "unknown"), coverageFloor * (to - from)),
    );
    const missed = eligible.filter(({ id }) => useOf(facts, id, "use") < noShowBelowS * 1_000);
    return exactRatio(missed.length, eligible.length, stateQuality(facts));
  },
};

export const batchCompletion: FigureDefinition = {
  id: "U-24",
  sources: ["runs"],
  figure: ({ endedRuns, runs }) => {
    const completed = endedRuns.filter(({ run }) => run.state === "completed").length;
    return exactRatio(completed, endedRuns.length, { parts: { running: runs.filter(({ to }) => to === null).length } });
  },
};
