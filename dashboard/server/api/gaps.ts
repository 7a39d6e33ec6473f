import { Type } from "typebox";
import { gapCauses, parseTagId, type TagId } from "#shared/model/sample.ts";
import { hours } from "#shared/model/time.ts";
import type { Dependencies } from "../context.ts";
import type { App } from "../http.ts";
import { InstantSchema, ProblemSchema, TagIdSchema } from "./schemas.ts";
import { parseRange, TimeQuery } from "./times.ts";

/** Range where the query names none. */
const recently = hours(7 * 24);

const GapSchema = Type.Object({
  tag: TagIdSchema,
  from: InstantSchema,
  to: Type.Union([InstantSchema, Type.Null()], { description: "Null while it lasts." }),
  cause: Type.Enum([...gapCauses]),
  lost: Type.Union([Type.Integer(), Type.Null()], {
    description: "Samples that are lost, 0 where nobody could count them; null for silence.",
  }),
});

function isIn(tag: TagId, line: string | undefined, equipment: string | undefined): boolean {
  const path = parseTagId(tag);
  return (line === undefined || path?.line === line) && (equipment === undefined || path?.equipment === equipment);
}

/** The gap ledger: which time of which tag is missing, and why. */
export function gapRoutes(app: App, { records, clock }: Dependencies): void {
  app.get(
    "/api/gaps",
    {
      schema: {
        tags: ["history"],
        summary: "Gaps that overlap a range, the newest first; the last 7 days where no range is given",
        querystring: Type.Object(
          {
            from: Type.Optional(TimeQuery("Start of the range.")),
            to: Type.Optional(TimeQuery("End of the range, excluded.")),
            cause: Type.Optional(Type.Enum([...gapCauses])),
            line: Type.Optional(Type.String({ maxLength: 63, description: "Only tags of this line." })),
            equipment: Type.Optional(Type.String({ maxLength: 63, description: "Only tags of equipment of this id." })),
            limit: Type.Integer({ minimum: 1, maximum: 5_000, default: 500, description: "At most so many gaps." }),
          },
          { additionalProperties: false },
        ),
        response: {
          200: Type.Object({
            gaps: Type.Array(GapSchema),
            total: Type.Integer({ description: "Gaps in the range, of the cause and the place asked for." }),
          }),
          400: ProblemSchema,
        },
      },
    },
    async ({ query: { from, to, cause, limit, line, equipment } }) => {
      const now = clock.now();
      const range = parseRange(from ?? `${now - recently}`, to ?? `${now + hours(24)}`);
      const found = records
        .allGaps(range.from, range.to)
        .filter((gap) => cause === undefined || gap.cause === cause)
        .filter(({ tag }) => isIn(tag, line, equipment))
        .sort((a, b) => b.from - a.from);
      return { gaps: found.slice(0, limit), total: found.length };
    },
  );
}
