import { ratio } from "#shared/model/ratio.ts";
import { inForce, type Standard } from "#shared/model/standard.ts";
import { instant } from "#shared/model/time.ts";
import { quotaInService } from "../equipment/effectiveHours.ts";
import {
  type EquipmentTotals,
  exactRatio,
  type Figure,
  type FigureDefinition,
  hour,
  none,
  type ScopeFacts,
  stateQuality,
  stateTime,
  sumOf,
  withState,
} from "../scope.ts";
import quotas from "../standards/machineHourQuotas.json" with { type: "json" };

interface Quotas {
  readonly general_purpose: number;
  readonly special_purpose: number;
}
const machineHourQuotas: readonly Standard<Quotas>[] = quotas;

const effectiveMs = (equipment: readonly EquipmentTotals[]): number =>
  ["run", "prep", "post", "project"].reduce((sum, kind) => sum + sumOf(equipment, `eff.${kind}`), 0);

/** Unknown time gives no credit: the figure is what is certain, and at most that and all that is unknown. */
const creditedHours = (facts: ScopeFacts, ms: number): Figure => ({
  ...stateQuality(facts),
  value: ms / hour,
  numerator: ms / hour,
  lower: ms / hour,
  upper: (ms + stateTime(withState(facts)).UNK) / hour,
});

export const meanTimeBetweenFailures: FigureDefinition = {
  id: "U-13",
  sources: ["facts"],
  figure: (facts) => {
    const equipment = withState(facts);
    if (equipment.length === 0) return none("no_input");
    const [productiveH, failures] = [stateTime(equipment).PRD / hour, sumOf(equipment, "down.started")];
    return {
      ...stateQuality(facts),
      value: ratio(productiveH, failures),
      numerator: productiveH,
      denominator: failures,
      lower: failures > 0 ? ratio(productiveH, failures) : productiveH,
      reason: failures > 0 ? null : "no_failures",
      parts: { lower_bound: failures > 0 ? null : productiveH },
    };
  },
};

export const meanTimeToRepair: FigureDefinition = {
  id: "U-14",
  sources: ["facts"],
  figure: (facts) => {
    const equipment = withState(facts);
    if (equipment.length === 0) return none("no_input");
    const [repairH, repairs] = [sumOf(equipment, "down.restoredMs") / hour, sumOf(equipment, "down.restored")];
    return {
      ...stateQuality(facts),
      value: ratio(repairH, repairs),
      numerator: repairH,
      denominator: repairs,
      reason: repairs > 0 ? null : "nothing_restored",
    };
  },
};

export const effectiveMachineHours: FigureDefinition = {
  id: "U-15",
  sources: ["facts"],
  figure: (facts) => {
    const equipment = withState(facts);
    if (equipment.length === 0) return none("no_input");
    const ms = effectiveMs(equipment);
    const spanMs = Math.min(facts.period.to, facts.until) - facts.period.from;
    const serviceYears = equipment.reduce((sum, { expectedMs }) => sum + (ratio(expectedMs, spanMs) ?? 0), 0);
    return {
      ...creditedHours(facts, ms),
      parts: {
        per_instrument: ratio(ms / hour, equipment.length),
        per_service_year: ratio(ms / hour, serviceYears),
        run: sumOf(equipment, "eff.run") / hour,
        prep: sumOf(equipment, "eff.prep") / hour,
        post: sumOf(equipment, "eff.post") / hour,
        project: sumOf(equipment, "eff.project") / hour,
      },
    };
  },
};

export const quotaHourUtilisation: FigureDefinition = {
  id: "U-16",
  sources: ["facts", "plant"],
  figure: (facts) => {
    const equipment = withState(facts);
    if (equipment.length === 0) return none("no_input");
    const day = facts.calendar.periodAt("day", facts.period.from).name;
    const standard = inForce(machineHourQuotas, day);
    let quotaH = 0;
    for (const { spec } of equipment) {
      const { service, class: instrumentClass, quotaHours } = spec.config;
      const yearly =
        quotaHours ??
        (instrumentClass === "special" ? standard.values.special_purpose : standard.values.general_purpose);
      const from = service?.from === undefined ? facts.period.from : facts.calendar.period(service.from).from;
      const to = service?.to === undefined ? null : instant(facts.calendar.period(service.to).to - 1);
      quotaH += quotaInService(facts.calendar, facts.period, { from, to }, yearly).quotaH;
    }
    const effectiveH = effectiveMs(equipment) / hour;
    const value = ratio(effectiveH, quotaH);
    const unknownH = stateTime(equipment).UNK / hour;
    return {
      ...stateQuality(facts),
      value,
      numerator: effectiveH,
      denominator: quotaH,
      lower: value,
      upper: ratio(effectiveH + unknownH, quotaH),
      reason: value === null ? "zero_denominator" : null,
      factorIds: equipment.every(({ spec }) => spec.config.quotaHours !== undefined) ? [] : [standard.id],
    };
  },
};

const externalMs = (facts: ScopeFacts): number =>
  sumOf(facts.equipment, "rel.external") +
  (facts.plant.affiliates === "external" ? sumOf(facts.equipment, "rel.affiliate") : 0);

export const externalServiceHours: FigureDefinition = {
  id: "U-17",
  sources: ["facts", "runs", "bookings"],
  figure: (facts) =>
    withState(facts).length === 0
      ? none("no_input")
      : {
          ...creditedHours(facts, externalMs(facts)),
          parts: { per_instrument: ratio(externalMs(facts) / hour, withState(facts).length) },
        },
};

export const sharingRate: FigureDefinition = {
  id: "U-18",
  sources: ["facts", "runs", "bookings"],
  figure: (facts) => {
    if (withState(facts).length === 0) return none("no_input");
    const [external, effective] = [externalMs(facts), effectiveMs(withState(facts))];
    const unknown = stateTime(withState(facts)).UNK;
    return {
      ...stateQuality(facts),
      value: ratio(external, effective),
      numerator: external / hour,
      denominator: effective / hour,
      lower: ratio(external, effective + unknown),
      upper: ratio(external + unknown, effective + unknown),
      reason: effective > 0 ? null : "zero_denominator",
    };
  },
};

export const attribution: FigureDefinition = {
  id: "U-22",
  sources: ["facts", "runs", "bookings"],
  figure: (facts) => {
    if (withState(facts).length === 0) return none("no_input");
    const keys = new Set(
      facts.equipment.flatMap(({ facts: own }) => Object.keys(own.sums)).filter((key) => key.startsWith("key.")),
    );
    const parts = Object.fromEntries(
      [...keys].sort().map((key) => [key.slice("key.".length), sumOf(facts.equipment, key) / hour]),
    );
    const used = effectiveMs(withState(facts)) / hour;
    const attributed = used - sumOf(facts.equipment, "rel.unattributed") / hour;
    return { ...stateQuality(facts), value: used, numerator: attributed, denominator: used, lower: used, parts };
  },
};

export const openness: FigureDefinition = {
  id: "U-23",
  sources: ["plant"],
  figure: (facts) => {
    const obliged = facts.equipment.filter(({ spec }) => spec.config.openness?.isObliged);
    if (obliged.length === 0) return none("no_input");
    const open = obliged.filter(({ spec }) => spec.config.openness?.isOpen);
    return exactRatio(open.length, obliged.length, { origin: "declared" });
  },
};
