import { Value } from "typebox/value";
import { type AlarmRuleConfig, kindOf } from "./registry.ts";

/** Whether the rule with other values of its keys is still what the schema of its kind says. */
export const fits = (rule: AlarmRuleConfig, changed: Readonly<Record<string, unknown>>): boolean =>
  Value.Check(kindOf(rule).schema, changed);
