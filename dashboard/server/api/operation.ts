import { Type } from "typebox";
import { calendar as calendarOf } from "#shared/model/calendar.ts";
import type { Dependencies } from "../context.ts";
import { type App, clientSignal } from "../http.ts";
import { energyOf } from "../operation/energy.ts";
import { utilisationOf } from "../operation/utilisation.ts";
import { EnergyAnswerSchema, UtilisationAnswerSchema } from "./operationSchemas.ts";
import { ProblemSchema } from "./schemas.ts";

const Query = Type.Object(
  {
    period: Type.String({ maxLength: 10, description: "Local period: 2026-11-26, 2026-11, 2026-Q4 or 2026." }),
    scope: Type.Optional(
      Type.String({ maxLength: 200, description: "<platform>[/<line>[/<equipment>]]; the platform where left out." }),
    ),
  },
  { additionalProperties: false },
);

/** Energy and use of a scope over any period, from the facts that the figures are made of. */
export function operationRoutes(app: App, dependencies: Dependencies): void {
  const calendar = calendarOf(dependencies.plant.platform.timeZone);
  const parts = { ...dependencies, calendar };
  const { id: platform } = dependencies.plant.platform;
  app.get(
    "/api/energy",
    {
      schema: {
        tags: ["operation"],
        summary:
          "Energy by time, state, band and run, its balance, demand, CO₂, media and baseline; sums are those of G-01",
        querystring: Query,
        response: { 200: EnergyAnswerSchema, 400: ProblemSchema, 404: ProblemSchema, 503: ProblemSchema },
      },
    },
    async ({ query }, reply) =>
      energyOf(parts, calendar.period(query.period), query.scope ?? platform, clientSignal(reply)),
  );
  app.get(
    "/api/utilisation",
    {
      schema: {
        tags: ["operation"],
        summary: "Use: ladder from calendar to effective hours, heat map, bookings against use, tenants' shares",
        querystring: Query,
        response: { 200: UtilisationAnswerSchema, 400: ProblemSchema, 404: ProblemSchema, 503: ProblemSchema },
      },
    },
    async ({ query }, reply) =>
      utilisationOf(parts, calendar.period(query.period), query.scope ?? platform, clientSignal(reply)),
  );
}
