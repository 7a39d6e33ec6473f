import { finite, notNegative } from "#shared/model/checks.ts";
import { rounded } from "../rounding.ts";

/** G-08 of a month. */
export interface PowerFactor {
  readonly value: number | null;
  /** Two decimals half up, as the tariff rounds. */
  readonly rounded: number | null;
  readonly meetsStandard: boolean | null;
}

/** Inductive and capacitive energy count alike. `standard` is that of the supply class. */
export function powerFactor(
  activeKwh: number,
  reactiveKvarh: { readonly inductive: number; readonly capacitive: number },
  standard: number,
): PowerFactor {
  notNegative(activeKwh, "active energy in kWh");
  finite(standard, "standard of the supply class");
  const reactive =
    Math.abs(finite(reactiveKvarh.inductive, "inductive energy")) +
    Math.abs(finite(reactiveKvarh.capacitive, "capacitive energy"));
  const apparent = Math.hypot(activeKwh, reactive);
  if (apparent === 0) return { value: null, rounded: null, meetsStandard: null };
  const value = activeKwh / apparent;
  const asBilled = rounded(value, 2, "half_up");
  return { value, rounded: asBilled, meetsStandard: asBilled >= standard };
}
