import { count, each, notNegative } from "#shared/model/checks.ts";
import { type Ratio, ratioOfSums, sum } from "#shared/model/ratio.ts";

/** G-14: hazardous waste by weighing records or manifests, in kg, per batch. */
export const wasteIntensity = (weighedKg: readonly number[], batches: number): Ratio =>
  ratioOfSums([
    { numerator: sum(each(weighedKg, notNegative, "weighed waste in kg")), denominator: count(batches, "batches") },
  ]);
