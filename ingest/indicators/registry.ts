import type { PlantTag } from "#shared/plant/plant.ts";
import { activeAlarms } from "./activeAlarms.ts";
import { bindIndicator, type LineIndicator } from "./definition.ts";
import { energy } from "./energy.ts";
import { utilisation } from "./utilisation.ts";

/** Every indicator that ingest publishes, bound to the tags of one line. */
export const lineIndicators = (tags: readonly PlantTag[]): readonly LineIndicator[] => [
  bindIndicator(utilisation, tags),
  bindIndicator(energy, tags),
  bindIndicator(activeAlarms, tags),
];
