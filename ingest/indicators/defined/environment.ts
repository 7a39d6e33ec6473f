import { ratio } from "#shared/model/ratio.ts";
import { inForce } from "#shared/model/standard.ts";
import { exhaustValidity, isMonthValid } from "../green/exhaust.ts";
import { meterQuality, meterSum, metersOf } from "../meters.ts";
import { type FigureDefinition, hour, none, peakOf, sumOf } from "../scope.ts";

export const exhaust: FigureDefinition = {
  id: "G-11",
  sources: ["facts", "plant"],
  figure: (facts) => {
    const outlets = facts.equipment.flatMap((one) =>
      (one.spec.config.exhaust ?? []).map((outlet) => ({ one, outlet, key: `exhaust.${outlet.concentration}` })),
    );
    if (outlets.length === 0) return none("no_input");
    const of = (what: string) => outlets.reduce((sum, { one, key }) => sum + sumOf([one], `${key}.${what}`), 0);
    const [valid, exceed] = [of("valid"), of("exceed")];
    const expectedH = outlets.reduce((sum, { one }) => sum + one.expectedMs, 0) / hour;
    const standard = inForce(exhaustValidity, facts.calendar.periodAt("day", facts.period.from).name);
    const validDays = Math.min(
      ...outlets.map(
        ({ one, key }) =>
          one.days.filter(({ facts: own }) => (own.sums[`${key}.valid`] ?? 0) >= standard.values.dayHours).length,
      ),
    );
    const isMonth = facts.period.kind === "month" && facts.until >= facts.period.to;
    const isInvalid = isMonth && !isMonthValid(facts.period.name, validDays, standard.values);
    const peaks = outlets.flatMap(({ one, key }) => peakOf([one], key) ?? []);
    return {
      coverage: Math.min(1, ratio(valid, expectedH) ?? 0),
      value: ratio(exceed, valid),
      numerator: exceed,
      denominator: valid,
      reason: valid > 0 ? null : "no_valid_hour",
      flags: isInvalid ? ["month_not_valid"] : [],
      factorIds: [standard.id, ...outlets.flatMap(({ outlet }) => outlet.permit ?? [])],
      parts: { mass: of("kg"), largest_hour: peaks.length > 0 ? Math.max(...peaks) : null, valid_days: validDays },
    };
  },
};

export const water: FigureDefinition = {
  id: "G-12",
  sources: ["facts", "runs"],
  figure: (facts) => {
    const [fresh, reused] = [metersOf(facts, "water"), metersOf(facts, "reused_water")];
    if (fresh.length === 0) return none("no_input");
    const [freshM3, reusedM3, batches] = [meterSum(fresh, "total"), meterSum(reused, "total"), facts.endedRuns.length];
    return {
      ...meterQuality([...fresh, ...reused]),
      value: ratio(freshM3, batches),
      numerator: freshM3,
      denominator: batches,
      reason: batches > 0 ? null : "no_ended_runs",
      parts: { reuse_rate: reused.length > 0 ? ratio(reusedM3, freshM3 + reusedM3) : null },
    };
  },
};

export const hazardousWaste: FigureDefinition = {
  id: "G-14",
  sources: ["declared", "runs"],
  figure: ({ level, declared, endedRuns }) => {
    if (level !== "platform") return none("not_at_this_scope");
    const documents = declared.filter(({ item }) => item === "G-14");
    // A declaration is either the intensity itself or the mass, by its unit.
    const kg = documents.filter(({ unit }) => unit === "kg").reduce((sum, { value }) => sum + value, 0);
    const direct = documents.find(({ unit }) => unit !== "kg");
    if (direct)
      return { value: direct.value, coverage: 1, origin: "declared", lower: direct.value, upper: direct.value };
    return {
      coverage: 1,
      origin: "declared",
      value: ratio(kg, endedRuns.length),
      numerator: kg,
      denominator: endedRuns.length,
      reason: endedRuns.length > 0 ? null : "no_ended_runs",
      flags: documents.length === 0 ? ["no_document"] : [],
    };
  },
};
