import { coverageStatus } from "#shared/model/indicator.ts";
import { ratio } from "#shared/model/ratio.ts";
import { conversionFactor } from "#shared/model/units.ts";
import type { PlantTag } from "#shared/plant/plant.ts";
import { type IndicatorDefinition, noFigure } from "./definition.ts";
import { createRegisterMeter, type LiveEnergy } from "./green/register.ts";

/** Largest power in kW that the equipment's own power tag can show; tells a plausible increment from a spike. */
function maxPowerKw(meter: PlantTag, tags: readonly PlantTag[]): number | undefined {
  const limits = tags
    .flatMap(({ equipment, config }) =>
      equipment.id === meter.equipment.id && config.meaning === "power" && config.range
        ? [(config.range[1] ?? 0) * (conversionFactor(config.unit, "kW") ?? Number.NaN)]
        : [],
    )
    .filter(Number.isFinite);
  return limits.length > 0 ? Math.max(...limits) : undefined;
}

/**
 * G-01 metered energy in kW.h: the sum over the energy meters of a line's equipment, which are meters of one level.
 * The value is a lower bound where a register was reset, and ends at each meter's newest reading.
 */
export const energy: IndicatorDefinition<LiveEnergy> = {
  id: "G-01",
  sources: (tags) =>
    tags.flatMap((meter) => {
      if (meter.equipment.energyMeter !== meter.config.id) return [];
      // The register counts in its own unit, where its reset and rollover are; only the sums are converted.
      const toKwh = conversionFactor(meter.config.unit, "kW.h") ?? 1;
      const maxPower = maxPowerKw(meter, tags);
      const maxPerHour = maxPower === undefined ? undefined : maxPower / toKwh;
      const rules = { maxGapMs: meter.info.gapAfterMs, ...(maxPerHour === undefined ? {} : { maxPerHour }) };
      return [
        {
          tag: meter.id,
          start: ({ from, to }) => {
            const register = createRegisterMeter(from, to, rules);
            return {
              // A bad reading has no number: the next good one brings its energy too.
              add: ({ at, value }) => {
                if (typeof value === "number") register.add(at, value);
              },
              upTo: (until) => {
                const sums = register.upTo(until);
                return { ...sums, total: sums.total * toKwh, estimated: sums.estimated * toKwh };
              },
            };
          },
        },
      ];
    }),
  figure: (facts, { day, until }) => {
    if (facts.length === 0) return noFigure("no_input");
    const total = facts.reduce((sum, fact) => sum + fact.total, 0);
    const estimated = facts.reduce((sum, fact) => sum + fact.estimated, 0);
    const flags = [...new Set(facts.flatMap((fact) => fact.flags))].sort();
    const expectedMs = facts.length * (until - day.from);
    // The newest reading stands for the time since then as long as the next one is not overdue.
    const knownMs = facts.reduce((sum, fact) => sum + fact.coveredMs + fact.pendingMs, 0);
    const coverage = Math.min(1, ratio(knownMs, expectedMs) ?? 0);
    const hasData = knownMs > 0 || facts.some((fact) => fact.total > 0);
    const isComplete = estimated === 0 && coverage >= 1;
    return {
      value: hasData ? total : null,
      numerator: hasData ? total : null,
      denominator: null,
      lower: hasData ? total - estimated : null,
      upper: hasData && isComplete ? total : null,
      coverage,
      status: coverageStatus(coverage),
      reason: hasData ? null : "no_data",
      flags: estimated > 0 ? [...flags, "estimated"] : flags,
      parts: {},
      factorIds: [],
      inputDigest: null,
      origin: "measured",
    };
  },
};
