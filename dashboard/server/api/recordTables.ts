import { Type } from "typebox";
import { instant } from "#shared/model/time.ts";
import type { Dependencies } from "../context.ts";
import { createLocalIso } from "../history/csv.ts";
import { type App, sessionOf } from "../http.ts";
import { recordCsv, recordFamilies } from "../records/recordCsv.ts";
import { parseRecordRange } from "./runs.ts";
import { ProblemSchema } from "./schemas.ts";
import { TimeQuery } from "./times.ts";

/** Records as CSV, a file per family. */
export function recordTableRoutes(app: App, { plant, records, accounts, clock }: Dependencies): void {
  for (const family of recordFamilies) {
    app.get(
      `/api/tables/${family}.csv`,
      {
        schema: {
          tags: [family],
          summary: `The ${family} as CSV (UTF-8 with byte order mark), by their newest revisions`,
          querystring: Type.Object(
            {
              from: Type.Optional(TimeQuery("Start, included; what has a time only.")),
              to: Type.Optional(TimeQuery("End, excluded.")),
            },
            { additionalProperties: false },
          ),
          response: { 400: ProblemSchema },
        },
      },
      async (request, reply) => {
        const { from, to } = request.query as { from?: string; to?: string };
        const range = from !== undefined && to !== undefined ? parseRecordRange({ from, to }) : null;
        const { user } = sessionOf(request);
        const entry = { at: clock.now(), user, address: request.ip, action: "export", outcome: "done" } as const;
        accounts.audit.append({ ...entry, target: family });
        const span = range ?? { from: instant(0), to: instant(Number.MAX_SAFE_INTEGER) };
        const csv = recordCsv(family, { records, ...span, iso: createLocalIso(plant.platform.timeZone) });
        return reply
          .type("text/csv; charset=utf-8")
          .header("content-disposition", `attachment; filename="${family}.csv"`)
          .send(csv);
      },
    );
  }
}
