import { Type } from "typebox";
import { CodedError } from "#shared/model/errors.ts";
import {
  type LineProblem,
  type ReadTable,
  readBookings,
  readDeclared,
  readRuns,
  readTenants,
} from "#shared/plant/recordTables.ts";
import { importedAtOnce } from "#shared/wire/command/fields.ts";
import type { CommandAct } from "#shared/wire/command/registry.ts";
import type { Dependencies } from "../context.ts";
import { type App, refuse, sessionOf } from "../http.ts";
import type { RecordFamily } from "../records/recordCsv.ts";
import { ProblemSchema } from "./schemas.ts";

const largestFileBytes = 4_194_304;

/** What one family's file says, as acts of ingest. */
interface Import {
  readonly problems: readonly LineProblem[];
  readonly count: number;
  readonly acts: readonly CommandAct[];
}

function inParts<Row>({ rows, problems }: ReadTable<Row>, act: (rows: Row[]) => CommandAct): Import {
  const acts: CommandAct[] = [];
  for (let start = 0; start < rows.length; start += importedAtOnce)
    acts.push(act(rows.slice(start, start + importedAtOnce).map(({ row }) => row)));
  return { problems, count: rows.length, acts };
}

/** CSV files with records: read line by line, tried without effect, or brought to ingest, each line once however often it comes. */
export function recordImportRoutes(app: App, { plant, records, accounts, commands, clock }: Dependencies): void {
  const known = () => ({
    lines: plant.lines,
    now: clock.now(),
    tenants: new Map(records.tenants().map(({ id, active }) => [id, active])),
    projects: new Map(records.projects().map(({ id, tenant, active }) => [id, { tenant, active }])),
  });
  const readers: Readonly<Record<RecordFamily, (text: string) => Import>> = {
    runs: (text) => inParts(readRuns(text, known()), (runs) => ({ kind: "importRuns", runs })),
    bookings: (text) => inParts(readBookings(text, known()), (bookings) => ({ kind: "importBookings", bookings })),
    tenants: (text) => inParts(readTenants(text), (tenants) => ({ kind: "saveTenants", tenants, why: "import" })),
    declared: (text) =>
      inParts(readDeclared(text, plant), (declarations) => ({ kind: "importDeclared", declarations })),
  };
  app.addContentTypeParser(
    "text/csv",
    { parseAs: "string", bodyLimit: largestFileBytes },
    async (_request: unknown, body: string) => body,
  );
  for (const family of Object.keys(readers) as RecordFamily[]) {
    app.post(
      `/api/tables/${family}.csv`,
      {
        bodyLimit: largestFileBytes,
        schema: {
          tags: [family],
          summary: `Import ${family} from CSV (UTF-8); with dryRun only what is wrong is told, line by line`,
          querystring: Type.Object(
            { dryRun: Type.Boolean({ default: true, description: "Changes nothing." }) },
            { additionalProperties: false },
          ),
          response: {
            200: Type.Object({
              lines: Type.Integer({ description: "Lines that are in order." }),
              added: Type.Integer({ description: "What was not there before; 0 for a dry run." }),
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
        const { count, problems, acts } = readers[family](text);
        if (request.query.dryRun || problems.length > 0) return { lines: count, added: 0, problems };
        const { user } = sessionOf(request);
        const entry = { user, address: request.ip, action: "import", target: family } as const;
        let added = 0;
        for (const [i, act] of acts.entries()) {
          const answer = await commands.ask({ id: crypto.randomUUID(), user, ...act });
          accounts.audit.append({ ...entry, at: clock.now(), outcome: answer.outcome, detail: `part ${i + 1}` });
          if (answer.outcome === "refused") return refuse(reply, 409, { error: answer.code, detail: answer.detail });
          added += Number(answer.detail ?? 0);
        }
        return { lines: count, added, problems };
      },
    );
  }
}
