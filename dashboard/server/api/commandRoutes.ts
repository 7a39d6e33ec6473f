import { randomUUID } from "node:crypto";
import { type Static, type TObject, Type } from "typebox";
import type { CommandAct } from "#shared/wire/command/registry.ts";
import type { AuditAction } from "../accounts/audit.ts";
import type { CommandOutcome, Dependencies } from "../context.ts";
import { type App, refuse, sessionOf } from "../http.ts";
import { exactBodies } from "./exactBodies.ts";
import { createOnce } from "./once.ts";
import { ProblemSchema } from "./schemas.ts";

const DoneSchema = Type.Object({
  outcome: Type.Literal("done"),
  detail: Type.Optional(Type.String()),
  outcomes: Type.Optional(
    Type.Array(
      Type.Object({
        alarm: Type.String(),
        outcome: Type.Enum(["done", "refused"]),
        code: Type.Optional(Type.String()),
        detail: Type.Optional(Type.String()),
      }),
      { description: "Of a command about many alarms: one each, in their order." },
    ),
  ),
});

/** One command as `POST <path>`. */
export interface CommandRoute<Params extends TObject, Body extends TObject> {
  /** For example `/api/alarms/:line/:alarm/shelve`; the gate must list it. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly params: Params;
  readonly body: Body;
  readonly action: AuditAction;
  /** What it is about, for the audit log; throws `NOT_FOUND` where there is no such thing. */
  target(params: Static<Params>, body: Static<Body>): string;
  act(params: Static<Params>, body: Static<Body>): CommandAct;
}

export type AddCommand = <Params extends TObject, Body extends TObject>(route: CommandRoute<Params, Body>) => void;

/**
 * Adds commands to ingest as routes: in the user's name, written into the audit log, and done once per idempotency key.
 * Answers 200 when ingest has done it, 409 where it refused, 503 without a broker, 504 without an answer.
 */
export function commandRoutes(app: App, { accounts, commands, clock }: Dependencies): AddCommand {
  const once = createOnce<CommandOutcome>(clock);
  return ({ path, tag, summary, params, body, action, target, act }) => {
    app.post(
      path,
      {
        validatorCompiler: exactBodies,
        schema: {
          tags: [tag],
          summary: `${summary}; answers when ingest has done it, or refused`,
          params,
          headers: Type.Object({
            "idempotency-key": Type.Optional(
              Type.String({ pattern: "^[A-Za-z0-9_-]{8,64}$", description: "The same key again repeats nothing." }),
            ),
          }),
          body,
          response: {
            200: DoneSchema,
            404: ProblemSchema,
            409: ProblemSchema,
            503: ProblemSchema,
            504: ProblemSchema,
          },
        },
      },
      async (request, reply) => {
        const { user } = sessionOf(request);
        const asked = [request.params as Static<typeof params>, request.body as Static<typeof body>] as const;
        const about = target(...asked);
        const key = request.headers["idempotency-key"];
        const id = typeof key === "string" ? key : randomUUID();
        const entry = { user, address: request.ip, action, target: about } as const;
        const outcome = await once(JSON.stringify([user, about, path, id]), async () => {
          try {
            const answer = await commands.ask({ id, user, ...act(...asked) });
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
}
