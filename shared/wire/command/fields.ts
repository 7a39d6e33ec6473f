import { Type } from "typebox";

export const orNull = <const T extends Parameters<typeof Type.Optional>[0]>(schema: T) =>
  Type.Union([schema, Type.Null()]);

/** An id of the plant model, or of the registers of tenants, projects and price lists. */
export const PlantId = Type.String({ pattern: "^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$" });
/** Of a run, a booking or a declared item: `R000042`. */
export const RecordId = Type.String({ pattern: "^[A-Z]\\d{6,9}$" });
export const Text = Type.String({ minLength: 1, maxLength: 500 });
/** Why something was changed; the history keeps it. */
export const Why = Type.String({ minLength: 1, maxLength: 500, description: "Why; kept in the history." });
export const Amount = Type.Number({ minimum: 0 });
/** The revision that a person has seen: a change behind his back is not overwritten. */
export const SeenRevision = Type.Integer({ minimum: 1, description: "The revision that was seen." });
/** Says what would be added, and changes nothing. */
export const DryRun = Type.Optional(Type.Boolean({ description: "Changes nothing; says what would be added." }));
/** So many records come with one command of an import. */
export const importedAtOnce = 200;
