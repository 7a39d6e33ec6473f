import { notNegative } from "#shared/model/checks.ts";
import { type Ratio, ratio, ratioOfSums } from "#shared/model/ratio.ts";

/** Elements of ISO 22400-2 of one work unit in one period. Times in one unit; PRI in the same, per item. */
export interface WorkUnit {
  /** Actual production time. */
  readonly apt: number;
  /** Actual setup time, inside runs. */
  readonly aust: number;
  /** Actual delay: SBY or UDT while a run is open. */
  readonly adet: number;
  /** Actual down time: SBY or UDT in planned time without a run. */
  readonly adot: number;
  /** Planned run time per item, produced and good quantity; null for trials that have none. */
  readonly quantities: { readonly pri: number; readonly pq: number; readonly gq: number } | null;
}

/** U-04 to U-12; a factor whose own denominator is 0 is null. */
export interface Iso22400 {
  readonly aupt: number;
  readonly aubt: number;
  readonly pbt: number;
  readonly allocationEfficiency: number | null;
  readonly utilisationEfficiency: number | null;
  readonly availability: number | null;
  readonly setupRatio: number | null;
  readonly technicalEfficiency: number | null;
  readonly effectiveness: number | null;
  readonly qualityRatio: number | null;
  readonly oee: number | null;
  readonly nee: number | null;
  readonly flags: readonly "effectiveness_over_100"[];
}

/** Planned busy time. */
const plannedTime = ({ apt, aust, adet, adot }: WorkUnit): number =>
  notNegative(apt, "APT") + notNegative(aust, "AUST") + notNegative(adet, "ADET") + notNegative(adot, "ADOT");

const product = (...factors: readonly (number | null)[]): number | null =>
  factors.reduce<number | null>((all, factor) => (all === null || factor === null ? null : all * factor), 1);

export function iso22400(unit: WorkUnit): Iso22400 {
  const pbt = plannedTime(unit);
  const { apt, aust, adet, quantities } = unit;
  const pri = quantities && notNegative(quantities.pri, "PRI");
  const pq = quantities && notNegative(quantities.pq, "PQ");
  const gq = quantities && notNegative(quantities.gq, "GQ");
  const aupt = apt + aust;
  const aubt = aupt + adet;
  const effectiveness = pri === null || pq === null ? null : ratio(pri * pq, apt);
  const qualityRatio = gq === null || pq === null ? null : ratio(gq, pq);
  return {
    aupt,
    aubt,
    pbt,
    allocationEfficiency: ratio(aubt, pbt),
    utilisationEfficiency: ratio(apt, aubt),
    availability: ratio(apt, pbt),
    setupRatio: ratio(aust, aupt),
    technicalEfficiency: ratio(apt, apt + adet),
    effectiveness,
    qualityRatio,
    oee: oeeOfUnits([unit]).value,
    nee: product(ratio(aupt, pbt), effectiveness, qualityRatio),
    flags: effectiveness !== null && effectiveness > 1 ? ["effectiveness_over_100"] : [],
  };
}

/** U-11 over units of any products: ΣPRI·GQ / ΣPBT. Units without quantities have no OEE and are left out. */
export const oeeOfUnits = (units: readonly WorkUnit[]): Ratio =>
  ratioOfSums(
    units.flatMap((unit) => {
      const denominator = plannedTime(unit);
      if (!unit.quantities) return [];
      const { pri, gq } = unit.quantities;
      return [{ numerator: notNegative(pri, "PRI") * notNegative(gq, "GQ"), denominator }];
    }),
  );

/** U-11b: OEE on total time after SEMI E79, and its four factors. */
export function oeeOnTotalTime(hours: {
  readonly totalH: number;
  readonly uptimeH: number;
  readonly productionH: number;
  /** Theoretical time of all output. */
  readonly theoreticalActualH: number;
  /** Theoretical time of good output. */
  readonly theoreticalEffectiveH: number;
}) {
  for (const [name, value] of Object.entries(hours)) notNegative(value, name);
  const { totalH, uptimeH, productionH, theoreticalActualH, theoreticalEffectiveH } = hours;
  return {
    availabilityEfficiency: ratio(uptimeH, totalH),
    operationalEfficiency: ratio(productionH, uptimeH),
    rateEfficiency: ratio(theoreticalActualH, productionH),
    qualityEfficiency: ratio(theoreticalEffectiveH, theoreticalActualH),
    oee: ratio(theoreticalEffectiveH, totalH),
  };
}
