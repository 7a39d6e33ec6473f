import { Type } from "typebox";
import { createLocalIso } from "#shared/model/localIso.ts";
import type { Dependencies } from "../context.ts";
import { type App, sessionOf } from "../http.ts";
import { statements } from "../usage/periodStatement.ts";
import { statementCsv } from "../usage/statementCsv.ts";
import { ProblemSchema } from "./schemas.ts";

const Query = Type.Object(
  {
    period: Type.String({ maxLength: 10, description: "Local period: 2026-11, 2026-Q4, 2026 or a day." }),
    tenant: Type.Optional(
      Type.String({ maxLength: 63, description: "Only his rows; empty for what nothing attributes." }),
    ),
  },
  { additionalProperties: false },
);

/** Usage statements: what tenants used in a period, and what it costs. */
export function usageRoutes(app: App, { plant, records, clock, accounts }: Dependencies): void {
  const statement = statements({ plant, records, clock });
  app.get(
    "/api/usage",
    {
      schema: {
        tags: ["usage"],
        summary: "Usage statement of a period: hours, energy, water, alarms and amounts by tenant, project, equipment",
        querystring: Query,
        response: { 200: Type.Object({}, { description: "The statement." }), 400: ProblemSchema },
      },
    },
    async ({ query }) => statement(query.period, query.tenant),
  );
  app.get(
    "/api/usage.csv",
    {
      schema: {
        tags: ["usage"],
        summary: "The same as CSV (UTF-8 with byte order mark)",
        querystring: Query,
        response: { 400: ProblemSchema },
      },
    },
    async (request, reply) => {
      const { user } = sessionOf(request);
      const { period, tenant } = request.query;
      const now = clock.now();
      const target = `usage ${period} ${tenant ?? ""}`.trim();
      accounts.audit.append({ at: now, user, address: request.ip, action: "export", target, outcome: "done" });
      const tenants = new Map(records.tenants().map(({ id, name }) => [id, name]));
      const machines = new Map(
        plant.lines.flatMap((line) => line.equipment.map(({ id, name }) => [`${line.id}/${id}`, name.zh] as const)),
      );
      const csv = statementCsv(statement(period, tenant), {
        platform: plant.platform.name.zh,
        createdBy: user,
        createdAt: createLocalIso(plant.platform.timeZone)(now),
        nameOfTenant: (id) => tenants.get(id) ?? id,
        nameOfEquipment: (line, equipment) => machines.get(`${line}/${equipment}`) ?? equipment,
      });
      return reply
        .type("text/csv; charset=utf-8")
        .header("content-disposition", `attachment; filename="usage_${period}.csv"`)
        .send(csv);
    },
  );
}
