import { randomUUID } from "node:crypto";
import { Type } from "typebox";
import { CodedError } from "#shared/model/errors.ts";
import { hours } from "#shared/model/time.ts";
import { plantAlarms } from "#shared/plant/select.ts";
import type { CommandOutcome, Dependencies } from "../context.ts";
import { type App, refuse, sessionOf } from "../http.ts";
import { createOnce } from "./once.ts";
import { AlarmEventSchema, AlarmStatusSchema, ProblemSchema } from "./schemas.ts";
import { parseInstant, TimeQuery } from "./times.ts";

/** Range of the journal where the query names none. */
const recently = hours(30 * 24);

export function alarmRoutes(app: App, { plant, state, records, accounts, commands, clock }: Dependencies): void {
  const known = new Set(plantAlarms(plant).map(({ id }) => id));
  const once = createOnce<CommandOutcome>(clock);

  app.get(
    "/api/alarms",
    {
      schema: {
        tags: ["alarms"],
        summary: "Standing alarms, whenever they were raised, as of journal entry `seq`",
        response: { 200: Type.Object({ seq: Type.Integer(), alarms: Type.Array(AlarmStatusSchema) }) },
      },
    },
    async () => ({ seq: state.alarms.seq(), alarms: state.alarms.standing() }),
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

  app.post(
    "/api/alarms/:line/:alarm/acknowledge",
    {
      schema: {
        tags: ["alarms"],
        summary: "Acknowledge an alarm; answers when ingest has done it, or refused",
        params: Type.Object({ line: Type.String({ maxLength: 63 }), alarm: Type.String({ maxLength: 63 }) }),
        headers: Type.Object({
          "idempotency-key": Type.Optional(
            Type.String({ pattern: "^[A-Za-z0-9_-]{8,64}$", description: "The same key again repeats nothing." }),
          ),
        }),
        body: Type.Object(
          { comment: Type.String({ default: "", maxLength: 500, description: "Kept in the journal." }) },
          { additionalProperties: false },
        ),
        response: {
          200: Type.Object({ outcome: Type.Literal("done") }),
          404: ProblemSchema,
          409: ProblemSchema,
          503: ProblemSchema,
          504: ProblemSchema,
        },
      },
    },
    async (request, reply) => {
      const { user } = sessionOf(request);
      const alarm = `${plant.platform.id}/${request.params.line}/${request.params.alarm}`;
      if (!known.has(alarm)) throw new CodedError("NOT_FOUND", `There is no alarm \`${alarm}\`.`);
      const id = request.headers["idempotency-key"] ?? randomUUID();
      const { comment } = request.body;
      const entry = { user, address: request.ip, action: "acknowledge", target: alarm } as const;
      const outcome = await once(JSON.stringify([user, alarm, id]), async () => {
        try {
          const answer = await commands.acknowledge({ id, user, alarm, comment });
          const refused = answer.outcome === "refused" ? { detail: `${answer.code}: ${answer.detail}` } : {};
          accounts.audit.append({ ...entry, at: clock.now(), outcome: answer.outcome, ...refused });
          return answer;
        } catch (error) {
          accounts.audit.append({ ...entry, at: clock.now(), outcome: "failed" });
          throw error;
        }
      });
      if (outcome.outcome === "done") return outcome;
      return refuse(reply, 409, { error: outcome.code, detail: outcome.detail });
    },
  );
}
