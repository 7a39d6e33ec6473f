import { factorsOf, gridEmission } from "#shared/model/green/carbon.ts";
import { ratio } from "#shared/model/ratio.ts";
import { meteredTotal, meterQuality, meterSum, metersOf, type ScopedMeter } from "../meters.ts";
import { type FigureDefinition, none } from "../scope.ts";

/** kWh of the grid per month. */
function importByMonth(meters: readonly ScopedMeter[]): Readonly<Record<string, number>> {
  const months: Record<string, number> = {};
  for (const { one, meter } of meters) {
    const total = `meter.${meter.name}.total`;
    for (const { day, facts } of one.days) {
      const month = day.slice(0, 7);
      months[month] = (months[month] ?? 0) + (facts.sums[total] ?? 0);
    }
  }
  return months;
}

export const gridCarbon: FigureDefinition = {
  id: "G-06",
  sources: ["facts", "plant"],
  figure: (facts) => {
    const meters = metersOf(facts, "electricity");
    if (meters.length === 0) return none("no_input");
    const region = facts.plant.gridRegion;
    if (region === undefined) return none("no_grid_region");
    const byYear = factorsOf(region);
    const total = meteredTotal(meters);
    if (total.value == null) return total;
    const months = importByMonth(meters);
    const first = Object.keys(months).sort()[0]?.slice(0, 4) ?? "";
    if (![...byYear.keys()].some((year) => year <= first)) return none("no_grid_factor");
    const factors = Object.fromEntries([...byYear].map(([year, { factor }]) => [year, factor]));
    const { kgCo2, factorYears } = gridEmission(months, factors);
    const used = [...new Set(Object.values(factorYears))].sort();
    const isEarlier = Object.entries(factorYears).some(([month, year]) => !month.startsWith(year));
    return {
      ...meterQuality(meters),
      flags: [...meterQuality(meters).flags, ...(isEarlier ? ["earlier_factor"] : [])],
      value: kgCo2,
      numerator: kgCo2,
      factorIds: used.map((year) => `${byYear.get(year)?.id}:${region}`),
    };
  },
};

export const renewableShare: FigureDefinition = {
  id: "G-13",
  sources: ["facts"],
  figure: (facts) => {
    const [grid, generated, exported] = (["import", "generation", "export"] as const).map((flow) =>
      metersOf(facts, "electricity", flow),
    ) as [readonly ScopedMeter[], readonly ScopedMeter[], readonly ScopedMeter[]];
    if (generated.length === 0 || grid.length === 0) return none("no_input");
    const [taken, made, given] = [meterSum(grid, "total"), meterSum(generated, "total"), meterSum(exported, "total")];
    const own = made - given;
    if (own < 0) return none("export_above_generation", meterQuality([...grid, ...generated, ...exported]));
    return {
      ...meterQuality([...grid, ...generated, ...exported]),
      value: ratio(own, taken + own),
      numerator: own,
      denominator: taken + own,
      reason: taken + own > 0 ? null : "zero_denominator",
    };
  },
};
