import type { IndicatorId } from "#shared/model/catalogue/catalogue.ts";
import { ratio } from "#shared/model/ratio.ts";
import {
  exactRatio,
  type Figure,
  type FigureDefinition,
  hour,
  none,
  type ScopeFacts,
  stateQuality,
  stateTime,
  sumOf,
  timeRatio,
  withState,
} from "../scope.ts";

/** Elements of ISO 22400-2 of a scope, in ms. */
function elements(facts: ScopeFacts) {
  const equipment = withState(facts);
  const [apt, aust, adet, adot] = ["apt", "aust", "adet", "adot"].map((name) => sumOf(equipment, `iso.${name}`)) as [
    number,
    number,
    number,
    number,
  ];
  const aupt = apt + aust;
  const aubt = aupt + adet;
  return { apt, aust, adet, adot, aupt, aubt, pbt: aubt + adot };
}
type Elements = ReturnType<typeof elements>;

const ofTime = (
  id: IndicatorId,
  parts: (all: Elements) => readonly [numerator: number, denominator: number],
): FigureDefinition => ({
  id,
  sources: ["facts", "runs"],
  figure: (facts) => timeRatio(facts, ...parts(elements(facts))),
});

export const allocationEfficiency = ofTime("U-04", ({ aubt, pbt }) => [aubt, pbt]);
export const utilisationEfficiency = ofTime("U-05", ({ apt, aubt }) => [apt, aubt]);
export const availability = ofTime("U-06", ({ apt, pbt }) => [apt, pbt]);
export const setupRatio = ofTime("U-07", ({ aust, aupt }) => [aust, aupt]);
export const technicalEfficiency = ofTime("U-08", ({ apt, adet }) => [apt, apt + adet]);

/** What ended runs made, per equipment that they held: theoretical time of all and of good output, in ms. */
function output(facts: ScopeFacts) {
  let [theoretical, good, produced, goodQuantity, apt] = [0, 0, 0, 0, 0];
  const units = new Set<string>();
  let [isMissing, hasRate] = [false, true];
  for (const { run, parts } of facts.endedRuns) {
    const { quantities, plannedSecondsPerUnit: pri } = run;
    if (quantities?.produced == null || quantities.good === null) {
      isMissing = true;
      continue;
    }
    units.add(quantities.unit);
    produced += quantities.produced;
    goodQuantity += quantities.good;
    if (pri === null) {
      hasRate = false;
      continue;
    }
    for (const part of parts) {
      theoretical += pri * 1_000 * quantities.produced;
      good += pri * 1_000 * quantities.good;
      apt += part.prdMs;
    }
  }
  const count = facts.endedRuns.length;
  return { theoretical, good, produced, goodQuantity, apt, units, isMissing, hasRate, count };
}

/** Why output cannot be judged, where it cannot. */
function lack({ count, units, isMissing, hasRate }: ReturnType<typeof output>, needsRate: boolean): string | null {
  if (count === 0) return "no_ended_runs";
  if (units.size === 0) return "no_quantities";
  if (units.size > 1 && !needsRate) return "mixed_units";
  return needsRate && (!hasRate || isMissing) ? "no_planned_run_time" : null;
}

export const effectiveness: FigureDefinition = {
  id: "U-09",
  sources: ["facts", "runs"],
  figure: (facts) => {
    const made = output(facts);
    const reason = lack(made, true);
    if (reason) return none(reason);
    const figure = exactRatio(made.theoretical / hour, made.apt / hour, stateQuality(facts));
    const isOver = (figure.value ?? 0) > 1;
    return { ...figure, flags: [...(figure.flags ?? []), ...(isOver ? ["effectiveness_over_100"] : [])] };
  },
};

export const qualityRatio: FigureDefinition = {
  id: "U-10",
  sources: ["runs"],
  figure: (facts) => {
    const made = output(facts);
    const reason = lack(made, false);
    if (reason) return none(reason);
    return exactRatio(made.goodQuantity, made.produced, { flags: made.isMissing ? ["runs_without_quantities"] : [] });
  },
};

/** U-11 and U-11b: theoretical time of good output over planned busy time, and over total time. */
const oee = (id: "U-11" | "U-11b", denominatorOf: (facts: ScopeFacts) => number): FigureDefinition => ({
  id,
  sources: ["facts", "runs"],
  figure: (facts): Figure => {
    const made = output(facts);
    const reason = lack(made, true);
    if (reason) return none(reason);
    const unknown = stateTime(withState(facts)).UNK;
    const [numerator, denominator] = [made.good, denominatorOf(facts)];
    return {
      ...stateQuality(facts),
      value: ratio(numerator, denominator),
      numerator: numerator / hour,
      denominator: denominator / hour,
      lower: ratio(numerator, denominator + unknown),
      upper: ratio(numerator, denominator),
      reason: denominator > 0 ? null : "zero_denominator",
    };
  },
});
export const oeeIndex = oee("U-11", (facts) => elements(facts).pbt);
export const oeeOnTotalTime = oee("U-11b", (facts) => {
  const { UNK: _unknown, ...time } = stateTime(withState(facts));
  return Object.values(time).reduce((sum, ms) => sum + ms, 0);
});

export const netEquipmentEffectiveness: FigureDefinition = {
  id: "U-12",
  sources: ["facts", "runs"],
  figure: (facts) => {
    const made = output(facts);
    const reason = lack(made, true) ?? (made.units.size > 1 ? "mixed_units" : null);
    if (reason) return none(reason);
    const { aupt, pbt } = elements(facts);
    const factors = [ratio(aupt, pbt), ratio(made.theoretical, made.apt), ratio(made.goodQuantity, made.produced)];
    const value = factors.includes(null) ? null : factors.reduce<number>((all, factor) => all * (factor ?? 0), 1);
    return { ...stateQuality(facts), value, reason: value === null ? "zero_denominator" : null };
  },
};
