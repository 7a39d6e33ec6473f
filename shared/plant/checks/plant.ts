import type { Conformer } from "../conform.ts";
import type { Plant } from "../plant.ts";
import type { Report } from "../problem.ts";

/** Everything that one key alone cannot tell: references, units, addresses, limits. */
export function checkPlant(plant: Plant, _conformer: Conformer, _report: Report): Plant {
  return plant;
}
