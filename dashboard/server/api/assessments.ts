import { Type } from "typebox";
import { assessedKinds } from "#shared/model/assessment.ts";
import { AssessmentDocumentSchema, SealManifestSchema } from "#shared/wire/assessmentSchema.ts";
import { type AssessmentArchive, wholePack } from "../assessments/archive.ts";
import type { Dependencies } from "../context.ts";
import { type App, sessionOf } from "../http.ts";
import { contentSecurityPolicyOfReport } from "../pages/pages.ts";
import { InstantSchema, ProblemSchema } from "./schemas.ts";

const orNull = <const T extends Parameters<typeof Type.Optional>[0]>(schema: T) => Type.Union([schema, Type.Null()]);
const Score = orNull(Type.Number());
export const PeriodParams = Type.Object({
  period: Type.String({
    pattern: "^[1-9]\\d{3}(-(Q[1-4]|0[1-9]|1[0-2]))?$",
    description: "2026-11, 2026-Q4 or 2026, in the platform's time zone.",
  }),
});
const VersionQuery = Type.Object(
  { version: Type.Optional(Type.Integer({ minimum: 0, description: "The official one where left out." })) },
  { additionalProperties: false },
);

const SummarySchema = Type.Object({
  period: Type.String(),
  kind: Type.Enum([...assessedKinds]),
  state: Type.Enum(["provisional", "closed", "sealed"]),
  closesAt: InstantSchema,
  version: Type.Integer(),
  score: orNull(Type.Object({ total: Score, measured: Score, declared: Score, grade: orNull(Type.String()) })),
  proposed: Type.Integer({ description: "Versions that wait for approval." }),
});
const AnswerSchema = Type.Object({
  state: Type.Enum(["provisional", "closed", "sealed"]),
  document: orNull(AssessmentDocumentSchema),
  versions: Type.Array(
    Type.Object({
      version: Type.Integer(),
      state: Type.Enum(["sealed", "proposed", "rejected"]),
      author: Type.String(),
      madeAt: InstantSchema,
      reason: orNull(Type.String()),
      decidedBy: orNull(Type.String()),
      decidedAt: orNull(InstantSchema),
      effects: Type.Array(Type.Object({ indicator: Type.String(), before: Score, after: Score })),
    }),
  ),
  manifest: orNull(SealManifestSchema),
  signature: orNull(Type.String()),
  chain: orNull(Type.Object({ intact: Type.Boolean(), problem: orNull(Type.String()) })),
  files: Type.Array(Type.String()),
});
const TableSchema = Type.Object({
  columns: Type.Array(Type.String()),
  rows: Type.Array(Type.Array(Type.String())),
  total: Type.Integer(),
});
const EvidenceSchema = Type.Object({
  madeAt: InstantSchema,
  isCut: Type.Boolean(),
  states: Type.Optional(TableSchema),
  readings: Type.Optional(TableSchema),
  alarms: Type.Optional(TableSchema),
  runs: Type.Array(Type.String()),
  bookings: Type.Array(Type.String()),
});

const types: Readonly<Record<string, string>> = {
  json: "application/json; charset=utf-8",
  csv: "text/csv; charset=utf-8",
  html: "text/html; charset=utf-8",
  txt: "text/plain; charset=utf-8",
  pem: "application/x-pem-file",
  zip: "application/zip",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
};

/** Assessments, their evidence and their files. */
export function assessmentRoutes(app: App, { accounts, plant, clock }: Dependencies, archive: AssessmentArchive): void {
  app.get(
    "/api/assessments",
    {
      schema: {
        tags: ["assessments"],
        summary: "Every assessed period, the newest first",
        response: { 200: Type.Object({ periods: Type.Array(SummarySchema) }) },
      },
    },
    async () => ({ periods: archive.list() }),
  );
  app.get(
    "/api/assessments/:period",
    {
      schema: {
        tags: ["assessments"],
        summary: "One period: its official version, or what is provisional; withheld where the chain is broken",
        params: PeriodParams,
        querystring: VersionQuery,
        response: { 200: AnswerSchema, 400: ProblemSchema, 404: ProblemSchema },
      },
    },
    async ({ params, query }) => archive.answer(params.period, query.version),
  );
  app.get(
    "/api/assessments/:period/evidence",
    {
      schema: {
        tags: ["assessments"],
        summary: "What one figure rests on: state intervals, readings, alarms, runs",
        params: PeriodParams,
        querystring: Type.Object(
          {
            ...VersionQuery.properties,
            indicator: Type.String({ maxLength: 20 }),
            scope: Type.String({ maxLength: 200 }),
          },
          { additionalProperties: false },
        ),
        response: { 200: EvidenceSchema, 404: ProblemSchema },
      },
    },
    async ({ params, query }) => archive.evidence(params.period, query.indicator, query.scope, query.version),
  );
  app.get(
    "/api/assessments/:period/file",
    {
      schema: {
        tags: ["assessments"],
        summary: `A file of the evidence pack, or the pack itself as ${wholePack}`,
        params: PeriodParams,
        querystring: Type.Object(
          {
            ...VersionQuery.properties,
            name: Type.String({ maxLength: 200, description: "As the answer about the period lists them." }),
          },
          { additionalProperties: false },
        ),
        response: { 404: ProblemSchema, 500: ProblemSchema },
      },
    },
    async (request, reply) => {
      const { period } = request.params;
      const { name, version } = request.query;
      const bytes = archive.file(period, name, version);
      accounts.audit.append({
        at: clock.now(),
        user: sessionOf(request).user,
        address: request.ip,
        action: "export",
        target: `assessment ${period}`,
        outcome: "done",
        detail: name,
      });
      const ending = name.slice(name.lastIndexOf(".") + 1);
      const isReport = ending === "html";
      if (isReport) reply.header("content-security-policy", contentSecurityPolicyOfReport);
      const file = `${plant.platform.id}-${period}-${name.replaceAll("/", "-")}`;
      return reply
        .type(types[ending] ?? "application/octet-stream")
        .header("content-disposition", `${isReport ? "inline" : "attachment"}; filename="${file}"`)
        .send(Buffer.from(bytes));
    },
  );
}
