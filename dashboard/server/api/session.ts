import { type Static, Type } from "typebox";
import { forgetFirstPassword } from "../accounts/firstUser.ts";
import { passwordLength } from "../accounts/password.ts";
import type { Session } from "../accounts/sessions.ts";
import type { Dependencies } from "../context.ts";
import type { SessionCookie } from "../cookie.ts";
import { type App, refuse, sessionOf } from "../http.ts";
import { roles } from "../roles.ts";
import { InstantSchema, ProblemSchema } from "./schemas.ts";

const SessionSchema = Type.Object(
  {
    user: Type.String(),
    role: Type.Enum([...roles]),
    initialPassword: Type.Boolean({ description: "The password is still the one that the system made." }),
    lastLoginAt: Type.Union([InstantSchema, Type.Null()]),
    expiresAt: InstantSchema,
  },
  { additionalProperties: false, description: "The signed-in user." },
);

const answerOf = ({ id: _, ...session }: Session): Static<typeof SessionSchema> => session;

/** Guesses per minute and address, whatever the name. */
const loginsPerMinute = 10;
const Secret = (description: string) => Type.String({ maxLength: passwordLength.max, description });

export function sessionRoutes(app: App, { accounts, clock, firstUserFile }: Dependencies, cookie: SessionCookie): void {
  app.post(
    "/api/login",
    {
      config: { rateLimit: { max: loginsPerMinute, timeWindow: 60_000, keyGenerator: ({ ip }: { ip: string }) => ip } },
      schema: {
        tags: ["session"],
        summary: "Sign in: sets the session cookie",
        body: Type.Object(
          { user: Type.String({ minLength: 1, maxLength: 63 }), password: Secret("The password.") },
          { additionalProperties: false },
        ),
        response: { 200: SessionSchema, 401: ProblemSchema, 429: ProblemSchema },
      },
    },
    async (request, reply) => {
      const { user, password } = request.body;
      const outcome = await accounts.login(user, password, request.ip);
      const entry = { at: clock.now(), user, address: request.ip, action: "login" } as const;
      if (outcome.kind === "in") {
        accounts.audit.append({ ...entry, outcome: "done" });
        // A session never survives a login: what a thief may have planted before is worth nothing.
        if (request.session) accounts.logout(request.session);
        reply.setCookie(cookie.name, outcome.token, cookie.options);
        return answerOf(outcome.session);
      }
      accounts.audit.append({ ...entry, outcome: "refused", detail: outcome.kind });
      if (outcome.kind === "wrong")
        return refuse(reply, 401, { error: "FORBIDDEN", detail: "Wrong user or password." });
      reply.header("retry-after", Math.ceil(outcome.remaining / 1_000));
      const detail = "Too many wrong passwords; wait and try again.";
      return refuse(reply, 429, { error: "FORBIDDEN", detail, retryAfterMs: outcome.remaining });
    },
  );

  app.post(
    "/api/logout",
    { schema: { tags: ["session"], summary: "Sign out", response: { 204: Type.Null() } } },
    async (request, reply) => {
      const session = sessionOf(request);
      accounts.logout(session);
      accounts.audit.append({
        at: clock.now(),
        user: session.user,
        address: request.ip,
        action: "logout",
        outcome: "done",
      });
      return reply.clearCookie(cookie.name, cookie.options).code(204).send();
    },
  );

  app.get(
    "/api/session",
    {
      schema: { tags: ["session"], summary: "Who is signed in", response: { 200: SessionSchema, 401: ProblemSchema } },
    },
    async (request) => answerOf(sessionOf(request)),
  );

  app.post(
    "/api/password",
    {
      config: { rateLimit: { max: loginsPerMinute, timeWindow: 60_000 } },
      schema: {
        tags: ["session"],
        summary: "Change the own password; ends the user's other sessions",
        body: Type.Object(
          {
            current: Secret("The password so far."),
            next: Secret(`The new one, ${passwordLength.min} characters or more.`),
          },
          { additionalProperties: false },
        ),
        response: { 204: Type.Null(), 400: ProblemSchema, 403: ProblemSchema },
      },
    },
    async (request, reply) => {
      const session = sessionOf(request);
      const entry = { at: clock.now(), user: session.user, address: request.ip, action: "password" } as const;
      try {
        await accounts.changePassword(session, request.body.current, request.body.next, request.ip);
      } catch (error) {
        accounts.audit.append({ ...entry, outcome: "refused" });
        throw error;
      }
      accounts.audit.append({ ...entry, outcome: "done" });
      if (session.initialPassword) await forgetFirstPassword(firstUserFile, session.user);
      return reply.code(204).send();
    },
  );
}
