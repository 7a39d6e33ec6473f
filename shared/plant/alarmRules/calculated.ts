import { type Static, Type } from "typebox";
import { ExpressionError, valueTypeOf } from "../expression/expression.ts";
import { parseExpression } from "../expression/parse.ts";
import { tagsNamed } from "../expression/tagsNamed.ts";
import { ruleSchema } from "./common.ts";
import type { RuleContext, RuleKind } from "./kind.ts";

const Schema = ruleSchema("calculated", "Raised while a condition over tags of the line holds.", {
  when: Type.String({
    minLength: 1,
    maxLength: 1_000,
    description:
      "Tags as [<equipment>/<tag>], texts in single quotes; + - * / < <= > >= = != and or not, min max abs, lasting(<condition>) and since([tag]) in seconds.",
  }),
});
export type CalculatedRule = Static<typeof Schema>;

function check({ when }: CalculatedRule, { tags, path, report }: RuleContext): void {
  try {
    parseExpression(when, (name) => {
      const tag = tags.get(name);
      return tag && valueTypeOf(tag.type);
    });
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    report(`${path}.when`, `column ${error.column} of the condition: ${error.message}`, error.remedy);
  }
}

export const calculated = {
  schema: Schema,
  inputs: ({ when }: CalculatedRule) => tagsNamed(when),
  limit: ({ when }: CalculatedRule) => when,
  check,
} satisfies RuleKind<CalculatedRule>;
