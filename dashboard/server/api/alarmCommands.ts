import { randomUUID } from "node:crypto";
import { type Static, type TObject, Type } from "typebox";
import { CodedError } from "#shared/model/errors.ts";
import { instant, minutes } from "#shared/model/time.ts";
import { plantAlarms } from "#shared/plant/select.ts";
import type { AlarmAct } from "#shared/wire/commands.ts";
import type { AuditAction } from "../accounts/audit.ts";
import type { CommandOutcome, Dependencies } from "../context.ts";
import { type App, refuse, sessionOf } from "../http.ts";
import { createOnce } from "./once.ts";
import { ProblemSchema } from "./schemas.ts";

const closed = { additionalProperties: false };
const CommentBody = Type.Object(
  { comment: Type.String({ default: "", maxLength: 500, description: "Kept in the journal." }) },
  closed,
);
const ReasonBody = Type.Object(
  { comment: Type.String({ minLength: 1, maxLength: 500, description: "Why; kept in the journal." }) },
  closed,
);
const ShelveBody = Type.Object(
  {
    comment: ReasonBody.properties.comment,
    minutes: Type.Integer({
      minimum: 1,
      maximum: 10_080,
      description: "For so long; the plant model has the maximum.",
    }),
  },
  closed,
);

export function alarmCommandRoutes(app: App, { plant, accounts, commands, clock }: Dependencies): void {
  const known = new Set(plantAlarms(plant).map(({ id }) => id));
  const once = createOnce<CommandOutcome>(clock);

  /** One command as `POST /api/alarms/<line>/<alarm>/<path>`. */
  const command = <Body extends TObject>(
    path: string,
    summary: string,
    body: Body,
    action: AuditAction,
    act: (body: Static<Body>) => AlarmAct,
  ): void => {
    app.post(
      `/api/alarms/:line/:alarm/${path}`,
      {
        schema: {
          tags: ["alarms"],
          summary: `${summary}; answers when ingest has done it, or refused`,
          params: Type.Object({ line: Type.String({ maxLength: 63 }), alarm: Type.String({ maxLength: 63 }) }),
          headers: Type.Object({
            "idempotency-key": Type.Optional(
              Type.String({ pattern: "^[A-Za-z0-9_-]{8,64}$", description: "The same key again repeats nothing." }),
            ),
          }),
          body,
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
        const { line, alarm: name } = request.params as { readonly line: string; readonly alarm: string };
        const alarm = `${plant.platform.id}/${line}/${name}`;
        if (!known.has(alarm)) throw new CodedError("NOT_FOUND", `There is no alarm \`${alarm}\`.`);
        const key = request.headers["idempotency-key"];
        const id = typeof key === "string" ? key : randomUUID();
        const entry = { user, address: request.ip, action, target: alarm } as const;
        const outcome = await once(JSON.stringify([user, alarm, path, id]), async () => {
          try {
            const answer = await commands.alarm({ id, user, alarm, ...act(request.body as Static<Body>) });
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
  };

  const optional = ({ comment }: Static<typeof CommentBody>) => ({ comment: comment === "" ? null : comment });
  command("acknowledge", "Acknowledge an alarm", CommentBody, "acknowledge", (body) => ({
    kind: "acknowledge",
    ...optional(body),
  }));
  command("reset", "Reset a latched alarm", CommentBody, "alarm.reset", (body) => ({
    kind: "reset",
    ...optional(body),
  }));
  command("comment", "Write a comment into the journal", ReasonBody, "alarm.comment", ({ comment }) => ({
    kind: "comment",
    comment,
  }));
  command("shelve", "Shelve an alarm for a time", ShelveBody, "alarm.shelve", ({ comment, minutes: length }) => ({
    kind: "shelve",
    comment,
    until: instant(clock.now() + minutes(length)),
  }));
  command("unshelve", "End the shelving of an alarm", CommentBody, "alarm.unshelve", (body) => ({
    kind: "unshelve",
    ...optional(body),
  }));
  command("remove-from-service", "Take an alarm out of service, under a permit", ReasonBody, "alarm.out", (body) => ({
    kind: "removeFromService",
    comment: body.comment,
  }));
  command("return-to-service", "Put an alarm back into service", CommentBody, "alarm.in", (body) => ({
    kind: "returnToService",
    ...optional(body),
  }));
}
