import { type Static, Type } from "typebox";
import type { TagType } from "#shared/model/tag.ts";
import { ruleSchema, StateName } from "./common.ts";
import type { RuleContext, RuleKind } from "./kind.ts";

const Schema = ruleSchema(
  "state",
  "Raised while the tag has one of some values, or the equipment one of some states.",
  {
    values: Type.Optional(
      Type.Array(Type.String({ asWritten: true }), { minItems: 1, description: "Values of the tag, as text." }),
    ),
    states: Type.Optional(
      Type.Array(StateName, {
        minItems: 1,
        description: "In place of `values`: states of the equipment whose state tag `tag` is.",
      }),
    ),
  },
);
export type StateRule = Static<typeof Schema>;

const fits: Readonly<Record<TagType, (text: string) => boolean>> = {
  string: () => true,
  bool: (text) => text === "true" || text === "false",
  int: (text) => text.trim() !== "" && Number.isInteger(Number(text)),
  float: (text) => text.trim() !== "" && Number.isFinite(Number(text)),
};

function check({ values, states, tag: name }: StateRule, { tag, equipment, path, report }: RuleContext): void {
  if ((values === undefined) === (states === undefined)) {
    const what = values === undefined ? "no values are named" : "values and states are named";
    report(path, what, "write either `values` or `states`.");
  }
  for (const [i, value] of (values ?? []).entries()) {
    if (fits[tag.type](value)) continue;
    report(
      `${path}.values[${i}]`,
      `tag \`${name}\` of type ${tag.type} is never \`${value}\``,
      "name a value of the tag.",
    );
  }
  if (states && equipment.state?.tag !== tag.id) {
    const what = `tag \`${name}\` is not the state tag of its equipment`;
    report(`${path}.tag`, what, "name the equipment's state tag, or write `values` in place of `states`.");
  }
}

export const state = {
  schema: Schema,
  limit: ({ values, states }: StateRule) => (values ?? states ?? []).join(", "),
  check,
} satisfies RuleKind<StateRule>;
