import { Type } from "typebox";
import { AssessmentDocumentSchema, SealManifestSchema } from "#shared/wire/assessmentSchema.ts";
import type { AssessmentArchive } from "../assessments/archive.ts";
import type { Dependencies } from "../context.ts";
import type { App } from "../http.ts";
import { PeriodParams } from "./assessments.ts";
import { sendUnlessKnown } from "./notChanged.ts";
import { ProblemSchema } from "./schemas.ts";

const SealSchema = Type.Object({
  seq: Type.Integer({ description: "Ascending; give the last one as `after` for the next page." }),
  period: Type.String(),
  version: Type.Integer(),
  sealedAt: Type.Integer({ description: "Milliseconds UTC since 1970." }),
  manifest: SealManifestSchema,
  signature: Type.String({ description: "Ed25519 over the canonical JSON of the manifest, hex." }),
  publicKey: Type.String({ description: "Raw, hex." }),
});
const headers = Type.Object({
  "if-none-match": Type.Optional(Type.String({ description: "The ETag that is known already." })),
});

/**
 * What a portal of the province pulls: seals page by page, documents, packs. Behind a token of its own, made at the first
 * start; a signed-in administrator may look too.
 */
export function portalRoutes(app: App, { plant }: Dependencies, archive: AssessmentArchive): void {
  const security = [{ portal: [] }];
  app.get(
    "/api/portal/assessments",
    {
      schema: {
        tags: ["portal"],
        summary: "Seals of this platform in their order, page by page",
        security,
        headers,
        querystring: Type.Object(
          {
            after: Type.Integer({ minimum: 0, default: 0, description: "Only seals with a greater `seq`." }),
            limit: Type.Integer({ minimum: 1, maximum: 100, default: 20, description: "At most so many." }),
          },
          { additionalProperties: false },
        ),
        response: {
          200: Type.Object({
            platform: Type.String(),
            seals: Type.Array(SealSchema),
            next: Type.Union([Type.Integer({ description: "`after` of the next page." }), Type.Null()]),
          }),
        },
      },
    },
    async (request, reply) => {
      const { after, limit } = request.query;
      const found = archive.seals(after, limit + 1);
      const seals = found.slice(0, limit).flatMap(({ seq, period, version, at, manifest, signature, publicKey }) => {
        if (manifest === null) return [];
        return [{ seq, period, version, sealedAt: at, manifest: JSON.parse(manifest), signature, publicKey }];
      });
      const next = found.length > limit ? (seals.at(-1)?.seq ?? null) : null;
      return sendUnlessKnown(request, reply, { platform: plant.platform.id, seals, next });
    },
  );
  app.get(
    "/api/portal/assessments/:period",
    {
      schema: {
        tags: ["portal"],
        summary: "The official assessment of a period with its seal",
        security,
        headers,
        params: PeriodParams,
        response: {
          200: Type.Object({
            document: AssessmentDocumentSchema,
            manifest: SealManifestSchema,
            signature: Type.String(),
          }),
          404: ProblemSchema,
          500: ProblemSchema,
        },
      },
    },
    async (request, reply) => {
      const { period } = request.params;
      const version = archive.officialVersion(period);
      const text = (name: string) => Buffer.from(archive.file(period, name, version)).toString("utf8");
      const [document, manifest, signature] = [text("assessment.json"), text("manifest.json"), text("signature.txt")];
      return sendUnlessKnown(request, reply, {
        document: JSON.parse(document),
        manifest: JSON.parse(manifest),
        signature: signature.trim(),
      });
    },
  );
  app.get(
    "/api/portal/assessments/:period/pack.zip",
    {
      schema: {
        tags: ["portal"],
        summary: "The evidence pack of the official version",
        security,
        params: PeriodParams,
        response: { 404: ProblemSchema, 500: ProblemSchema },
      },
    },
    async ({ params }, reply) => {
      const bytes = archive.file(params.period, "pack.zip", archive.officialVersion(params.period));
      return reply.type("application/zip").send(Buffer.from(bytes));
    },
  );
}
