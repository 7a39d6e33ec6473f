import { isUpper, type LimitRule } from "#shared/plant/alarmRules/limits.ts";
import { numberOf } from "../numberOf.ts";
import type { Condition } from "./kind.ts";

/** At the limit it is beyond, and it is back only beyond the deadband. Remembers the last good value. */
export function limitCondition(rule: Pick<LimitRule, "kind" | "limit" | "deadband">): Condition<number | null> {
  const { limit, deadband } = rule;
  const upper = isUpper(rule);
  return {
    start: null,
    reachMs: 0,
    use: (last, _at, { value }) => numberOf(value) ?? last,
    judge: (value, _at, was) => {
      if (value === null) return null;
      if (upper) return value >= (was ? limit - deadband : limit);
      return value <= (was ? limit + deadband : limit);
    },
  };
}
