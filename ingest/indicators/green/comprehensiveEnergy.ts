import { notNegative } from "#shared/model/checks.ts";
import { CodedError } from "#shared/model/errors.ts";
import { sum } from "#shared/model/ratio.ts";
import type { Standard } from "#shared/model/standard.ts";
import coefficients from "../standards/energyCoefficients.json" with { type: "json" };

/** Standard coal per unit of a carrier, in kgce. */
export type EnergyCoefficients = Readonly<
  Record<string, { readonly kgcePerUnit: number; readonly unit: string; readonly evidence: string }>
>;
export const energyCoefficients: readonly Standard<EnergyCoefficients>[] = coefficients;

export interface EnergyCarrier {
  readonly name: string;
  /** In the unit that the coefficient is for. */
  readonly amount: number;
  readonly kgcePerUnit: number | null;
  /** Made on site from energy that is already metered: its energy is in the other carriers. */
  readonly isSelfProduced: boolean;
}

/** G-05: Σ amount · coefficient in kgce; a carrier without a coefficient is an error, not 0. */
export function comprehensiveEnergy(carriers: readonly EnergyCarrier[]): {
  readonly kgce: number;
  readonly tce: number;
  readonly excluded: readonly string[];
} {
  const kgce = sum(
    carriers.map(({ name, amount, kgcePerUnit, isSelfProduced }) => {
      notNegative(amount, `amount of ${name}`);
      if (isSelfProduced) return 0;
      if (kgcePerUnit === null)
        throw new CodedError("CONFIG", `No coefficient for ${name}; add it with its source and validity.`);
      return amount * notNegative(kgcePerUnit, `coefficient of ${name}`);
    }),
  );
  const excluded = carriers.filter(({ isSelfProduced }) => isSelfProduced).map(({ name }) => name);
  return { kgce, tce: kgce / 1_000, excluded };
}
