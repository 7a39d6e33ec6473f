import { baseLoad, type DemandWindow, demandIntervals, loadFactor, peakDemand } from "#shared/model/green/demand.ts";
import { ratio } from "#shared/model/ratio.ts";
import { inForce } from "#shared/model/standard.ts";
import { isAtLeast } from "#shared/model/threshold.ts";
import { meterQuality, metersOf, type ScopedMeter } from "../meters.ts";
import { type FigureDefinition, none, type ScopeFacts } from "../scope.ts";

const dayOf = ({ calendar, period }: ScopeFacts): string => calendar.periodAt("day", period.from).name;

/** 15-minute windows of the meters together: a window is known as far as the least known meter is. */
function windowsOf(meters: readonly ScopedMeter[]): readonly DemandWindow[] {
  const byDay = new Map<string, { readonly kwh: Float64Array; readonly known: Float64Array }>();
  let isFirst = true;
  for (const { one, meter } of meters) {
    const seen = new Set<string>();
    for (const { day, demand } of one.days) {
      const own = demand.get(meter.name);
      if (!own) continue;
      seen.add(day);
      const length = own.length / 2;
      let sum = byDay.get(day);
      if (!sum) {
        if (!isFirst) continue;
        sum = { kwh: new Float64Array(length), known: new Float64Array(length).fill(Number.POSITIVE_INFINITY) };
        byDay.set(day, sum);
      }
      for (let i = 0; i < sum.kwh.length; i++) {
        sum.kwh[i] = (sum.kwh[i] ?? 0) + (own[2 * i] ?? 0);
        sum.known[i] = Math.min(sum.known[i] ?? 0, own[2 * i + 1] ?? 0);
      }
    }
    // A day of which one meter knows nothing has no simultaneous windows.
    for (const day of byDay.keys()) if (!seen.has(day)) byDay.delete(day);
    isFirst = false;
  }
  return [...byDay.values()].flatMap(({ kwh, known }) =>
    Array.from(kwh, (energy, i) => ({ knownMinutes: known[i] ?? 0, kw: energy * 4 })),
  );
}

const demandOf = (facts: ScopeFacts) => {
  const meters = metersOf(facts, "electricity");
  const standard = inForce(demandIntervals, dayOf(facts));
  const { windowMinutes, knownShare } = standard.values;
  return { meters, windows: windowsOf(meters), least: knownShare * windowMinutes, factorIds: [standard.id] };
};

export const baseLoadShare: FigureDefinition = {
  id: "G-04",
  sources: ["facts"],
  figure: (facts) => {
    const { meters, windows, least, factorIds } = demandOf(facts);
    if (meters.length === 0) return none("no_input");
    const values = peakDemand(windows, least).valid.map(({ kw }) => Math.max(0, kw));
    const { baseKw, share } = baseLoad(values);
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
    const { meters, windows, least, factorIds } = demandOf(facts);
    if (meters.length === 0) return none("no_input");
    let [count, max] = [0, Number.NEGATIVE_INFINITY];
    for (const { kw, knownMinutes } of windows)
      if (isAtLeast(knownMinutes, least)) {
        count++;
        max = Math.max(max, kw);
      }
    return {
      ...meterQuality(meters),
      value: count > 0 ? max : null,
      reason: count > 0 ? null : "no_valid_window",
      factorIds,
      parts: { load_factor: count > 0 ? meanFactor(windows, least, max) : null },
    };
  },
};

function meanFactor(windows: readonly DemandWindow[], least: number, max: number): number | null {
  if (windows.length < 10_000) return loadFactor(windows, least);
  let [sum, count] = [0, 0];
  for (const { kw, knownMinutes } of windows)
    if (isAtLeast(knownMinutes, least)) {
      sum += kw;
      count++;
    }
  return count > 0 ? ratio(sum / count, max) : null;
}
