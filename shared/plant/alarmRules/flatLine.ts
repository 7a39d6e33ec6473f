import { type Static, Type } from "typebox";
import { ruleSchema } from "./common.ts";
import { needsNumber, type RuleContext, type RuleKind } from "./kind.ts";

const Schema = ruleSchema("flatLine", "Raised when values go on coming and none differs: a frozen transmitter.", {
  change: Type.Number({ default: 0, minimum: 0, description: "A change up to this, in the tag's unit, is none." }),
  forMs: Type.Integer({
    minimum: 1_000,
    maximum: 86_400_000,
    description: "For so long, in milliseconds, by samples that came: silence is not flat.",
  }),
});
export type FlatLineRule = Static<typeof Schema>;

function check(rule: FlatLineRule, context: RuleContext): void {
  const { tag, path, report } = context;
  if (!needsNumber(rule.kind, context, rule.tag)) return;
  if (rule.forMs >= tag.heartbeatMs) return;
  const what = `an unchanged value comes every ${tag.heartbeatMs} ms only`;
  report(`${path}.forMs`, what, "use more than that, or a shorter heartbeatMs of the tag.");
}

export const flatLine = {
  schema: Schema,
  limit: ({ change, forMs }: FlatLineRule) => `± ${change} / ${forMs / 1_000} s`,
  check,
} satisfies RuleKind<FlatLineRule>;
