import { type Random, seeded } from "../physics/random.ts";
import { coating } from "./coating/model.ts";
import { fermentation } from "./fermentation/model.ts";
import { fineChemical } from "./fineChemical/model.ts";
import { load } from "./load.ts";
import { type RunningPlant, run } from "./plant.ts";

/** The lines that can be simulated, by name. */
export const plants = {
  "fine-chemical": (random: Random, noise: Random): RunningPlant => run(fineChemical, random, noise),
  fermentation: (random: Random, noise: Random): RunningPlant => run(fermentation, random, noise),
  coating: (random: Random, noise: Random): RunningPlant => run(coating, random, noise),
} as const satisfies Record<string, (random: Random, noise: Random) => RunningPlant>;

export type PlantName = keyof typeof plants;
export const plantNames = Object.keys(plants) as PlantName[];

/** These lines, and a load test line where they have fewer than `leastTags` tags together. */
export function startPlants(names: readonly PlantName[], seed: number, leastTags = 0): readonly RunningPlant[] {
  const lines = names.map((name) => {
    // Each line has its own randomness: what one does never depends on which others run.
    const own = seed + 2 * plantNames.indexOf(name);
    return plants[name](seeded(own), seeded(own + 1));
  });
  const missing = leastTags - lines.reduce((sum, { signals }) => sum + signals.length, 0);
  return missing > 0 ? [...lines, run(load(missing), seeded(seed), seeded(seed))] : lines;
}
