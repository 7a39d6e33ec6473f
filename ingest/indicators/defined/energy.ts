import { carriers } from "#shared/model/carrier.ts";
import { energyPerformance } from "#shared/model/green/enpi.ts";
import { fullCoverage } from "#shared/model/indicator.ts";
import { ratio } from "#shared/model/ratio.ts";
import { inForce } from "#shared/model/standard.ts";
import { isAtLeast } from "#shared/model/threshold.ts";
import { conversionFactor } from "#shared/model/units.ts";
import { tariffOn } from "#shared/plant/figures/tariffOn.ts";
import { comprehensiveEnergy, energyCoefficients } from "../green/comprehensiveEnergy.ts";
import { powerFactor } from "../green/powerFactor.ts";
import { meteredTotal, meterQuality, meterSum, metersOf, type ScopedMeter } from "../meters.ts";
import { type FigureDefinition, hour, none, type ScopeFacts } from "../scope.ts";

const dayOf = ({ calendar, period }: ScopeFacts): string => calendar.periodAt("day", period.from).name;

export const meteredEnergy: FigureDefinition = {
  id: "G-01",
  sources: ["facts"],
  figure: (facts) => {
    const meters = metersOf(facts, "electricity");
    const parts: Record<string, number> = { estimated: meterSum(meters, "estimated") };
    for (const flow of ["generation", "export"] as const) {
      const own = metersOf(facts, "electricity", flow);
      if (own.length > 0) parts[flow] = meterSum(own, "total");
    }
    for (const carrier of carriers) {
      const own = carrier === "electricity" ? [] : metersOf(facts, carrier);
      if (own.length > 0) parts[carrier] = meterSum(own, "total");
    }
    return { ...meteredTotal(meters), parts };
  },
};

export const energyIntensity: FigureDefinition = {
  id: "G-02",
  sources: ["facts", "runs"],
  figure: (facts) => {
    if (metersOf(facts, "electricity").length === 0) return none("no_input");
    const { endedRuns } = facts;
    const all = endedRuns.flatMap(({ parts }) => parts);
    const kwh = all.reduce((sum, part) => sum + part.kwh, 0);
    const prdMs = all.reduce((sum, part) => sum + part.prdMs, 0);
    let kg = 0;
    for (const { run } of endedRuns) {
      const factor = run.quantities ? conversionFactor(run.quantities.unit, "kg") : undefined;
      if (factor !== undefined) kg += (run.quantities?.produced ?? 0) * factor;
    }
    return {
      ...meterQuality(metersOf(facts, "electricity")),
      value: ratio(kwh, endedRuns.length),
      numerator: kwh,
      denominator: endedRuns.length,
      reason: endedRuns.length > 0 ? null : "no_ended_runs",
      parts: { per_hour: ratio(kwh, prdMs / hour), per_mass: ratio(kwh, kg) },
    };
  },
};

export const nonProductiveEnergy: FigureDefinition = {
  id: "G-03",
  sources: ["facts"],
  figure: (facts) => {
    const meters = facts.equipment
      .filter(({ spec }) => spec.state !== null || spec.power !== null)
      .flatMap((one) =>
        one.spec.meters
          .filter(
            ({ carrier, flow, measures }) => carrier === "electricity" && flow === "import" && measures === "equipment",
          )
          .map((meter): ScopedMeter => ({ one, meter })),
      );
    if (meters.length === 0) return none("no_input");
    const of = (state: string) => meterSum(meters, `state.${state}`);
    const total = meterSum(meters, "total");
    const rest = total - of("PRD") - of("ENG");
    return {
      ...meterQuality(meters),
      value: ratio(rest, total),
      numerator: rest,
      denominator: total,
      lower: ratio(rest - of("UNK"), total),
      upper: ratio(rest, total),
      reason: total > 0 ? null : "zero_denominator",
      parts: { standby: ratio(of("SBY"), total), unknown_kwh: of("UNK") },
    };
  },
};

/** Coefficient of a carrier where the meter names none; natural gas has several, of which one is to be chosen. */
const usualCoefficients: Readonly<Record<string, string>> = {
  electricity: "electricity",
  heat: "heat",
  steam: "steam_low_pressure",
  water: "water_fresh",
  compressed_air: "compressed_air",
  nitrogen: "nitrogen_main_product",
  oxygen: "oxygen",
  carbon_dioxide: "carbon_dioxide",
  diesel: "diesel",
  petrol: "petrol",
};

export const comprehensiveEnergyFigure: FigureDefinition = {
  id: "G-05",
  sources: ["facts", "plant"],
  figure: (facts) => {
    const standard = inForce(energyCoefficients, dayOf(facts));
    const counted = carriers.filter((carrier) => carrier !== "reactive" && carrier !== "reused_water");
    const meters = counted.flatMap((carrier) => metersOf(facts, carrier));
    if (meters.length === 0) return none("no_input");
    const given = meters.map(({ one, meter }) => {
      const name = meter.coefficient ?? usualCoefficients[meter.carrier] ?? "";
      return {
        name: meter.carrier,
        amount: meterSum([{ one, meter }], "total"),
        kgcePerUnit: standard.values[name]?.kgcePerUnit ?? null,
        isSelfProduced: !meter.purchased,
      };
    });
    const without = given.find(({ kgcePerUnit, isSelfProduced }) => kgcePerUnit === null && !isSelfProduced);
    if (without) return none(`no_coefficient:${without.name}`, meterQuality(meters));
    const { kgce } = comprehensiveEnergy(given);
    return { ...meterQuality(meters), value: kgce, numerator: kgce, factorIds: [standard.id] };
  },
};

