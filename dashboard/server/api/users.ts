import { Type } from "typebox";
import { userNamePattern } from "../accounts/users.ts";
import type { Dependencies } from "../context.ts";
import { type App, sessionOf } from "../http.ts";
import { roles } from "../roles.ts";
import { InstantSchema, ProblemSchema } from "./schemas.ts";

const UserSchema = Type.Object(
  {
    name: Type.String(),
    role: Type.Enum([...roles]),
    disabled: Type.Boolean(),
    initialPassword: Type.Boolean({ description: "The password is still one that the system made." }),
    lastLoginAt: Type.Union([InstantSchema, Type.Null()]),
  },
  { additionalProperties: false, description: "A user of the pages." },
);
const RoleSchema = Type.Enum([...roles]);
const NameParams = Type.Object({ name: Type.String({ maxLength: 63 }) });
const PasswordSchema = Type.Object({ password: Type.String({ description: "Shown this once." }) });
const AuditSchema = Type.Object({
  id: Type.Integer(),
  at: InstantSchema,
  user: Type.Union([Type.String(), Type.Null()]),
  address: Type.String(),
  action: Type.String(),
  target: Type.Optional(Type.String()),
  outcome: Type.String(),
  detail: Type.Optional(Type.String()),
});

/** Users are disabled, never deleted: the journal and the audit log name them. */
export function userRoutes(app: App, { accounts, clock }: Dependencies): void {
  const tags = ["users"];

  app.get(
    "/api/users",
    { schema: { tags, summary: "All users", response: { 200: Type.Object({ users: Type.Array(UserSchema) }) } } },
    async () => ({ users: accounts.users() }),
  );
  app.post(
    "/api/users",
    {
      schema: {
        tags,
        summary: "Make a user; answers with the random password, this once",
        body: Type.Object(
          { name: Type.String({ pattern: userNamePattern }), role: RoleSchema },
          { additionalProperties: false },
        ),
        response: { 200: PasswordSchema, 409: ProblemSchema },
      },
    },
    async (request) => {
      const { name, role } = request.body;
      const password = await accounts.createUser(name, role);
      const by = { at: clock.now(), user: sessionOf(request).user, address: request.ip };
      accounts.audit.append({ ...by, action: "user.create", target: name, outcome: "done", detail: role });
      return { password };
    },
  );
  app.post(
    "/api/users/:name",
    {
      schema: {
        tags,
        summary: "Change role or disable; takes effect at once, also on open pages",
        params: NameParams,
        body: Type.Object(
          { role: Type.Optional(RoleSchema), disabled: Type.Optional(Type.Boolean()) },
          { additionalProperties: false },
        ),
        response: { 200: UserSchema, 404: ProblemSchema, 409: ProblemSchema },
      },
    },
    async (request) => {
      const { name } = request.params;
      const user = accounts.changeUser(name, request.body);
      const by = { at: clock.now(), user: sessionOf(request).user, address: request.ip };
      const detail = JSON.stringify(request.body);
      accounts.audit.append({ ...by, action: "user.change", target: name, outcome: "done", detail });
      return user;
    },
  );
  app.post(
    "/api/users/:name/password",
    {
      schema: {
        tags,
        summary: "A new random password, this once; ends the user's sessions",
        params: NameParams,
        response: { 200: PasswordSchema, 404: ProblemSchema },
      },
    },
    async (request) => {
      const { name } = request.params;
      const by = { at: clock.now(), user: sessionOf(request).user, address: request.ip };
      const password = await accounts.resetPassword(name);
      accounts.audit.append({ ...by, action: "user.change", target: name, outcome: "done", detail: "password" });
      return { password };
    },
  );
  app.get(
    "/api/audit",
    {
      schema: {
        tags,
        summary: "Audit log, newest first",
        querystring: Type.Object(
          {
            before: Type.Integer({ minimum: 1, default: Number.MAX_SAFE_INTEGER, description: "Ids below this one." }),
            limit: Type.Integer({ minimum: 1, maximum: 1_000, default: 200 }),
          },
          { additionalProperties: false },
        ),
        response: { 200: Type.Object({ entries: Type.Array(AuditSchema) }) },
      },
    },
    async ({ query: { before, limit } }) => ({ entries: accounts.audit.list(before, limit) }),
  );
}
