import { type Static, Type } from "typebox";
import { equipmentStates } from "#shared/model/equipment.ts";
import type { StateCorrection } from "#shared/model/stateCorrection.ts";
import { Instant } from "../derivedSchemas.ts";
import { head } from "./head.ts";

const known = Object.keys(equipmentStates).filter((state) => state !== "UNK") as StateCorrection["state"][];
const Reason = Type.String({ minLength: 1 });

/** What a person says of an equipment's state over a time, and takes back. */
export const StateCorrectionCommandSchema = Type.Union([
  Type.Object({
    ...head,
    kind: Type.Literal("correctState"),
    line: Type.String({ minLength: 1 }),
    equipment: Type.String({ minLength: 1 }),
    from: Instant,
    to: Instant,
    state: Type.Enum(known),
    reason: Reason,
  }),
  Type.Object({
    ...head,
    kind: Type.Literal("withdrawCorrection"),
    correction: Type.String({ minLength: 1 }),
    reason: Reason,
  }),
]);

export type StateCorrectionCommand = Static<typeof StateCorrectionCommandSchema>;
