import type { DeviationRule } from "#shared/plant/alarmRules/deviation.ts";
import { numberOf } from "../numberOf.ts";
import type { MakeCondition } from "./kind.ts";

interface Evidence {
  readonly value: number | null;
  readonly setPoint: number | null;
}

/** Distance from the set point, which may be a tag of its own. A bad set point is the last good one. */
export const deviation: MakeCondition<DeviationRule, Evidence> = (rule, { inputs }) => {
  const { side, limit, deadband } = rule;
  const setPointInput = rule.setPointTag === undefined ? -1 : inputs.indexOf(rule.setPointTag);
  return {
    start: { value: null, setPoint: rule.setPoint ?? null },
    reachMs: 0,
    use: (evidence, _at, { input, value }) => {
      const number = numberOf(value);
      if (number === null) return evidence;
      const known = input === 0 ? { ...evidence, value: number } : evidence;
      return input === setPointInput ? { ...known, setPoint: number } : known;
    },
    judge: ({ value, setPoint }, _at, was) => {
      if (value === null || setPoint === null) return null;
      const above = value - setPoint;
      const distance = side === "both" ? Math.abs(above) : side === "above" ? above : -above;
      // Within the deadband's edge it is not back yet, at the limit it is beyond: as with limits.
      return distance >= (was ? limit - deadband : limit);
    },
  };
};
