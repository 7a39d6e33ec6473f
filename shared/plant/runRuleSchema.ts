import { type Static, Type } from "typebox";
import { runKinds } from "#shared/model/run.ts";
import { closed, Id } from "./tagSchema.ts";

const TagOfLine = (description: string) =>
  Type.String({ description: `<equipment>/<tag> of this line. ${description}` });
const Values = (description: string) => Type.Array(Type.String({ minLength: 1 }), { description });

export const RunRuleSchema = Type.Object(
  {
    id: Id("Run rule id, unique within its line."),
    tag: TagOfLine("Its value starts and ends runs."),
    running: Type.Optional(
      Values(
        "Values, as texts, at which a run is on. Where absent, every value but 0, false and the empty text, and each of them is a run of its own: a batch number.",
      ),
    ),
    held: { ...Values("Values that change nothing: what runs goes on."), default: [] },
    aborted: {
      ...Values("Values by which a run ends as aborted; every other value ends it as completed."),
      default: [],
    },
    equipment: Type.Array(Type.String(), {
      minItems: 1,
      description: "Ids of the equipment of this line that the run holds.",
    }),
    batch: Type.Optional(TagOfLine("It names the batch.")),
    project: Type.Optional(TagOfLine("It names the project by its registered id.")),
    kind: Type.Enum([...runKinds], { default: "other", description: "What these runs are for." }),
  },
  { ...closed, description: "A rule by which values of a tag start and end runs on equipment." },
);

export type RunRuleConfig = Static<typeof RunRuleSchema>;
