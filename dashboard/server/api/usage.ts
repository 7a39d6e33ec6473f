import { Type } from "typebox";
import { calendar } from "#shared/model/calendar.ts";
import { instant } from "#shared/model/time.ts";
import type { Dependencies } from "../context.ts";
import { createLocalIso } from "../history/csv.ts";
import { type App, sessionOf } from "../http.ts";
import { usageStatement } from "../usage/statement.ts";
import { statementCsv } from "../usage/statementCsv.ts";
import { ProblemSchema } from "./schemas.ts";

const dayMs = 86_400_000;
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
  const { period: periodOf, periodAt } = calendar(plant.platform.timeZone);
  const statementOf = ({ period: name, tenant }: { period: string; tenant?: string }) => {
    const period = periodOf(name);
    const now = clock.now();
    const first = periodAt("day", period.from).name;
    const last = periodAt("day", instant(period.to - 1)).name;
    const elapsedDays = Math.max(0, Math.ceil((Math.min(period.to, now) - period.from) / dayMs));
    const days = records.usageDays(first, last);
    return usageStatement(period, days, records.priceLists(), elapsedDays * plant.lines.length, now, tenant);
  };
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
    async ({ query }) => statementOf(query),
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
      const statement = statementOf(request.query);
      const now = clock.now();
      const target = `usage ${statement.period} ${request.query.tenant ?? ""}`.trim();
      accounts.audit.append({ at: now, user, address: request.ip, action: "export", target, outcome: "done" });
      const tenants = new Map(records.tenants().map(({ id, name }) => [id, name]));
      const machines = new Map(
        plant.lines.flatMap((line) => line.equipment.map(({ id, name }) => [`${line.id}/${id}`, name.zh] as const)),
      );
      const csv = statementCsv(statement, {
        platform: plant.platform.name.zh,
        createdBy: user,
        createdAt: createLocalIso(plant.platform.timeZone)(now),
        nameOfTenant: (id) => tenants.get(id) ?? id,
        nameOfEquipment: (line, equipment) => machines.get(`${line}/${equipment}`) ?? equipment,
      });
      return reply
        .type("text/csv; charset=utf-8")
        .header("content-disposition", `attachment; filename="usage_${statement.period}.csv"`)
        .send(csv);
    },
  );
}
