import type { Experiment } from "./experiment.ts";
import { F07 } from "./experiments/acknowledgement.ts";
import { F06 } from "./experiments/alarmKills.ts";
import { F15, F17m } from "./experiments/disks.ts";
import { elsewhere } from "./experiments/elsewhere.ts";
import { F01, F05, F05i, F08 } from "./experiments/kills.ts";
import { F04, F27, F28, F29, F30 } from "./experiments/network.ts";
import { F36 } from "./experiments/outages.ts";
import { F02 } from "./experiments/outbox.ts";
import { F09, F10, F22 } from "./experiments/stops.ts";

/** Every experiment by its number in the fault matrix; a letter tells variants apart. */
export const experiments = {
  ...{ F01, F02, F04, F05, F05i, F06, F07, F08, F09, F10, F15, F17m, F22, F27, F28, F29, F30, F36 },
  ...elsewhere,
} satisfies Record<string, Experiment>;
