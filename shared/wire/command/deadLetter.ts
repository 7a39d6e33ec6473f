import { type Static, Type } from "typebox";
import { head } from "./head.ts";

/** What an operator asks on the command line. */
export const DeadLetterCommandSchema = Type.Object({
  ...head,
  kind: Type.Literal("deadLetter"),
  /** Store what the letters hold after all, or give it up. */
  action: Type.Enum(["replay", "drop"]),
  /** Their ids. */
  letters: Type.Array(Type.Integer({ minimum: 1 }), { minItems: 1, maxItems: 1_000 }),
});

export type DeadLetterCommand = Static<typeof DeadLetterCommandSchema>;
