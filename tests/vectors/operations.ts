import type { Field } from "./field.ts";
import { assessmentOperations } from "./ops/assessment.ts";
import { equipmentOperations } from "./ops/equipment.ts";
import { greenOperations } from "./ops/green.ts";
import { qualityOperations } from "./ops/quality.ts";
import { safetyOperations } from "./ops/safety.ts";
import { tenancyOperations } from "./ops/tenancy.ts";
import { timeOperations } from "./ops/time.ts";

/** Brings a vector's inputs into the shape of the project's function, and its result into that of the vector. */
export type Operation = (inputs: Field) => unknown;

/** Every calculation of the catalogue by its name in vector files. */
export const operations: Readonly<Record<string, Operation>> = {
  ...timeOperations,
  ...equipmentOperations,
  ...tenancyOperations,
  ...safetyOperations,
  ...greenOperations,
  ...qualityOperations,
  ...assessmentOperations,
};
