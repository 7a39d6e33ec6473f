import { Type } from "typebox";
import { orNull, PlantId, Text } from "#shared/wire/command/fields.ts";
import { PriceListSchema, ProjectSchema, TenantSchema } from "#shared/wire/command/tenant.ts";
import type { Dependencies } from "../context.ts";
import type { App } from "../http.ts";
import { commandRoutes } from "./commandRoutes.ts";

const closed = { additionalProperties: false };
const why = { why: orNull(Text) };

/** The registers: tenants, projects, price lists. */
export function tenantRoutes(app: App, dependencies: Dependencies): void {
  const { records } = dependencies;
  app.get(
    "/api/tenants",
    {
      schema: {
        tags: ["tenants"],
        summary: "Tenants, their projects, and the price lists",
        response: {
          200: Type.Object({
            tenants: Type.Array(Type.Unknown()),
            projects: Type.Array(Type.Unknown()),
            priceLists: Type.Array(Type.Unknown()),
          }),
        },
      },
    },
    async () => ({ tenants: records.tenants(), projects: records.projects(), priceLists: records.priceLists() }),
  );
  const add = commandRoutes(app, dependencies);
  add({
    path: "/api/tenants/:id",
    tag: "tenants",
    summary: "Enter or change a tenant",
    params: Type.Object({ id: PlantId }),
    body: Type.Object({ ...TenantSchema.properties, ...why }, closed),
    action: "tenant.save",
    target: ({ id }) => id,
    act: ({ id }, { why, ...tenant }) => ({ kind: "saveTenants", tenants: [{ id, tenant }], why }),
  });
  add({
    path: "/api/projects/:id",
    tag: "tenants",
    summary: "Enter or change a project",
    params: Type.Object({ id: PlantId }),
    body: Type.Object({ ...ProjectSchema.properties, ...why }, closed),
    action: "project.save",
    target: ({ id }) => id,
    act: ({ id }, { why, ...project }) => ({ kind: "saveProjects", projects: [{ id, project }], why }),
  });
  add({
    path: "/api/prices/:id",
    tag: "tenants",
    summary: "Enter or change a price list; the newest that has begun holds",
    params: Type.Object({ id: PlantId }),
    body: Type.Object({ ...PriceListSchema.properties, ...why }, closed),
    action: "prices.save",
    target: ({ id }) => id,
    act: ({ id }, { why, ...prices }) => ({ kind: "savePriceLists", lists: [{ id, prices }], why }),
  });
}
