import { type Static, Type } from "typebox";
import { type TagMeaning, tagMeanings } from "#shared/model/tag.ts";
import { closed } from "./tagSchema.ts";

const Days = (what: string) =>
  Type.Optional(Type.Integer({ minimum: 1, maximum: 36_500, description: `${what} Kept for good where absent.` }));

const keep = {
  rawDays: Days("Days for which samples are kept."),
  minuteDays: Days("Days for which roll-ups of 1 minute are kept; at least rawDays."),
  rollUpDays: Days("Days for which roll-ups of 15 minutes and 1 hour are kept; at least minuteDays."),
};

const KeepSchema = Type.Object(keep, {
  ...closed,
  description: "For tags of this meaning; a key that is absent is as for all tags.",
});
const byMeaning = Object.fromEntries(tagMeanings.map((meaning) => [meaning, Type.Optional(KeepSchema)])) as {
  [Meaning in TagMeaning]: ReturnType<typeof Type.Optional<typeof KeepSchema>>;
};

export const RetentionSchema = Type.Object(
  {
    ...keep,
    byMeaning: Type.Optional(
      Type.Object(byMeaning, { ...closed, description: "What differs for tags of one meaning." }),
    ),
  },
  {
    ...closed,
    description:
      "For how long the embedded store keeps what; InfluxDB has retention policies of its own. Everything for good where absent.",
  },
);
export type RetentionConfig = Static<typeof RetentionSchema>;
