import { type Static, type TObject, Type } from "typebox";
import { calendar } from "#shared/model/calendar.ts";
import { CodedError } from "#shared/model/errors.ts";
import { DeclarationSchema } from "#shared/wire/command/declared.ts";
import { orNull, SeenRevision, Text, Why } from "#shared/wire/command/fields.ts";
import type { CommandAct } from "#shared/wire/command/registry.ts";
import type { AuditAction } from "../accounts/audit.ts";
import type { Dependencies } from "../context.ts";
import type { App } from "../http.ts";
import { crossChecks } from "../usage/crossChecks.ts";
import { statements } from "../usage/periodStatement.ts";
import { commandRoutes } from "./commandRoutes.ts";
import { ProblemSchema } from "./schemas.ts";

const closed = { additionalProperties: false };
const Params = Type.Object({ item: Type.String({ pattern: "^D\\d{6,9}$" }) });

/** What people declare: figures with evidence, from draft to verified. */
export function declaredRoutes(app: App, dependencies: Dependencies): void {
  const { plant, records } = dependencies;
  const statementOf = statements(dependencies);
  const days = calendar(plant.platform.timeZone);
  const historyOf = (item: string) => {
    const revisions = records.declaredHistory(item);
    if (revisions.length === 0) throw new CodedError("NOT_FOUND", `There is no declared item ${item}.`);
    return revisions;
  };
  app.get(
    "/api/declared",
    {
      schema: {
        tags: ["declared"],
        summary: "Declared items of a period, or of all; those that the records can speak of are checked against them",
        querystring: Type.Object({ period: Type.Optional(Type.String({ maxLength: 10 })) }, closed),
        response: { 200: Type.Object({ items: Type.Array(Type.Unknown()), checks: Type.Array(Type.Unknown()) }) },
      },
    },
    async ({ query }) => {
      const items = records.declaredItems(query.period);
      return { items, checks: crossChecks(items, statementOf, days, records) };
    },
  );
  app.get(
    "/api/declared/:item/history",
    {
      schema: {
        tags: ["declared"],
        summary: "Every revision of a declared item, the first one first",
        params: Params,
        response: { 200: Type.Object({ revisions: Type.Array(Type.Unknown()) }), 404: ProblemSchema },
      },
    },
    async ({ params }) => ({ revisions: historyOf(params.item) }),
  );
  const add = commandRoutes(app, dependencies);
  const existing = ({ item }: Static<typeof Params>): string => historyOf(item).at(-1)?.id ?? item;
  const step = <Body extends TObject>(
    path: string,
    summary: string,
    action: AuditAction,
    body: Body,
    act: (declared: string, body: Static<Body>) => CommandAct,
  ): void =>
    add({
      path: `/api/declared/:item/${path}`,
      tag: "declared",
      summary,
      params: Params,
      body,
      action,
      target: existing,
      act: ({ item }, asked) => act(item, asked),
    });
  const Step = Type.Object({ revision: SeenRevision, why: orNull(Text) }, closed);
  add({
    path: "/api/declared",
    tag: "declared",
    summary: "Declare a figure, as a draft",
    params: Type.Object({}),
    body: DeclarationSchema,
    action: "declared.create",
    target: (_, { item, period }) => `${item} ${period}`,
    act: (_, declaration) => ({ kind: "declare", declaration }),
  });
  step(
    "correct",
    "Correct a declared item; it becomes a draft again",
    "declared.correct",
    Type.Object({ revision: SeenRevision, declaration: DeclarationSchema, why: Why }, closed),
    (declared, body) => ({ kind: "correctDeclared", declared, ...body }),
  );
  step("submit", "Submit a declared item for verification", "declared.submit", Step, (declared, body) => ({
    kind: "submitDeclared",
    declared,
    ...body,
  }));
  step("verify", "Verify a declared item; never by whoever declared it", "declared.verify", Step, (declared, body) => ({
    kind: "verifyDeclared",
    declared,
    ...body,
  }));
  step(
    "reject",
    "Reject a declared item, saying why",
    "declared.reject",
    Type.Object({ revision: SeenRevision, why: Why }, closed),
    (declared, body) => ({ kind: "rejectDeclared", declared, ...body }),
  );
  step("withdraw", "Withdraw a declared item", "declared.withdraw", Step, (declared, body) => ({
    kind: "withdrawDeclared",
    declared,
    ...body,
  }));
}
