import { type Static, Type } from "typebox";
import { Deadband, ruleSchema } from "./common.ts";
import { needsNumber, type RuleContext, type RuleKind } from "./kind.ts";

const own = { limit: Type.Number({ description: "In the tag's unit." }), deadband: Deadband };

const HighHigh = ruleSchema("highHigh", "Raised at and above the limit, the second one above `high`.", own);
const High = ruleSchema("high", "Raised at and above the limit.", own);
const Low = ruleSchema("low", "Raised at and below the limit.", own);
const LowLow = ruleSchema("lowLow", "Raised at and below the limit, the second one below `low`.", own);

export type LimitRule = Static<typeof HighHigh> | Static<typeof High> | Static<typeof Low> | Static<typeof LowLow>;

export const isUpper = ({ kind }: Pick<LimitRule, "kind">): boolean => kind === "high" || kind === "highHigh";

/** The limit can be reached and left again. */
function check(rule: LimitRule, context: RuleContext): void {
  const { limit, deadband, kind } = rule;
  const { tag, path, report } = context;
  if (!needsNumber(kind, context, rule.tag)) return;
  const [low, high] = tag.range ?? [];
  if (low === undefined || high === undefined || low >= high) return;
  if (limit < low || limit > high) {
    const remedy = "correct the limit, or the range of the tag.";
    report(`${path}.limit`, `${limit} is outside the tag's range [${low}, ${high}]`, remedy);
    return;
  }
  const backAt = isUpper(rule) ? limit - deadband : limit + deadband;
  if (backAt < low || backAt > high) {
    const what = `the alarm would return at ${backAt}, outside the tag's range [${low}, ${high}]`;
    report(`${path}.deadband`, what, "use a smaller deadband.");
  }
}

const limited = { limit: ({ limit }: LimitRule) => limit, check };

export const highHigh = { schema: HighHigh, ...limited } satisfies RuleKind<LimitRule>;
export const high = { schema: High, ...limited } satisfies RuleKind<LimitRule>;
export const low = { schema: Low, ...limited } satisfies RuleKind<LimitRule>;
export const lowLow = { schema: LowLow, ...limited } satisfies RuleKind<LimitRule>;
