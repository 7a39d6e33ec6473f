import type { AlarmKind } from "#shared/model/alarm.ts";
import { type BadQualityRule, badQuality } from "./badQuality.ts";
import { type CalculatedRule, calculated } from "./calculated.ts";
import { type DeviationRule, deviation } from "./deviation.ts";
import { type EventRule, event } from "./event.ts";
import { type FlatLineRule, flatLine } from "./flatLine.ts";
import type { RuleKind } from "./kind.ts";
import { high, highHigh, type LimitRule, low, lowLow } from "./limits.ts";
import { type LostRule, lost } from "./lost.ts";
import { type MatchRule, match } from "./match.ts";
import { type RateRule, rate } from "./rate.ts";
import { type StaleRule, stale } from "./stale.ts";
import { type StateRule, state } from "./state.ts";

/** One rule of plant.yaml, by its `kind`. */
export type AlarmRuleConfig =
  | LimitRule
  | DeviationRule
  | RateRule
  | StateRule
  | MatchRule
  | BadQualityRule
  | StaleRule
  | LostRule
  | FlatLineRule
  | CalculatedRule
  | EventRule;
export type RuleOf<Kind extends AlarmKind> = Extract<AlarmRuleConfig, { readonly kind: Kind }>;

/** Every kind of rule; what each makes of samples is named in `ingest/alarms/kinds/registry.ts`. */
export const ruleKinds: { readonly [Kind in AlarmKind]: RuleKind<RuleOf<Kind>> } = {
  highHigh,
  high,
  low,
  lowLow,
  deviation,
  rate,
  state,
  match,
  badQuality,
  stale,
  lost,
  flatLine,
  calculated,
  event,
};

/** The kind of a rule, with the rule's own type. */
export const kindOf = (rule: AlarmRuleConfig): RuleKind<AlarmRuleConfig> =>
  ruleKinds[rule.kind] as RuleKind<AlarmRuleConfig>;

/** Every tag that a rule looks at, as `<equipment>/<tag>`, its own first. */
export const inputsOf = (rule: AlarmRuleConfig): readonly string[] => [
  ...new Set([rule.tag, ...(kindOf(rule).inputs?.(rule) ?? [])]),
];
