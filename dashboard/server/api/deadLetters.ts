import { Type } from "typebox";
import { letterEnds } from "#shared/store/records/deadLetters.ts";
import type { Dependencies } from "../context.ts";
import type { App } from "../http.ts";
import { InstantSchema, TagIdSchema } from "./schemas.ts";

const LetterSchema = Type.Object({
  id: Type.Integer(),
  receivedAt: InstantSchema,
  lastReceivedAt: InstantSchema,
  times: Type.Integer({ description: "How often the same came." }),
  topic: Type.String(),
  reason: Type.String(),
  bytes: Type.Integer(),
  tag: Type.Optional(TagIdSchema),
  at: Type.Optional(InstantSchema),
});

/** What was refused, and why. Replay and drop are commands of the operator (`pilotline deadletter`). */
export function deadLetterRoutes(app: App, { records }: Dependencies): void {
  app.get(
    "/api/dead-letters",
    {
      schema: {
        tags: ["history"],
        summary: "Messages and samples that were refused, the newest first, without their content",
        querystring: Type.Object(
          {
            limit: Type.Integer({ minimum: 1, maximum: 1_000, default: 200, description: "At most so many letters." }),
          },
          { additionalProperties: false },
        ),
        response: {
          200: Type.Object({
            letters: Type.Array(LetterSchema),
            totals: Type.Object({
              letters: Type.Integer(),
              times: Type.Integer(),
              bytes: Type.Integer(),
              gone: Type.Record(Type.Enum([...letterEnds]), Type.Integer()),
            }),
          }),
        },
      },
    },
    async ({ query: { limit } }) => ({
      letters: records.deadLetters(limit).map(({ payload, ...letter }) => ({ ...letter, bytes: payload.length })),
      totals: records.deadLetterTotals(),
    }),
  );
}
