import { coverageStatus } from "#shared/model/indicator.ts";
import { type IndicatorDefinition, noFigure } from "./definition.ts";

/**
 * S-10-NOW: alarms of the line that are active (UNACK or ACKED) at `until`, the momentary value whose time-weighted
 * mean is S-10 of the catalogue. Coverage is the share of alarm rules whose tag delivers good values now: an alarm
 * whose instrument is silent is not quietly counted as "no alarm".
 */
export const activeAlarms: IndicatorDefinition<never> = {
  id: "S-10-NOW",
  sources: () => [],
  figure: (_, { alarms: { rules, watched, active } }) => {
    if (rules === 0) return noFigure("no_input");
    const coverage = watched / rules;
    return {
      value: active,
      numerator: active,
      denominator: null,
      lower: active,
      upper: Math.min(rules, active + rules - watched),
      coverage,
      status: coverageStatus(coverage),
      reason: null,
      flags: [],
      parts: {},
      factorIds: [],
      inputDigest: null,
      origin: "measured",
    };
  },
};
