import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Type } from "typebox";
import { CodedError } from "#shared/model/errors.ts";
import type { Dependencies } from "../context.ts";
import { type App, sessionOf } from "../http.ts";
import { ProblemSchema } from "./schemas.ts";

const largestFileBytes = 10_485_760;
const Name = Type.String({ minLength: 1, maxLength: 200 });
const binary = "application/octet-stream";

/** A file name that any system and any header takes. */
const plainName = (name: string): string => name.replaceAll(/[^\p{L}\p{N}._ -]/gu, "_").slice(-200);

/** Documents behind declared items: kept under their SHA-256, handed back as downloads, never run or shown. */
export function evidenceRoutes(app: App, { evidence, accounts, clock }: Dependencies): void {
  app.addContentTypeParser(
    binary,
    { parseAs: "buffer", bodyLimit: largestFileBytes },
    async (_request: unknown, body: Buffer) => body,
  );
  app.post(
    "/api/evidence",
    {
      bodyLimit: largestFileBytes,
      schema: {
        tags: ["declared"],
        summary: "Keep a document, at most 10 MB, as application/octet-stream; answers its digest",
        querystring: Type.Object({ name: Name }, { additionalProperties: false }),
        response: {
          200: Type.Object({ fileName: Type.String(), sha256: Type.String(), bytes: Type.Integer() }),
          400: ProblemSchema,
        },
      },
    },
    async (request) => {
      const body: unknown = request.body;
      if (!(body instanceof Buffer) || body.length === 0)
        throw new CodedError("MALFORMED", `Send the document itself, with the content type ${binary}.`);
      const sha256 = createHash("sha256").update(body).digest("hex");
      const fileName = plainName(request.query.name);
      await mkdir(evidence, { recursive: true, mode: 0o700 });
      // The same document again is the same file.
      await writeFile(join(evidence, sha256), body, { mode: 0o600 });
      const { user } = sessionOf(request);
      const entry = { at: clock.now(), user, address: request.ip, action: "evidence", outcome: "done" } as const;
      accounts.audit.append({ ...entry, target: sha256, detail: fileName });
      return { fileName, sha256, bytes: body.length };
    },
  );
  app.get(
    "/api/evidence/:sha256",
    {
      schema: {
        tags: ["declared"],
        summary: "A kept document, as a download",
        params: Type.Object({ sha256: Type.String({ pattern: "^[0-9a-f]{64}$" }) }),
        querystring: Type.Object({ name: Type.Optional(Name) }, { additionalProperties: false }),
        response: { 404: ProblemSchema },
      },
    },
    async ({ params, query }, reply) => {
      const path = join(evidence, params.sha256);
      const found = await stat(path).catch(() => null);
      if (!found) throw new CodedError("NOT_FOUND", "There is no document with this digest here.");
      const name = encodeURIComponent(plainName(query.name ?? params.sha256));
      return reply
        .type(binary)
        .header("content-length", found.size)
        .header("content-disposition", `attachment; filename*=UTF-8''${name}`)
        .send(createReadStream(path));
    },
  );
}
