import { finite, notNegative, positive } from "#shared/model/checks.ts";
import { CodedError } from "#shared/model/errors.ts";
import { type Ratio, ratio } from "#shared/model/ratio.ts";
import type { Standard } from "#shared/model/standard.ts";
import setpoints from "../standards/gasSetpoints.json" with { type: "json" };

interface Bound {
  readonly atMost?: number;
  readonly atLeast?: number;
}
/** Bounds of the two set points per kind of detector. */
export type GasSetpoints = Readonly<
  Record<string, { readonly unit: string; readonly level1: Bound; readonly level2: Bound }>
>;

export const gasSetpoints: readonly Standard<GasSetpoints>[] = setpoints;

export interface GasDetector {
  readonly id: string;
  /** `flammable`, `toxic`, `toxic_idlh` where the range cannot serve the other, `oxygen`. */
  readonly kind: string;
  /** In the unit of the kind; null where the controller could not be read. */
  readonly level1: number | null;
  readonly level2: number | null;
}

const keeps = (value: number | null, { atMost, atLeast }: Bound, name: string): boolean =>
  value !== null &&
  notNegative(value, name) <= (atMost ?? Number.POSITIVE_INFINITY) &&
  value >= (atLeast ?? Number.NEGATIVE_INFINITY);

/** S-12: detectors whose two set points comply; one that cannot be read does not. */
export function gasCompliance(
  detectors: readonly GasDetector[],
  limits: GasSetpoints,
): Ratio & { readonly nonCompliant: readonly string[] } {
  const nonCompliant = detectors.filter(({ id, kind, level1, level2 }) => {
    const limit = Object.hasOwn(limits, kind) ? limits[kind] : undefined;
    if (!limit)
      throw new CodedError(
        "OUT_OF_RANGE",
        `Detector ${id} is \`${kind}\`; a kind is one of ${Object.keys(limits).join(", ")}.`,
      );
    return !(keeps(level1, limit.level1, `level 1 of ${id}`) && keeps(level2, limit.level2, `level 2 of ${id}`));
  });
  const numerator = detectors.length - nonCompliant.length;
  return {
    numerator,
    denominator: detectors.length,
    value: ratio(numerator, detectors.length),
    nonCompliant: nonCompliant.map(({ id }) => id),
  };
}

export interface GasLevelEvents {
  readonly events: number;
  readonly seconds: number;
}

/** Activations and active time of a high alarm at `setpoint`: on at or above, off only below `setpoint - deadband`. */
function levelEvents(
  values: readonly (number | null)[],
  intervalS: number,
  setpoint: number,
  deadband: number,
): GasLevelEvents {
  let isActive = false;
  let events = 0;
  let active = 0;
  for (const value of values) {
    // What is invalid says nothing: the last good value holds (fail-safe), and S-14 counts the time.
    if (value !== null) {
      const isNow: boolean = isActive ? value >= setpoint - deadband : value >= setpoint;
      if (isNow && !isActive) events++;
      isActive = isNow;
    }
    if (isActive) active++;
  }
  return { events, seconds: active * intervalS };
}

/** S-13 of one detector: values in %LEL, each valid for `intervalS`; null where the detector was invalid. */
export function gasEvents(
  values: readonly (number | null)[],
  intervalS: number,
  levels: { readonly level1: number; readonly level2: number; readonly deadband: number },
): {
  readonly level1: GasLevelEvents;
  readonly level2: GasLevelEvents;
  readonly peak: number | null;
  readonly invalidS: number;
} {
  const deadband = notNegative(levels.deadband, "deadband");
  positive(intervalS, "interval in s");
  const good = values.flatMap((value, i) => (value === null ? [] : [finite(value, `value ${i}`)]));
  return {
    level1: levelEvents(values, intervalS, finite(levels.level1, "level 1"), deadband),
    level2: levelEvents(values, intervalS, finite(levels.level2, "level 2"), deadband),
    peak: good.length > 0 ? Math.max(...good) : null,
    invalidS: (values.length - good.length) * intervalS,
  };
}
