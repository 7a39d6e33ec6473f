import { finite, notNegative } from "#shared/model/checks.ts";
import { ratio } from "#shared/model/ratio.ts";
import type { Standard } from "#shared/model/standard.ts";
import validity from "../standards/exhaustValidity.json" with { type: "json" };

/** How much must be valid for an hour, a day, a month to count. */
export interface ExhaustValidity {
  readonly hourMinutes: number;
  readonly dayHours: number;
  readonly monthDays: number;
  readonly februaryDays: number;
}
export const exhaustValidity: readonly Standard<ExhaustValidity>[] = validity;

export interface ExhaustHour {
  readonly validMinutes: number;
  /** Mean concentration in mg/m³; null where nothing was valid. */
  readonly mean: number | null;
}

/** G-11 of the hours of a day: exceedances among the valid ones. The limit itself is kept. */
export function exhaustHours(
  hours: readonly ExhaustHour[],
  limit: number,
  { hourMinutes, dayHours }: ExhaustValidity,
): {
  readonly validHours: number;
  readonly exceedHours: number;
  readonly exceedRate: number | null;
  readonly isDayValid: boolean;
} {
  notNegative(limit, "limit");
  const means = hours.flatMap(({ validMinutes, mean }, i) =>
    notNegative(validMinutes, `valid minutes of hour ${i}`) >= hourMinutes && mean !== null
      ? [finite(mean, `mean of hour ${i}`)]
      : [],
  );
  const exceedHours = means.filter((mean) => mean > limit).length;
  return {
    validHours: means.length,
    exceedHours,
    exceedRate: ratio(exceedHours, means.length),
    isDayValid: means.length >= dayHours,
  };
}

/** Whether a month `YYYY-MM` with so many valid days counts. */
export const isMonthValid = (month: string, validDays: number, { monthDays, februaryDays }: ExhaustValidity): boolean =>
  validDays >= (month.endsWith("-02") ? februaryDays : monthDays);

/** Oxygen of air in %, to which exhaust is compared. */
const airO2 = 21;

/** Concentration at the reference oxygen, where the emission standard asks for it; null where there is only air. */
export function atReferenceOxygen(mgPerM3: number, measuredO2: number, referenceO2: number): number | null {
  notNegative(mgPerM3, "concentration in mg/m³");
  notNegative(measuredO2, "measured oxygen in %");
  notNegative(referenceO2, "reference oxygen in %");
  return measuredO2 < airO2 ? (mgPerM3 * (airO2 - referenceO2)) / (airO2 - measuredO2) : null;
}

/** Emitted mass in kg: measured concentration (mg/m³, dry standard) × flow × time. */
export const emittedKg = (mgPerM3: number, m3PerHour: number, hours: number): number =>
  notNegative(mgPerM3, "concentration in mg/m³") *
  notNegative(m3PerHour, "flow in m³/h") *
  notNegative(hours, "hours") *
  1e-6;
