import type { PlantModel } from "../plant.ts";
import { facts } from "./facts.ts";
import { measured } from "./signals.ts";
import { type Fermentation, startState } from "./state.ts";
import { stepFermentation } from "./step.ts";

/** Seed vessel and fermenter with feed, off-gas analyser, steam, air, chiller, harvest and room monitor. */
export const fermentation: PlantModel<Fermentation> = { facts, start: startState, step: stepFermentation, measured };
