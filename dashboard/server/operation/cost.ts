import { factorsOf, gridEmission, gridFactors } from "#shared/model/green/carbon.ts";
import type { CarbonAnswer, DatedSource, TariffAnswer } from "#shared/model/operation.ts";
import { sum } from "#shared/model/ratio.ts";
import { tariffOn } from "#shared/plant/figures/tariffOn.ts";
import type { Plant } from "#shared/plant/plant.ts";
import { bandsOf, meterSum, type OwnMeter } from "./meters.ts";

/** Energy by band as G-09 has it, and its cost at the prices of each day's tariff. */
export function tariffAnswer(meters: readonly OwnMeter[], { tariffs }: Pick<Plant, "tariffs">): TariffAnswer {
  const days = [...new Set(meters.flatMap(({ one }) => one.days.map(({ day }) => day)))].sort();
  const used = new Map(days.flatMap((day) => [tariffOn(tariffs, day)].flatMap((one) => (one ? [[one.id, one]] : []))));
  const bands = bandsOf(meters).map((band) => {
    let cny: number | null = 0;
    for (const { one, meter } of meters)
      for (const { day, facts } of one.days) {
        const kwh = facts.sums[`meter.${meter.name}.band.${band}`] ?? 0;
        const price = tariffOn(tariffs, day)?.prices?.[band];
        if (kwh !== 0) cny = cny === null || price === undefined ? null : cny + kwh * price;
      }
    return { band, kwh: meterSum(meters, `band.${band}`), cny };
  });
  const isPriced = bands.length > 0 && bands.every(({ cny }) => cny !== null);
  const reason = meters.length === 0 ? "no_input" : used.size === 0 ? "no_tariff" : isPriced ? null : "no_price";
  return {
    bands,
    withoutKwh: Math.max(0, meterSum(meters, "total") - sum(bands.map(({ kwh }) => kwh))),
    cny: isPriced ? sum(bands.map(({ cny }) => cny ?? 0)) : null,
    reason,
    tariffs: [...used.values()].map(
      ({ id, source, validFrom, validTo }): DatedSource => ({
        ...{ id, source, validFrom, validTo: validTo ?? null },
      }),
    ),
  };
}

/** CO₂ of grid electricity as G-06 has it, with each factor's validity. */
export function carbonAnswer(
  meters: readonly OwnMeter[],
  { gridRegion }: Pick<Plant, "gridRegion">,
  hasData: boolean,
): CarbonAnswer {
  const none = (reason: string): CarbonAnswer => ({ kgCo2: null, reason, region: gridRegion ?? null, factors: [] });
  if (meters.length === 0) return none("no_input");
  if (gridRegion === undefined) return none("no_grid_region");
  if (!hasData) return none("no_data");
  const months: Record<string, number> = {};
  for (const { one, meter } of meters)
    for (const { day, facts } of one.days) {
      const month = day.slice(0, 7);
      months[month] = (months[month] ?? 0) + (facts.sums[`meter.${meter.name}.total`] ?? 0);
    }
  const known = factorsOf(gridRegion);
  const firstYear = Object.keys(months).sort()[0]?.slice(0, 4) ?? "";
  if (![...known.keys()].some((year) => year <= firstYear)) return none("no_grid_factor");
  const { kgCo2, factorYears } = gridEmission(
    months,
    Object.fromEntries([...known].map(([year, { factor }]) => [year, factor])),
  );
  const factors = [...new Set(Object.values(factorYears))].sort().flatMap((year) => {
    const one = known.get(year);
    const data = gridFactors.find(({ id }) => id === one?.id);
    if (!one || !data) return [];
    const isEarlier = Object.entries(factorYears).some(([month, used]) => used === year && !month.startsWith(year));
    const { source, validFrom, validTo } = data;
    return [{ id: `${one.id}:${gridRegion}`, source, validFrom, validTo, kgPerKwh: one.factor, isEarlier }];
  });
  return { kgCo2, reason: null, region: gridRegion, factors };
}
