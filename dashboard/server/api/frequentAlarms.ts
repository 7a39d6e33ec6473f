import { Type } from "typebox";
import { alarmPriorities } from "#shared/model/alarm.ts";
import { CodedError } from "#shared/model/errors.ts";
import { hours } from "#shared/model/time.ts";
import type { Dependencies } from "../context.ts";
import type { App } from "../http.ts";
import { ProblemSchema, TextSchema } from "./schemas.ts";
import { parseRange, TimeQuery } from "./times.ts";

/** A month and what clocks shift: the journal is counted while others wait for their answers. */
const longest = hours(32 * 24);

/** Which alarms called most: the bad actors of a day or a month. */
export function frequentAlarmRoutes(app: App, { records, plant }: Dependencies): void {
  app.get(
    "/api/alarms/frequent",
    {
      schema: {
        tags: ["alarms"],
        summary: "Alarms of the plant's lines by annunciations, the most frequent first; 32 days at most",
        querystring: Type.Object(
          {
            from: TimeQuery("Start of the range."),
            to: TimeQuery("End of the range, excluded."),
            line: Type.Optional(Type.String({ minLength: 1, maxLength: 63, description: "Only this line." })),
            limit: Type.Integer({ minimum: 1, maximum: 100, default: 10, description: "At most so many alarms." }),
          },
          { additionalProperties: false },
        ),
        response: {
          200: Type.Object({
            total: Type.Integer({ description: "Annunciations of all alarms, those that are not listed too." }),
            alarms: Type.Array(
              Type.Object({
                alarm: Type.String(),
                line: Type.String(),
                equipment: Type.String(),
                tag: Type.String(),
                name: TextSchema,
                priority: Type.Enum([...alarmPriorities]),
                annunciations: Type.Integer(),
              }),
            ),
          }),
          400: ProblemSchema,
          404: ProblemSchema,
        },
      },
    },
    async ({ query }) => {
      const { from, to } = parseRange(query.from, query.to);
      if (to - from > longest) throw new CodedError("MALFORMED", "The range is longer than 32 days; ask for a part.");
      const lines = plant.lines.map(({ id }) => id).filter((id) => query.line === undefined || id === query.line);
      if (lines.length === 0) throw new CodedError("NOT_FOUND", `There is no line \`${query.line}\`.`);
      const all = records.alarmFrequencies(from, to, lines);
      const total = all.reduce((sum, { annunciations }) => sum + annunciations, 0);
      return { total, alarms: all.slice(0, query.limit) };
    },
  );
}
