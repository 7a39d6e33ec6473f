import {
  baseLoad,
  type DemandWindows,
  demandIntervals,
  joinedDemand,
  loadFactor,
  peakDemand,
  simultaneousDemand,
} from "#shared/model/green/demand.ts";
import { inForce } from "#shared/model/standard.ts";
import { meterQuality, metersOf } from "../meters.ts";
import { type FigureDefinition, none, type ScopeDemand, type ScopeFacts } from "../scope.ts";

/** 15-minute windows of all meters of a scope together; a day of which one of them knows nothing has none. */
function windowsOf(facts: Pick<ScopeFacts, "level" | "equipment">): DemandWindows {
  const [first, ...others] = metersOf(facts, "electricity").map(
    ({ one, meter }) => new Map(one.days.flatMap(({ day, demand }) => named(day, demand.get(meter.name)))),
  );
  return joinedDemand(
    [...(first ?? [])].flatMap(([day, own]) => {
      const all = [own, ...others.flatMap((meter) => meter.get(day) ?? [])];
      return all.length > others.length ? [simultaneousDemand(all)] : [];
    }),
  );
}

const named = <Value>(name: string, value: Value | undefined): (readonly [string, Value])[] =>
  value === undefined ? [] : [[name, value]];

/** What G-04 and G-07 rest on. */
export function scopeDemand(facts: Pick<ScopeFacts, "level" | "equipment" | "calendar" | "period">): ScopeDemand {
  const standard = inForce(demandIntervals, facts.calendar.periodAt("day", facts.period.from).name);
  const { windowMinutes, knownShare } = standard.values;
  return { ...peakDemand(windowsOf(facts), knownShare * windowMinutes), factorIds: [standard.id] };
}

export const baseLoadShare: FigureDefinition = {
  id: "G-04",
  sources: ["facts"],
  figure: (facts) => {
    const meters = metersOf(facts, "electricity");
    if (meters.length === 0) return none("no_input");
    const { validKw, factorIds } = facts.demand();
    const { baseKw, share } = baseLoad(validKw.map((kw) => Math.max(0, kw)));
    return {
      ...meterQuality(meters),
      value: share,
      reason: share === null ? "no_data" : null,
      factorIds,
      parts: { base: baseKw },
    };
  },
};

export const peakDemandFigure: FigureDefinition = {
  id: "G-07",
  sources: ["facts"],
  figure: (facts) => {
    const meters = metersOf(facts, "electricity");
    if (meters.length === 0) return none("no_input");
    const { maxKw, factorIds, ...demand } = facts.demand();
    return {
      ...meterQuality(meters),
      value: maxKw,
      reason: maxKw === null ? "no_valid_window" : null,
      factorIds,
      parts: { load_factor: loadFactor({ maxKw, ...demand }) },
    };
  },
};
