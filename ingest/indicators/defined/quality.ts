import { ratio } from "#shared/model/ratio.ts";
import { arrivalRules, latencyAt, together } from "../arrivals.ts";
import { meterQuality, meterSum, metersOf, subMetersOf } from "../meters.ts";
import { exactRatio, type FigureDefinition, hour, none, type ScopeFacts, sumOf } from "../scope.ts";

const expectedMs = ({ equipment }: ScopeFacts): number =>
  equipment.reduce((sum, { spec, expectedMs: own }) => sum + spec.signals.length * own, 0);

export const coverage: FigureDefinition = {
  id: "D-01",
  sources: ["facts"],
  figure: (facts) => {
    const expected = expectedMs(facts);
    if (expected === 0) return none("no_input");
    const valid = sumOf(facts.equipment, "cover.valid");
    const figure = exactRatio(valid / hour, expected / hour);
    const completeness = ratio(sumOf(facts.equipment, "slot.received"), expected / 60_000);
    return {
      ...figure,
      coverage: Math.min(1, figure.value ?? 0),
      parts: { completeness: completeness && Math.min(1, completeness) },
    };
  },
};

export const timeliness: FigureDefinition = {
  id: "D-02",
  sources: ["arrivals"],
  figure: ({ equipment }) => {
    const arrival = together(equipment.map((one) => one.arrival));
    if (arrival.samples === 0) return none("no_data");
    return exactRatio(arrival.inTime, arrival.samples, {
      factorIds: [arrivalRules.id],
      parts: { p50: latencyAt(arrival, 0.5), p95: latencyAt(arrival, 0.95) },
    });
  },
};

export const validity: FigureDefinition = {
  id: "D-03",
  sources: ["facts"],
  figure: ({ equipment }) => {
    const [received, valid] = [sumOf(equipment, "slot.received"), sumOf(equipment, "slot.valid")];
    return received === 0 ? none("no_data") : exactRatio(valid, received);
  },
};

export const clockSkew: FigureDefinition = {
  id: "D-04",
  sources: ["arrivals"],
  figure: ({ equipment }) => {
    const arrival = together(equipment.map((one) => one.arrival));
    if (arrival.samples === 0) return none("no_data");
    return exactRatio(arrival.samples - arrival.ahead, arrival.samples, { factorIds: [arrivalRules.id] });
  },
};

export const consistency: FigureDefinition = {
  id: "D-05",
  sources: ["facts"],
  figure: (facts) => {
    const [main, subs] = [metersOf(facts, "electricity"), subMetersOf(facts, "electricity")];
    if (subs.length === 0) return none("no_main_meter");
    const [mainKwh, subKwh] = [meterSum(main, "total"), meterSum(subs, "total")];
    return {
      ...meterQuality([...main, ...subs]),
      value: ratio(mainKwh - subKwh, mainKwh),
      numerator: mainKwh - subKwh,
      denominator: mainKwh,
      reason: mainKwh > 0 ? null : "zero_denominator",
      parts: { residual: mainKwh - subKwh },
    };
  },
};
