import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import { CodedError } from "#shared/model/errors.ts";
import type { TrendView } from "#shared/model/live.ts";
import type { AuditAction } from "../accounts/audit.ts";
import type { Dependencies } from "../context.ts";
import { type App, sessionOf } from "../http.ts";
import { InstantSchema, ProblemSchema } from "./schemas.ts";

const closed = { additionalProperties: false };
const Name = Type.String({ minLength: 1, maxLength: 80 });
const Query = Type.String({ minLength: 1, maxLength: 4_000, description: "The query of the page's address." });
const Shared = Type.Boolean({ description: "Everybody sees it." });
const Params = Type.Object({ view: Type.Integer({ minimum: 1 }) });
const ViewSchema = Type.Object(
  {
    id: Type.Integer(),
    owner: Type.String(),
    line: Type.String(),
    name: Type.String(),
    query: Type.String(),
    shared: Type.Boolean(),
    changedAt: InstantSchema,
  },
  { ...closed, description: "A kept view of the trend page." },
);

/** Kept views of the trend page. Everybody keeps his own; only he and an administrator change it. */
export function trendViewRoutes(app: App, { accounts, clock, plant }: Dependencies): void {
  const { views } = accounts;
  const tags = ["trend views"];
  const note = (request: FastifyRequest, action: AuditAction, { id, name, line }: TrendView): void => {
    const { user } = sessionOf(request);
    const about = { target: `${line}/${id}`, outcome: "done", detail: name } as const;
    accounts.audit.append({ at: clock.now(), user, address: request.ip, action, ...about });
  };
  /** What others keep for themselves is not there. */
  const own = (request: FastifyRequest, id: number): TrendView => {
    const { user, role } = sessionOf(request);
    const view = views.find(id);
    if (!view || (view.owner !== user && !view.shared && role !== "admin")) {
      throw new CodedError("NOT_FOUND", `There is no view ${id}.`);
    }
    if (view.owner !== user && role !== "admin") {
      throw new CodedError("FORBIDDEN", `View ${id} belongs to ${view.owner}; save a copy of your own.`);
    }
    return view;
  };

  app.get(
    "/api/trend-views",
    {
      schema: {
        tags,
        summary: "Kept views of the trend page: one's own, and what others share",
        response: { 200: Type.Object({ views: Type.Array(ViewSchema) }) },
      },
    },
    async (request) => ({ views: views.list(sessionOf(request).user) }),
  );
  app.post(
    "/api/trend-views",
    {
      schema: {
        tags,
        summary: "Keep a view",
        body: Type.Object({ line: Type.String({ maxLength: 63 }), name: Name, query: Query, shared: Shared }, closed),
        response: { 200: ViewSchema, 400: ProblemSchema, 404: ProblemSchema, 409: ProblemSchema },
      },
    },
    async (request) => {
      const { line } = request.body;
      if (!plant.lines.some(({ id }) => id === line))
        throw new CodedError("NOT_FOUND", `There is no line \`${line}\`.`);
      const made = views.create(sessionOf(request).user, request.body, clock.now());
      note(request, "view.save", made);
      return made;
    },
  );
  app.post(
    "/api/trend-views/:view",
    {
      schema: {
        tags,
        summary: "Rename a view, replace what it shows, share it or not",
        params: Params,
        body: Type.Object(
          { name: Type.Optional(Name), query: Type.Optional(Query), shared: Type.Optional(Shared) },
          { ...closed, minProperties: 1 },
        ),
        response: { 200: ViewSchema, 400: ProblemSchema, 403: ProblemSchema, 404: ProblemSchema },
      },
    },
    async (request) => {
      const was = own(request, request.params.view);
      views.change(was.id, request.body, clock.now());
      const now = views.find(was.id) ?? was;
      note(request, "view.change", now);
      return now;
    },
  );
  app.post(
    "/api/trend-views/:view/remove",
    {
      schema: {
        tags,
        summary: "Remove a view",
        params: Params,
        response: { 200: Type.Object({}), 403: ProblemSchema, 404: ProblemSchema },
      },
    },
    async (request) => {
      const was = own(request, request.params.view);
      views.remove(was.id);
      note(request, "view.remove", was);
      return {};
    },
  );
}
