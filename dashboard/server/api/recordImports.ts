import { randomUUID } from "node:crypto";
import { Type } from "typebox";
import { decodeTable } from "#shared/kit/csv.ts";
import { CodedError } from "#shared/model/errors.ts";
import { recordKinds } from "#shared/model/recordKind.ts";
import { knownNames } from "#shared/plant/recordChecks.ts";
import { readRecords } from "#shared/plant/recordTables.ts";
import { importRecords } from "#shared/wire/command/recordImport.ts";
import type { Dependencies } from "../context.ts";
import { type App, refuse, sessionOf } from "../http.ts";
import { ProblemSchema } from "./schemas.ts";

const largestFileBytes = 4_194_304;

/** CSV files with records: read line by line, tried by ingest without effect, or taken by it. */
export function recordImportRoutes(app: App, { plant, records, accounts, commands, clock }: Dependencies): void {
  app.addContentTypeParser(
    "text/csv",
    { parseAs: "buffer", bodyLimit: largestFileBytes },
    async (_request: unknown, body: Buffer) => decodeTable(body),
  );
  for (const kind of recordKinds) {
    app.post(
      `/api/tables/${kind}.csv`,
      {
        bodyLimit: largestFileBytes,
        schema: {
          tags: [kind],
          summary: `Import ${kind} from CSV (UTF-8, UTF-16 or GB 18030); with dryRun only what would be added and what is wrong is told, line by line`,
          querystring: Type.Object(
            { dryRun: Type.Boolean({ default: true, description: "Changes nothing." }) },
            { additionalProperties: false },
          ),
          response: {
            200: Type.Object({
              lines: Type.Integer({ description: "Records that are in order." }),
              added: Type.Integer({ description: "What was not there before; of a dry run what would be added." }),
              problems: Type.Array(Type.Object({ line: Type.Integer(), key: Type.String(), what: Type.String() }), {
                description: "Nothing is imported while there are any.",
              }),
            }),
            409: ProblemSchema,
          },
        },
      },
      async (request, reply) => {
        const text: unknown = request.body;
        if (typeof text !== "string")
          throw new CodedError("MALFORMED", "Send the file with the content type text/csv.");
        const { dryRun } = request.query;
        const { user } = sessionOf(request);
        const entry = { user, address: request.ip, action: "import", target: kind } as const;
        const read = readRecords(kind, text, knownNames(plant, records, clock.now()));
        try {
          const result = await importRecords(read, dryRun, (act) => commands.ask({ id: randomUUID(), user, ...act }));
          const outcome = result.problems.length > 0 ? "refused" : "done";
          if (!dryRun)
            accounts.audit.append({ ...entry, at: clock.now(), outcome, detail: `${result.added} of ${result.lines}` });
          return result;
        } catch (error) {
          if (!(error instanceof CodedError) || error.verdict === "retry") throw error;
          accounts.audit.append({ ...entry, at: clock.now(), outcome: "refused", detail: error.code });
          return refuse(reply, 409, { error: error.code, detail: error.detail });
        }
      },
    );
  }
}
