import { type Static, Type } from "typebox";
import { ruleSchema } from "./common.ts";
import type { RuleContext, RuleKind } from "./kind.ts";

const Schema = ruleSchema("match", "Raised while the text of the tag matches a pattern.", {
  patterns: Type.Array(Type.String({ minLength: 1, maxLength: 200 }), {
    minItems: 1,
    description: "One of these: `*` stands for any text, `?` for one character; capitals count.",
  }),
});
export type MatchRule = Static<typeof Schema>;

function check({ tag: name }: MatchRule, { tag, path, report }: RuleContext): void {
  if (tag.type === "string") return;
  report(
    `${path}.tag`,
    `tag \`${name}\` is of type ${tag.type}`,
    "name a tag of type string, or use the kind `state`.",
  );
}

export const match = {
  schema: Schema,
  limit: ({ patterns }: MatchRule) => patterns.join(", "),
  check,
} satisfies RuleKind<MatchRule>;
