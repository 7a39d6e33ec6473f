import { Type } from "typebox";
import { closed, Id, LocalTextSchema } from "../tagSchema.ts";

const AnyKeys = (description: string) => Type.Record(Type.String(), Type.Unknown(), { description });

/** Alarm rules of an equipment kind, described once. */
export const AlarmTemplateSchema = Type.Object(
  {
    id: Id("Template id, unique in the file and the template files that it names."),
    name: Type.Optional(LocalTextSchema),
    source: Type.Optional(
      Type.String({ minLength: 1, description: "Where limits and responses come from: standard, edition, clause." }),
    ),
    needs: Type.Record(Type.String(), Type.String(), {
      description: "What a use gives by `with`: a word, and what it stands for.",
    }),
    rules: Type.Array(
      AnyKeys(
        "The keys of a rule in `lines[].alarms[]`. In its texts {word} stands for what the use gives, {id} for the id of the use, {name} for its name in the text's language.",
      ),
      { minItems: 1, description: "Rules of each use; their ids are put behind the id of the use, with a hyphen." },
    ),
  },
  { ...closed, description: "Alarm rules of an equipment kind, described once and used by `alarmsFrom`." },
);

export const AlarmsFromSchema = Type.Object(
  {
    template: Type.String({ description: "Id of an alarm template." }),
    id: Id("Begins the ids of the alarms."),
    name: LocalTextSchema,
    with: Type.Record(Type.String(), Type.Unknown(), {
      default: {},
      description: "What the template needs, for example { value: gas/lel1 }.",
    }),
    omit: Type.Optional(Type.Array(Type.String(), { description: "Ids of the template's rules that are not wanted." })),
    override: Type.Optional(
      Type.Record(Type.String(), AnyKeys("Keys of a rule in place of the template's."), {
        description: "By the template's rule id: keys that differ here; objects are merged key by key.",
      }),
    ),
  },
  { ...closed, description: "Alarms of one equipment, as the template of its kind has them." },
);
