import type { Carrier } from "#shared/model/carrier.ts";
import type { MeterSpec } from "./facts/spec.ts";
import { ratio } from "./ratio.ts";
import { type EquipmentTotals, type Figure, none, type ScopeFacts } from "./scope.ts";

/** A meter with the totals of the equipment that it belongs to. */
export interface ScopedMeter {
  readonly one: EquipmentTotals;
  readonly meter: MeterSpec;
}

export const meterSum = (meters: readonly ScopedMeter[], what: string): number =>
  meters.reduce((sum, { one, meter }) => sum + (one.facts.sums[`meter.${meter.name}.${what}`] ?? 0), 0);

const measuring = (
  equipment: readonly EquipmentTotals[],
  carrier: Carrier,
  flow: MeterSpec["flow"],
  measures: MeterSpec["measures"],
) =>
  equipment.flatMap((one) =>
    one.spec.meters
      .filter((meter) => meter.carrier === carrier && meter.flow === flow && meter.measures === measures)
      .map((meter): ScopedMeter => ({ one, meter })),
  );

/**
 * The meters of one level that measure a scope: those of the whole where there are such, else those of its parts. A main
 * meter and what lies below it are never added.
 */
export function metersOf(
  facts: ScopeFacts,
  carrier: Carrier,
  flow: MeterSpec["flow"] = "import",
): readonly ScopedMeter[] {
  const { level, equipment } = facts;
  if (level === "equipment") return measuring(equipment, carrier, flow, "equipment");
  const whole = level === "platform" ? measuring(equipment, carrier, flow, "platform") : [];
  return whole.length > 0 ? whole : linesOf(facts).flatMap((line) => lineMeters(line, carrier, flow));
}

/** The meters one level below those of `metersOf`, where there are two levels. */
export function subMetersOf(facts: ScopeFacts, carrier: Carrier): readonly ScopedMeter[] {
  if (facts.level === "platform" && measuring(facts.equipment, carrier, "import", "platform").length > 0)
    return linesOf(facts).flatMap((line) => lineMeters(line, carrier, "import"));
  if (facts.level !== "line" || measuring(facts.equipment, carrier, "import", "line").length === 0) return [];
  return measuring(facts.equipment, carrier, "import", "equipment");
}

const linesOf = ({ equipment }: ScopeFacts): readonly (readonly EquipmentTotals[])[] => [
  ...Map.groupBy(equipment, ({ spec }) => spec.line.id).values(),
];

function lineMeters(
  line: readonly EquipmentTotals[],
  carrier: Carrier,
  flow: MeterSpec["flow"],
): readonly ScopedMeter[] {
  const own = measuring(line, carrier, flow, "line");
  return own.length > 0 ? own : measuring(line, carrier, flow, "equipment");
}

const registerFlags = [
  "replacement",
  "spike",
  "jitter",
  "glitch",
  "rollover",
  "reset",
  "rejected",
  "replacement_inconsistent",
];

/** What every figure of meters says: coverage, oddities of the registers, and that parts are estimated. */
export function meterQuality(meters: readonly ScopedMeter[]): Required<Pick<Figure, "coverage" | "flags">> {
  const expected = meters.reduce((sum, { one }) => sum + one.expectedMs, 0);
  const odd = new Set(meters.flatMap(({ one }) => one.facts.flags.filter((flag) => registerFlags.includes(flag))));
  const isEstimated = meterSum(meters, "estimated") > 0;
  return {
    coverage: Math.min(1, ratio(meterSum(meters, "covered"), expected) ?? 0),
    flags: [...[...odd].sort(), ...(isEstimated ? ["estimated"] : [])],
  };
}

/** The total of meters; at least what is not estimated, at most itself where nothing is missing. */
export function meteredTotal(meters: readonly ScopedMeter[]): Figure {
  if (meters.length === 0) return none("no_input");
  const quality = meterQuality(meters);
  const [total, estimated] = [meterSum(meters, "total"), meterSum(meters, "estimated")];
  if (total === 0 && quality.coverage === 0) return none("no_data", quality);
  const isComplete = estimated === 0 && quality.coverage >= 1;
  return { ...quality, value: total, numerator: total, lower: total - estimated, upper: isComplete ? total : null };
}
