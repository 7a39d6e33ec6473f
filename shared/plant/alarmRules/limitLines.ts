import type { AlarmLimit } from "#shared/model/live.ts";
import { isUpper } from "./limits.ts";
import type { AlarmRuleConfig } from "./registry.ts";

export type LimitSide = readonly [side: AlarmLimit["side"], limit: number];

/** The fixed values of its own tag at which a rule raises: those that a chart can draw as a line. */
export function limitsOf(rule: AlarmRuleConfig): readonly LimitSide[] {
  switch (rule.kind) {
    case "highHigh":
    case "high":
    case "low":
    case "lowLow":
      return [[isUpper(rule) ? "upper" : "lower", rule.limit]];
    case "deviation": {
      const { setPoint, side, limit } = rule;
      if (setPoint === undefined) return [];
      const upper: LimitSide = ["upper", setPoint + limit];
      const lower: LimitSide = ["lower", setPoint - limit];
      if (side === "both") return [upper, lower];
      return side === "above" ? [upper] : [lower];
    }
    default:
      return [];
  }
}
