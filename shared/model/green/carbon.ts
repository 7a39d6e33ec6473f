import { notNegative } from "../checks.ts";
import { CodedError } from "../errors.ts";
import { ratio, sum } from "../ratio.ts";
import type { Standard } from "../standard.ts";
import gridFactorData from "../standards/gridFactors.json" with { type: "json" };

/** Published factors of grid electricity, by year of data. */
export const gridFactors: readonly Standard<Readonly<Record<string, number | string | undefined>>>[] = gridFactorData;

/** kgCO₂ per kWh by year of data, of one region. */
export type GridFactors = Readonly<Record<string, number>>;

export interface GridEmission {
  readonly kgCo2: number;
  /** Year of the factor used, by month; an earlier one where that of the month's year is not published. */
  readonly factorYears: Readonly<Record<string, string>>;
}

/** The factor of the year, else the latest earlier one. */
function factorYear(factors: GridFactors, month: string): string {
  const year = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(month)?.[1];
  if (!year) throw new CodedError("MALFORMED", `\`${month}\` is not a month; write 2025-03.`);
  const found = Object.keys(factors)
    .filter((known) => known <= year)
    .sort()
    .at(-1);
  if (found === undefined)
    throw new CodedError("CONFIG", `No grid factor for ${year} or earlier; add it with its source.`);
  return found;
}

/** The factors of a region, by year of data. */
export function factorsOf(region: string): ReadonlyMap<string, { readonly id: string; readonly factor: number }> {
  const byYear = new Map<string, { readonly id: string; readonly factor: number }>();
  for (const { id, validFrom, values } of gridFactors) {
    const factor = values[region];
    if (typeof factor === "number" && validFrom) byYear.set(validFrom.slice(0, 4), { id, factor });
  }
  return byYear;
}

/** G-06, location based: Σ over months of grid import × factor. `kwh` by month `YYYY-MM`. */
export function gridEmission(kwh: Readonly<Record<string, number>>, factors: GridFactors): GridEmission {
  const months = Object.entries(kwh).map(([month, amount]) => {
    const year = factorYear(factors, month);
    const factor = notNegative(factors[year] ?? Number.NaN, `grid factor of ${year}`);
    return { month, year, kgCo2: notNegative(amount, `kWh of ${month}`) * factor };
  });
  return {
    kgCo2: sum(months.map((part) => part.kgCo2)),
    factorYears: Object.fromEntries(months.map(({ month, year }) => [month, year])),
  };
}

/** G-13: own generation that is used on site, over all that is used. */
export function renewableShare(kwh: {
  readonly gridImport: number;
  readonly generation: number;
  readonly export: number;
}): { readonly consumptionKwh: number; readonly selfUsedKwh: number; readonly value: number | null } {
  for (const [name, value] of Object.entries(kwh)) notNegative(value, name);
  const selfUsedKwh = kwh.generation - kwh.export;
  if (selfUsedKwh < 0)
    throw new CodedError(
      "OUT_OF_RANGE",
      `${kwh.export} kWh exported of ${kwh.generation} kWh generated; check the meters.`,
    );
  const consumptionKwh = kwh.gridImport + selfUsedKwh;
  return { consumptionKwh, selfUsedKwh, value: ratio(selfUsedKwh, consumptionKwh) };
}
