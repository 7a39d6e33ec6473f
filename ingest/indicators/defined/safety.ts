import { ratio } from "#shared/model/ratio.ts";
import { inForce } from "#shared/model/standard.ts";
import { gasCompliance, gasSetpoints } from "../safety/gasDetectors.ts";
import { onTimeRate } from "../safety/permits.ts";
import {
  exactRatio,
  type FigureDefinition,
  hour,
  none,
  peakOf,
  type ScopeFacts,
  stateTime,
  sumOf,
  withState,
} from "../scope.ts";

const dayOf = ({ calendar, period }: ScopeFacts): string => calendar.periodAt("day", period.from).name;

export const gasSetpointCompliance: FigureDefinition = {
  id: "S-12",
  sources: ["plant"],
  figure: (facts) => {
    const detectors = facts.equipment.flatMap(({ spec }) =>
      (spec.config.detectors ?? []).map(({ tag, kind, level1, level2 }) => ({
        id: `${spec.id}/${tag}`,
        kind,
        level1: level1 ?? null,
        level2: level2 ?? null,
      })),
    );
    if (detectors.length === 0) return none("no_input");
    const standard = inForce(gasSetpoints, dayOf(facts));
    const { numerator, denominator, nonCompliant } = gasCompliance(detectors, standard.values);
    return exactRatio(numerator, denominator, {
      flags: nonCompliant.map((id) => `not_compliant:${id}`),
      factorIds: [standard.id],
    });
  },
};

export const gasAlarmEvents: FigureDefinition = {
  id: "S-13",
  sources: ["facts"],
  figure: (facts) => {
    const tags = facts.equipment.flatMap((one) => (one.spec.config.detectors ?? []).map(({ tag }) => ({ one, tag })));
    if (tags.length === 0) return none("no_input");
    const of = (level: 1 | 2, what: "events" | "ms") =>
      tags.reduce((sum, { one, tag }) => sum + sumOf([one], `gas.${tag}.${level}.${what}`), 0);
    const peaks = tags.flatMap(({ one, tag }) => peakOf([one], `gas.${tag}`) ?? []);
    return {
      ...signalQuality(facts),
      value: of(1, "events"),
      numerator: of(1, "events"),
      lower: of(1, "events"),
      parts: {
        active: of(1, "ms") / 1_000,
        level_2: of(2, "events"),
        level_2_active: of(2, "ms") / 1_000,
        peak: peaks.length > 0 ? Math.max(...peaks) : null,
      },
    };
  },
};

/** Valid over expected time of the samples that facts are made of. */
function signalQuality({ equipment }: ScopeFacts): { readonly coverage: number } {
  const expected = equipment.reduce((sum, { spec, expectedMs }) => sum + spec.signals.length * expectedMs, 0);
  return { coverage: Math.min(1, ratio(sumOf(equipment, "cover.valid"), expected) ?? 0) };
}

export const safetySignalAvailability: FigureDefinition = {
  id: "S-14",
  sources: ["facts"],
  figure: ({ equipment }) => {
    const expected = equipment.reduce((sum, { spec, expectedMs }) => sum + spec.safety.length * expectedMs, 0);
    if (!equipment.some(({ spec }) => spec.safety.length > 0)) return none("no_input");
    return exactRatio(sumOf(equipment, "safe.valid") / hour, expected / hour);
  },
};

/** By the calibrations that plant.yaml names: one that is due, and stands there still, has not been done. */
export const calibrationOnTime: FigureDefinition = {
  id: "S-15",
  sources: ["plant", "declared"],
  figure: (facts) => {
    const declared = facts.declared.find(({ item }) => item === "S-15");
    if (declared)
      return {
        value: declared.value,
        numerator: null,
        coverage: 1,
        origin: "declared",
        lower: declared.value,
        upper: declared.value,
      };
    const due = new Map<string, string>();
    for (const { spec } of facts.equipment)
      for (const { device, calibration } of spec.config.tags) {
        const own = calibration ?? facts.plant.devices.find(({ id }) => id === device)?.calibration;
        if (own) due.set(calibration ? `${spec.id}/${device}` : device, own.due);
      }
    if (due.size === 0) return none("no_input");
    const items = [...due.values()].map((day) => ({ dueAt: facts.calendar.period(day).to, doneAt: null }));
    const { numerator, denominator } = onTimeRate(items, { from: facts.period.from, to: facts.until });
    return denominator === 0 ? none("nothing_due") : exactRatio(numerator, denominator);
  },
};

export const limitExcursions: FigureDefinition = {
  id: "S-16",
  sources: ["facts"],
  figure: (facts) => {
    const limits = facts.equipment.flatMap((one) =>
      (one.spec.config.operatingLimits ?? []).map((_, i) => ({ one, key: `limit.${i}` })),
    );
    if (limits.length === 0) return none("no_input");
    const of = (what: string) => limits.reduce((sum, { one, key }) => sum + sumOf([one], `${key}.${what}`), 0);
    const peaks = limits.flatMap(({ one, key }) => peakOf([one], key) ?? []);
    const expected = limits.reduce((sum, { one }) => sum + one.expectedMs, 0);
    const productiveH = stateTime(withState(facts)).PRD / hour;
    return {
      coverage: Math.max(0, 1 - (ratio(of("unknownMs"), expected) ?? 0)),
      value: of("count"),
      numerator: of("count"),
      denominator: productiveH,
      lower: of("count"),
      parts: {
        time: of("ms") / 60_000,
        area: of("areaMs") / 60_000,
        largest_excess: peaks.length > 0 ? Math.max(...peaks) : null,
        per_1000_h: ratio(of("count") * 1_000, productiveH),
        unknown: of("unknownMs") / 60_000,
      },
    };
  },
};

/** Bypasses are told by nobody yet: neither a tag nor a record says that an interlock is bypassed. */
export const interlockBypass: FigureDefinition = { id: "S-17", sources: ["declared"], figure: declaredOnly("S-17") };
export const incidents: FigureDefinition = { id: "S-18", sources: ["declared"], figure: declaredOnly("S-18") };

/** A figure that a person declared and another verified. */
function declaredOnly(item: string): FigureDefinition["figure"] {
  return ({ level, declared }) => {
    if (level !== "platform") return none("not_at_this_scope");
    const found = declared.filter((one) => one.item === item && one.equipment === null);
    if (found.length === 0) return none("not_declared");
    const value = found.reduce((sum, one) => sum + one.value, 0);
    return { value, numerator: value, lower: value, upper: value, coverage: 1, origin: "declared" };
  };
}