export const powerFactorFigure: FigureDefinition = {
  id: "G-08",
  sources: ["facts", "plant"],
  figure: (facts) => {
    const [active, reactive] = [metersOf(facts, "electricity"), metersOf(facts, "reactive")];
    if (active.length === 0 || reactive.length === 0) return none("no_input");
    const [kwh, kvarh] = [meterSum(active, "total"), meterSum(reactive, "total")];
    const standard = facts.plant.powerFactorStandard ?? 0.9;
    const { value, rounded, meetsStandard } = powerFactor(kwh, { inductive: kvarh, capacitive: 0 }, standard);
    return {
      ...meterQuality([...active, ...reactive]),
      value,
      numerator: kwh,
      denominator: value === null ? null : kwh / value,
      reason: value === null ? "no_energy" : null,
      parts: { rounded, standard, meets_standard: meetsStandard === null ? null : Number(meetsStandard) },
    };
  },
};

const isPeak = (band: string): boolean => /尖|峰|peak/i.test(band);

export const timeOfUse: FigureDefinition = {
  id: "G-09",
  sources: ["facts", "plant"],
  figure: (facts) => {
    const meters = metersOf(facts, "electricity");
    if (meters.length === 0) return none("no_input");
    const days = [...new Set(meters.flatMap(({ one }) => one.days.map(({ day }) => day)))].sort();
    const tariffs = new Set(days.flatMap((day) => tariffOn(facts.plant.tariffs, day)?.id ?? []));
    if (tariffs.size === 0) return none("no_tariff");
    const bands = new Set<string>();
    for (const { one, meter } of meters)
      for (const key of Object.keys(one.facts.sums))
        if (key.startsWith(`meter.${meter.name}.band.`)) bands.add(key.slice(`meter.${meter.name}.band.`.length));
    const kwh = Object.fromEntries([...bands].sort().map((band) => [band, meterSum(meters, `band.${band}`)]));
    const total = Object.values(kwh).reduce((sum, energy) => sum + energy, 0);
    const peak = Object.entries(kwh).reduce((sum, [band, energy]) => (isPeak(band) ? sum + energy : sum), 0);
    return {
      ...meterQuality(meters),
      value: ratio(peak, total),
      numerator: peak,
      denominator: total,
      reason: total > 0 ? null : "zero_denominator",
      factorIds: [...tariffs].sort(),
      parts: {
        energy: total,
        ...Object.fromEntries(Object.entries(kwh).map(([band, energy]) => [`energy ${band}`, energy])),
      },
    };
  },
};

export const energyAgainstBaseline: FigureDefinition = {
  id: "G-10",
  sources: ["facts", "runs", "plant"],
  figure: (facts) => {
    if (facts.level === "equipment") return none("not_at_this_scope");
    const line = facts.level === "line" ? facts.scope.split("/")[1] : undefined;
    const day = dayOf(facts);
    const baseline = (facts.plant.baselines ?? [])
      .filter((one) => one.line === line && one.validFrom <= day && (one.validTo === undefined || day < one.validTo))
      .toSorted((a, b) => (a.validFrom < b.validFrom ? 1 : -1))[0];
    if (!baseline) return none("no_baseline");
    const meters = metersOf(facts, "electricity");
    if (meters.length === 0) return none("no_input");
    const months = monthsOf(facts).map((month) => {
      const inMonth = (key: string, some: readonly ScopedMeter[]) =>
        some.reduce(
          (sum, { one, meter }) =>
            sum +
            one.days.reduce(
              (all, { day: name, facts: own }) =>
                name.startsWith(month.name) ? all + (own.sums[`meter.${meter.name}.${key}`] ?? 0) : all,
              0,
            ),
          0,
        );
      const prdMs = facts.equipment.reduce(
        (sum, one) =>
          sum +
          one.days.reduce(
            (all, { day: name, facts: own }) =>
              name.startsWith(month.name) ? all + (own.sums["state.PRD"] ?? 0) : all,
            0,
          ),
        0,
      );
      const batches = facts.endedRuns.filter(
        ({ run }) => run.to !== null && run.to >= month.from && run.to < month.to,
      ).length;
      return {
        x: baseline.driver === "batches" ? batches : prdMs / hour,
        kwh: inMonth("total", meters),
        coverage: ratio(inMonth("covered", meters), meters.length * (month.to - month.from)) ?? 0,
      };
    });
    const complete = months.filter(({ coverage }) => isAtLeast(coverage, fullCoverage));
    if (complete.length === 0)
      return none("no_complete_month", { coverage: meterQuality(meters).coverage, factorIds: [baseline.id] });
    const line0 = { intercept: baseline.interceptKwh, slope: baseline.slopeKwh, r2: baseline.r2 ?? null };
    const { predicted, savings, cusum, enpi } = energyPerformance(line0, complete);
    return {
      ...meterQuality(meters),
      value: enpi,
      numerator: complete.reduce((sum, { kwh }) => sum + kwh, 0),
      denominator: predicted.reduce((sum, kwh) => sum + kwh, 0),
      reason: enpi === null ? "zero_denominator" : null,
      flags: complete.length < months.length ? ["months_left_out"] : [],
      factorIds: [baseline.id],
      parts: { savings: savings.reduce((sum, kwh) => sum + kwh, 0), cusum: cusum.at(-1) ?? null },
    };
  },
};

function monthsOf({ calendar, period, until }: ScopeFacts) {
  const months = [];
  for (
    let month = calendar.periodAt("month", period.from);
    month.from < period.to && month.to <= until;
    month = calendar.periodAt("month", month.to)
  )
    if (month.from >= period.from && month.to <= period.to) months.push(month);
  return months;
}
