import { type Static, Type } from "typebox";
import { DryRun, importedAtOnce, orNull, RecordId, SeenRevision, Text, Why } from "./fields.ts";
import { head } from "./head.ts";

const closed = { additionalProperties: false };

const Evidence = Type.Object(
  {
    fileName: Type.String({ minLength: 1, maxLength: 200 }),
    sha256: Type.String({ pattern: "^[0-9a-f]{64}$" }),
    bytes: Type.Integer({ minimum: 1 }),
  },
  closed,
);

export const DeclarationSchema = Type.Object(
  {
    item: Type.String({ minLength: 1, maxLength: 40, description: "Catalogue id, or a further item." }),
    period: Type.String({ pattern: "^[1-9]\\d{3}(-(Q[1-4]|0[1-9]|1[0-2]))?$" }),
    equipment: orNull(Type.String({ pattern: "^[^/]+/[^/]+$", description: "<line>/<equipment>" })),
    value: Type.Number({ minimum: 0 }),
    evidence: orNull(Evidence),
    note: orNull(Text),
  },
  closed,
);

/** What a person does about declared items. */
export const DeclaredCommandSchema = Type.Union([
  Type.Object({ ...head, kind: Type.Literal("declare"), declaration: DeclarationSchema }),
  Type.Object({
    ...head,
    kind: Type.Literal("correctDeclared"),
    declared: RecordId,
    revision: SeenRevision,
    declaration: DeclarationSchema,
    why: Why,
  }),
  Type.Object({
    ...head,
    kind: Type.Enum(["submitDeclared", "verifyDeclared", "withdrawDeclared"]),
    declared: RecordId,
    revision: SeenRevision,
    why: orNull(Text),
  }),
  Type.Object({
    ...head,
    kind: Type.Literal("rejectDeclared"),
    declared: RecordId,
    revision: SeenRevision,
    why: Why,
  }),
  Type.Object({
    ...head,
    kind: Type.Literal("importDeclared"),
    declarations: Type.Array(DeclarationSchema, { minItems: 1, maxItems: importedAtOnce }),
    dryRun: DryRun,
  }),
]);

export type DeclaredCommand = Static<typeof DeclaredCommandSchema>;
export type Declaration = Static<typeof DeclarationSchema>;
