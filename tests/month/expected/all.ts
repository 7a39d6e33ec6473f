import { energy } from "./energy.ts";
import type { Expected, KnownMonth, Scope } from "./known.ts";
import { quality } from "./quality.ts";
import { safety } from "./safety.ts";
import type { Totals } from "./totals.ts";
import { utilisation } from "./utilisation.ts";

/** Every figure of a scope, by its id. */
export function expectedOf(
  scope: Scope,
  all: Readonly<Record<string, Totals>>,
  known: KnownMonth,
): Readonly<Record<string, Expected>> {
  const others = { ...utilisation(scope, all, known), ...energy(scope, all, known), ...safety(scope, all, known) };
  const ofQuality = quality(scope, known, 0);
  // D-05 is among those of energy; D-06 to D-08 are made of the others, and count themselves not.
  const { "D-06": lineage, ...counted } = { ...others, ...ofQuality };
  const given = Object.values(counted).filter(({ value }) => value !== null).length;
  return { ...counted, "D-06": { ...lineage, value: 1, denominator: given } };
}
