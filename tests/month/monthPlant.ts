import { demoPlantFile } from "../../simulators/plantFile/demo.ts";
import type { RunningPlant } from "../../simulators/plants/plant.ts";

/** A second of the plants' own time lasts a minute: a fermentation takes eleven hours, and there is a month of them. */
export const plantSpeed = 1 / 60;
/** A tag of the simulated past is told every few minutes: that is no gap. */
const gapAfterMs = 900_000;
const tagLine = /^( {10}- \{ id: .*, device: .*) \}$/gm;

/** The demo's plant file for lines whose past has a sample every few minutes. */
export const monthPlantFile = (lines: readonly RunningPlant[]): string =>
  demoPlantFile(lines).replaceAll(tagLine, `$1, gapAfterMs: ${gapAfterMs} }`);
