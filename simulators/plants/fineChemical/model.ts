import type { PlantModel } from "../plant.ts";
import { facts } from "./facts.ts";
import { measured } from "./signals.ts";
import { type FineChemical, startState } from "./state.ts";
import { stepFineChemical } from "./step.ts";

/** Batch reactor with dosing, thermostat, condenser, scrubber, centrifuge, utilities and gas detectors. */
export const fineChemical: PlantModel<FineChemical> = { facts, start: startState, step: stepFineChemical, measured };
