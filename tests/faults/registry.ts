import type { Experiment } from "./experiment.ts";
import { F01, F05, F05i, F08 } from "./experiments/kills.ts";
import { F04, F29 } from "./experiments/network.ts";

/** Every experiment by its number in the fault matrix; a letter tells variants apart. */
export const experiments = { F01, F04, F05, F05i, F08, F29 } satisfies Record<string, Experiment>;
