import { notNegative } from "#shared/model/checks.ts";
import type { Interval } from "#shared/model/interval.ts";
import { ratio, sum } from "#shared/model/ratio.ts";
import type { Reading, RegisterRules } from "./increments.ts";
import { registerEnergy } from "./register.ts";

/** A batch that has ended; a failed one has no quantity, and keeps its energy. */
export interface BatchEnergy {
  readonly kwh: number;
  readonly hours: number;
  readonly kg: number;
}

/** G-02 */
export interface EnergyIntensity {
  readonly perBatch: number | null;
  /** Per hour of PRD. */
  readonly perHour: number | null;
  readonly perKg: number | null;
  readonly eachPerKg: readonly (number | null)[];
}

export function energyIntensity(batches: readonly BatchEnergy[]): EnergyIntensity {
  const all = (field: keyof BatchEnergy) =>
    sum(batches.map((batch, i) => notNegative(batch[field], `${field} of batch ${i}`)));
  const kwh = all("kwh");
  return {
    perBatch: ratio(kwh, batches.length),
    perHour: ratio(kwh, all("hours")),
    perKg: ratio(kwh, all("kg")),
    eachPerKg: batches.map((batch) => ratio(batch.kwh, batch.kg)),
  };
}

/** Energy of a batch: the register between its start and its end, interpolated at both. */
export const batchEnergy = (readings: readonly Reading[], batch: Interval, rules: RegisterRules) =>
  registerEnergy(readings, [batch], rules)[0];
