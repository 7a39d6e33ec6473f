import { type Static, type TObject, Type } from "typebox";
import { CodedError } from "#shared/model/errors.ts";
import { instant, minutes } from "#shared/model/time.ts";
import { plantAlarms } from "#shared/plant/select.ts";
import { systemAlarms } from "#shared/plant/systemLine.ts";
import { type AlarmAct, mostAlarms } from "#shared/wire/command/alarm.ts";
import type { AuditAction } from "../accounts/audit.ts";
import type { Dependencies } from "../context.ts";
import type { App } from "../http.ts";
import { commandRoutes } from "./commandRoutes.ts";

const closed = { additionalProperties: false };
const Params = Type.Object({ line: Type.String({ maxLength: 63 }), alarm: Type.String({ maxLength: 127 }) });
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

const Alarms = Type.Array(Type.String({ maxLength: 200 }), {
  ...{ minItems: 1, maxItems: mostAlarms, uniqueItems: true },
  description: "Ids: <platform>/<line>/<alarm>.",
});

/** What people do about alarms: `POST /api/alarms/<line>/<alarm>/<path>` for one, `POST /api/alarms/<path>` for many. */
export function alarmCommandRoutes(app: App, dependencies: Dependencies): void {
  const { plant, clock } = dependencies;
  const add = commandRoutes(app, dependencies);
  const known = new Set([...plantAlarms(plant), ...systemAlarms(plant)].map(({ id }) => id));
  const idOf = ({ line, alarm }: Static<typeof Params>): string => {
    const id = `${plant.platform.id}/${line}/${alarm}`;
    if (!known.has(id)) throw new CodedError("NOT_FOUND", `There is no alarm \`${id}\`.`);
    return id;
  };
  const command = <Body extends TObject>(
    path: string,
    summary: string,
    body: Body,
    action: AuditAction,
    act: (body: Static<Body>) => AlarmAct,
  ): void => {
    add({
      path: `/api/alarms/:line/:alarm/${path}`,
      tag: "alarms",
      summary,
      params: Params,
      body,
      action,
      target: idOf,
      act: (params, asked) => ({ alarm: idOf(params), ...act(asked) }),
    });
    add({
      path: `/api/alarms/${path}`,
      tag: "alarms",
      summary: `${summary}, or up to ${mostAlarms} at once, each with an outcome of its own`,
      params: Type.Object({}),
      body: Type.Object({ ...body.properties, alarms: Alarms }, closed),
      action,
      target: (_, { alarms }) => (alarms as readonly string[]).join(" "),
      act: (_, { alarms, ...asked }) => ({
        kind: "alarms",
        alarms: alarms as string[],
        act: act(asked as Static<Body>),
      }),
    });
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
