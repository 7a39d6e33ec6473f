import type { PlantModel } from "../plant.ts";
import { facts } from "./facts.ts";
import { measured } from "./signals.ts";
import { type Coating, startState } from "./state.ts";
import { stepCoating } from "./step.ts";

/** Slurry, slot die, four-zone oven with exhaust and solvent recovery, winders, thickness gauge. */
export const coating: PlantModel<Coating> = { facts, start: startState, step: stepCoating, measured };
