import { type Static, Type } from "typebox";
import { runKinds } from "#shared/model/run.ts";
import { Instant } from "../derivedSchemas.ts";
import { Amount, DryRun, importedAtOnce, orNull, PlantId, RecordId, SeenRevision, Text, Why } from "./fields.ts";
import { head } from "./head.ts";

const closed = { additionalProperties: false };
const Equipment = Type.Array(PlantId, { minItems: 1, maxItems: 100 });

const Quantities = Type.Object(
  {
    unit: Type.String({ minLength: 1, maxLength: 30 }),
    planned: orNull(Amount),
    produced: orNull(Amount),
    good: orNull(Amount),
  },
  closed,
);

/** What people say of a run besides where and when it is. */
const facts = {
  project: orNull(PlantId),
  tenant: orNull(PlantId),
  kind: Type.Enum([...runKinds]),
  batch: orNull(Text),
  recipe: orNull(Text),
  lot: orNull(Text),
  quantities: orNull(Quantities),
  plannedSecondsPerUnit: orNull(Type.Number({ exclusiveMinimum: 0 })),
  note: orNull(Text),
} as const;
const place = { line: PlantId, equipment: Equipment } as const;
const ending = { state: Type.Enum(["completed", "aborted"]), reason: orNull(Text) } as const;

export const NewRunSchema = Type.Object({ ...place, ...facts, from: Instant }, closed);
export const RunEndSchema = Type.Object({ ...ending, to: Instant, quantities: orNull(Quantities) }, closed);
export const RunChangeSchema = Type.Partial(
  Type.Object({
    ...facts,
    equipment: Equipment,
    from: Instant,
    to: orNull(Instant),
    state: Type.Enum(["running", "completed", "aborted"]),
    reason: orNull(Text),
  }),
  { ...closed, minProperties: 1 },
);
/** A whole run, as an import brings it. */
export const WholeRunSchema = Type.Object(
  {
    ...place,
    ...facts,
    from: Instant,
    to: orNull(Instant),
    state: Type.Enum(["running", "completed", "aborted"]),
    reason: orNull(Text),
  },
  closed,
);

/** What a person does about runs. */
export const RunCommandSchema = Type.Union([
  Type.Object({ ...head, kind: Type.Literal("startRun"), run: NewRunSchema }),
  Type.Object({ ...head, kind: Type.Literal("endRun"), run: RecordId, end: RunEndSchema }),
  Type.Object({
    ...head,
    kind: Type.Literal("correctRun"),
    run: RecordId,
    revision: SeenRevision,
    change: RunChangeSchema,
    why: Why,
  }),
  Type.Object({ ...head, kind: Type.Literal("voidRun"), run: RecordId, why: Why }),
  Type.Object({
    ...head,
    kind: Type.Literal("importRuns"),
    runs: Type.Array(WholeRunSchema, { minItems: 1, maxItems: importedAtOnce }),
    dryRun: DryRun,
  }),
]);

export type RunCommand = Static<typeof RunCommandSchema>;
export type NewRun = Static<typeof NewRunSchema>;
export type WholeRun = Static<typeof WholeRunSchema>;
