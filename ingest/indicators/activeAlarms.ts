import { indicatorCatalogue } from "#shared/model/catalogue/catalogue.ts";
import { coverageStatus, type IndicatorResult } from "#shared/model/indicator.ts";

/** How the alarms of a line stand now. */
export interface AlarmsNow {
  /** Alarm rules of the line. */
  readonly rules: number;
  /** Rules whose tag delivers good values now. */
  readonly watched: number;
  /** Alarms in UNACK or ACKED. */
  readonly active: number;
}

/**
 * S-10-NOW: alarms of the line that are active (UNACK or ACKED) at `until`, the momentary value whose time-weighted
 * mean is S-10 of the catalogue. Coverage is the share of alarm rules whose tag delivers good values now: an alarm
 * whose instrument is silent is not quietly counted as "no alarm".
 */
export function activeAlarms(
  { rules, watched, active }: AlarmsNow,
  about: Pick<IndicatorResult, "scope" | "period" | "from" | "to" | "until">,
): IndicatorResult {
  const { version, unit } = indicatorCatalogue["S-10-NOW"];
  const coverage = rules === 0 ? 0 : watched / rules;
  const isGiven = rules > 0;
  return {
    indicator: "S-10-NOW",
    definitionVersion: version,
    ...about,
    unit,
    value: isGiven ? active : null,
    numerator: isGiven ? active : null,
    denominator: null,
    lower: isGiven ? active : null,
    upper: isGiven ? Math.min(rules, active + rules - watched) : null,
    coverage,
    status: coverageStatus(coverage),
    reason: isGiven ? null : "no_input",
    flags: [],
    parts: {},
    factorIds: [],
    inputDigest: null,
    origin: "measured",
  };
}
