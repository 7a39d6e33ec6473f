import type { Experiment } from "./experiment.ts";
import { elsewhere } from "./experiments/elsewhere.ts";
import { F01, F05, F05i, F08 } from "./experiments/kills.ts";
import { F04, F29 } from "./experiments/network.ts";
import { F36 } from "./experiments/outages.ts";
import { F02 } from "./experiments/outbox.ts";
import { F09, F10, F22 } from "./experiments/stops.ts";

/** Every experiment by its number in the fault matrix; a letter tells variants apart. */
export const experiments = {
  ...{ F01, F02, F04, F05, F05i, F08, F09, F10, F22, F29, F36 },
  ...elsewhere,
} satisfies Record<string, Experiment>;
