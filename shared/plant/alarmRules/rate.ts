import { type Static, Type } from "typebox";
import { Deadband, ruleSchema } from "./common.ts";
import { needsNumber, type RuleContext, type RuleKind } from "./kind.ts";

const directions = ["both", "rising", "falling"] as const;

const Schema = ruleSchema("rate", "Raised when the value changes by too much within a window of time.", {
  limit: Type.Number({ exclusiveMinimum: 0, description: "Change within the window, in the tag's unit." }),
  windowMs: Type.Integer({ minimum: 1_000, maximum: 3_600_000, description: "Length of the window, in milliseconds." }),
  direction: Type.Enum([...directions], { default: "both", description: "Which change counts." }),
  deadband: Deadband,
});
export type RateRule = Static<typeof Schema>;

function check(rule: RateRule, context: RuleContext): void {
  if (!needsNumber(rule.kind, context, rule.tag)) return;
  const { tag, path, report } = context;
  const [low, high] = tag.range ?? [];
  if (low !== undefined && high !== undefined && rule.limit > high - low) {
    const what = `a change of ${rule.limit} is more than the tag's range [${low}, ${high}]`;
    report(`${path}.limit`, what, "correct the limit, or the range of the tag.");
  }
  if (rule.deadband >= rule.limit) {
    report(`${path}.deadband`, "the alarm would return only when nothing changes", "use a deadband below the limit.");
  }
}

const signs = { both: "±", rising: "+", falling: "−" } as const satisfies Record<(typeof directions)[number], string>;

export const rate = {
  schema: Schema,
  limit: ({ limit, windowMs, direction }: RateRule) => `${signs[direction]}${limit} / ${windowMs / 1_000} s`,
  check,
} satisfies RuleKind<RateRule>;
