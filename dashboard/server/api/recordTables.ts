import { Type } from "typebox";
import { recordKinds } from "#shared/model/recordKind.ts";
import { instant } from "#shared/model/time.ts";
import { recordCsv } from "#shared/store/records/recordCsv.ts";
import type { Dependencies } from "../context.ts";
import { type App, sessionOf } from "../http.ts";
import { parseRecordRange } from "./runs.ts";
import { ProblemSchema } from "./schemas.ts";
import { TimeQuery } from "./times.ts";

/** Records as CSV, a file per family. */
export function recordTableRoutes(app: App, { plant, records, accounts, clock }: Dependencies): void {
  for (const kind of recordKinds) {
    app.get(
      `/api/tables/${kind}.csv`,
      {
        schema: {
          tags: [kind],
          summary: `The ${kind} as CSV (UTF-8 with byte order mark), by their newest revisions`,
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
        accounts.audit.append({ ...entry, target: kind });
        const span = range ?? { from: instant(0), to: instant(Number.MAX_SAFE_INTEGER) };
        const csv = recordCsv(kind, { records, ...span, timeZone: plant.platform.timeZone });
        return reply
          .type("text/csv; charset=utf-8")
          .header("content-disposition", `attachment; filename="${kind}.csv"`)
          .send(csv);
      },
    );
  }
}
