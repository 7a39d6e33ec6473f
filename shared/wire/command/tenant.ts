import { type Static, Type } from "typebox";
import { relations } from "#shared/model/tenant.ts";
import { Amount, DryRun, importedAtOnce, orNull, PlantId, Text } from "./fields.ts";
import { head } from "./head.ts";

const closed = { additionalProperties: false };
const MaybeWhy = orNull(Text);

export const TenantSchema = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 200 }),
    relation: Type.Enum([...relations]),
    creditCode: orNull(Type.String({ pattern: "^[0-9A-Z]{18}$", description: "统一社会信用代码" })),
    contact: orNull(Text),
    active: Type.Boolean(),
  },
  closed,
);
export const ProjectSchema = Type.Object(
  { name: Type.String({ minLength: 1, maxLength: 200 }), tenant: PlantId, active: Type.Boolean() },
  closed,
);
export const PriceListSchema = Type.Object(
  {
    validFrom: Type.String({ pattern: "^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$" }),
    perHour: Type.Record(Type.String({ pattern: "^[^/]+/[^/]+$" }), Amount),
    energy: Type.Object({ perKwh: Amount, byBand: Type.Record(Type.String({ maxLength: 30 }), Amount) }, closed),
    waterPerM3: Amount,
    source: Text,
  },
  closed,
);

const NewTenantSchema = Type.Object({ id: PlantId, tenant: TenantSchema });
const NewProjectSchema = Type.Object({ id: PlantId, project: ProjectSchema });
const NewPriceListSchema = Type.Object({ id: PlantId, prices: PriceListSchema });

/** What a person enters into the registers. The same id again is a further revision. */
export const TenantCommandSchema = Type.Union([
  Type.Object({
    ...head,
    kind: Type.Literal("saveTenants"),
    tenants: Type.Array(NewTenantSchema, { minItems: 1, maxItems: importedAtOnce }),
    why: MaybeWhy,
    dryRun: DryRun,
  }),
  Type.Object({
    ...head,
    kind: Type.Literal("saveProjects"),
    projects: Type.Array(NewProjectSchema, { minItems: 1, maxItems: importedAtOnce }),
    why: MaybeWhy,
    dryRun: DryRun,
  }),
  Type.Object({
    ...head,
    kind: Type.Literal("savePriceLists"),
    lists: Type.Array(NewPriceListSchema, { minItems: 1, maxItems: importedAtOnce }),
    why: MaybeWhy,
    dryRun: DryRun,
  }),
]);

export type TenantCommand = Static<typeof TenantCommandSchema>;
export type NewTenant = Static<typeof NewTenantSchema>;
export type NewProject = Static<typeof NewProjectSchema>;
export type NewPriceList = Static<typeof NewPriceListSchema>;
