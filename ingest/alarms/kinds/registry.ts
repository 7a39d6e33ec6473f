import type { AlarmKind } from "#shared/model/alarm.ts";
import type { RuleOf } from "#shared/plant/alarmRules/registry.ts";
import { badQuality } from "./badQuality.ts";
import { calculated } from "./calculated.ts";
import { deviation } from "./deviation.ts";
import { event } from "./event.ts";
import { flatLine } from "./flatLine.ts";
import type { Condition, RuleFacts } from "./kind.ts";
import { limitCondition } from "./limits.ts";
import { lost } from "./lost.ts";
import { match } from "./match.ts";
import { rate } from "./rate.ts";
import { stale } from "./stale.ts";
import { state } from "./state.ts";

type Make<Rule> = (rule: Rule, facts: RuleFacts) => unknown;

/** What each kind of rule makes of samples; what plant.yaml says of it is in `shared/plant/alarmRules/registry.ts`. */
const kinds: { readonly [Kind in AlarmKind]: Make<RuleOf<Kind>> } = {
  highHigh: limitCondition,
  high: limitCondition,
  low: limitCondition,
  lowLow: limitCondition,
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

/** The condition of a rule. */
export const conditionOf = <Kind extends AlarmKind>(rule: RuleOf<Kind>, facts: RuleFacts): Condition =>
  // Evidence never leaves the condition that made it.
  (kinds[rule.kind] as Make<RuleOf<Kind>>)(rule, facts) as Condition;
