import { Type } from "typebox";
import { hours } from "#shared/model/time.ts";
import type { Dependencies } from "../context.ts";
import type { App } from "../http.ts";
import { AlarmEventSchema, AlarmStatusSchema, ProblemSchema } from "./schemas.ts";
import { parseInstant, TimeQuery } from "./times.ts";

/** Range of the journal where the query names none. */
const recently = hours(30 * 24);

export function alarmRoutes(app: App, { state, records, clock }: Dependencies): void {
  app.get(
    "/api/alarms",
    {
      schema: {
        tags: ["alarms"],
        summary: "Alarms that are not normal, hidden ones among them, as of journal entry `seq`",
        response: { 200: Type.Object({ seq: Type.Integer(), alarms: Type.Array(AlarmStatusSchema) }) },
      },
    },
    async () => ({ seq: state.alarms.seq(), alarms: state.alarms.listed() }),
  );

  app.get(
    "/api/alarms/journal",
    {
      schema: {
        tags: ["alarms"],
        summary: "Alarm journal, newest first; the last 30 days where no range is given",
        querystring: Type.Object(
          {
            from: Type.Optional(TimeQuery("Start of the range.")),
            to: Type.Optional(TimeQuery("End of the range, excluded.")),
            line: Type.Optional(Type.String({ maxLength: 63, description: "Only this line." })),
            limit: Type.Integer({ minimum: 1, maximum: 1_000, default: 200, description: "At most so many entries." }),
          },
          { additionalProperties: false },
        ),
        response: { 200: Type.Object({ events: Type.Array(AlarmEventSchema) }), 400: ProblemSchema },
      },
    },
    async ({ query: { from, to, line, limit } }) => {
      // A source clock may run ahead of this one; its events are shown all the same.
      const end = to === undefined ? clock.now() + hours(24) : parseInstant("to", to);
      const range = {
        from: parseInstant("from", from ?? String(Math.max(0, end - recently))),
        to: parseInstant("to", String(end)),
      };
      return { events: records.alarmEvents({ ...range, ...(line === undefined ? {} : { line }), limit }) };
    },
  );
}
