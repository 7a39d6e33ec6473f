import type { Random } from "../physics/random.ts";
import { coating } from "./coating/model.ts";
import { fermentation } from "./fermentation/model.ts";
import { fineChemical } from "./fineChemical/model.ts";
import { type RunningPlant, run } from "./plant.ts";

/** The lines that can be simulated, by name. */
export const plants = {
  "fine-chemical": (random: Random, noise: Random): RunningPlant => run(fineChemical, random, noise),
  fermentation: (random: Random, noise: Random): RunningPlant => run(fermentation, random, noise),
  coating: (random: Random, noise: Random): RunningPlant => run(coating, random, noise),
} as const satisfies Record<string, (random: Random, noise: Random) => RunningPlant>;

export type PlantName = keyof typeof plants;
export const plantNames = Object.keys(plants) as PlantName[];
