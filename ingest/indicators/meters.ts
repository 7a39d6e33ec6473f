import type { Carrier } from "#shared/model/carrier.ts";
import { ratio } from "#shared/model/ratio.ts";
import { metersOfLevel, subMetersOfLevel } from "#shared/plant/figures/meterLevels.ts";
import type { MeterSpec } from "./facts/spec.ts";
import { type EquipmentTotals, type Figure, none, type ScopeFacts } from "./scope.ts";

/** A meter with the totals of the equipment that it belongs to. */
export interface ScopedMeter {
  readonly one: EquipmentTotals;
  readonly meter: MeterSpec;
}

export const meterSum = (meters: readonly ScopedMeter[], what: string): number =>
  meters.reduce((sum, { one, meter }) => sum + (one.facts.sums[`meter.${meter.name}.${what}`] ?? 0), 0);

const placed = ({ equipment }: Pick<ScopeFacts, "equipment">) =>
  equipment.map((one) => ({ line: one.spec.line.id, meters: one.spec.meters, totals: one }));
const scoped = (
  found: readonly { readonly one: { readonly totals: EquipmentTotals }; readonly meter: MeterSpec }[],
): readonly ScopedMeter[] => found.map(({ one, meter }) => ({ one: one.totals, meter }));

/** The meters of one level that measure a scope. */
export const metersOf = (
  facts: Pick<ScopeFacts, "level" | "equipment">,
  carrier: Carrier,
  flow: MeterSpec["flow"] = "import",
): readonly ScopedMeter[] => scoped(metersOfLevel(facts.level, placed(facts), carrier, flow));

/** The meters one level below those of `metersOf`, where there are two levels. */
export const subMetersOf = (facts: ScopeFacts, carrier: Carrier): readonly ScopedMeter[] =>
  scoped(subMetersOfLevel(facts.level, placed(facts), carrier));

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
