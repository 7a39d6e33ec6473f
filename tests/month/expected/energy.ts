import { baseline, hourly, inRuns } from "../truePlant.ts";
import { type Expected, type KnownMonth, nothing, ratioOf, type Scope, share, sum } from "./known.ts";
import type { Totals } from "./totals.ts";

/** GB/T 2589 and the factor of Shandong for 2022, the newest that is out. */
const kgcePerKwh = 0.1229;
const kgcePerTonneOfWater = 0.2571;
const kgCo2PerKwh = 0.641;
/** A Modbus meter of the line counts whole watt-hours. */
const meterStep = 0.001;
const quartersKnown = 0.1;

/** Part C of the catalogue. */
export function energy(
  scope: Scope,
  all: Readonly<Record<string, Totals>>,
  known: KnownMonth,
): Record<string, Expected> {
  const ids = scope.ids.filter((id) => all[id]);
  const hasWater = scope.ids.includes("steam");
  const water = sum(known.history.waterM3);
  const isOfRuns = scope.level !== "equipment" || scope.ids.some((id) => inRuns.includes(id));
  const ended = isOfRuns ? known.runs.filter(({ isEnded }) => isEnded) : [];
  const always: Record<string, Expected> = {
    "G-08": nothing("no_input"),
    "G-11": nothing("no_input"),
    "G-12": hasWater ? ratioOf(water, ended.length, "no_ended_runs") : nothing("no_input"),
    "G-13": nothing("no_input"),
    "G-14": scope.level === "platform" ? { value: 0, denominator: ended.length } : nothing("not_at_this_scope"),
    "D-05": nothing("no_main_meter"),
  };
  const baselineOf = { equipment: nothing("not_at_this_scope"), platform: nothing("no_baseline"), line: null }[
    scope.level
  ];
  if (ids.length === 0) {
    const names = ["01", "02", "03", "04", "05", "06", "07", "09"];
    const none = Object.fromEntries(names.map((name) => [`G-${name}`, nothing("no_input")]));
    return { ...always, ...none, "G-10": baselineOf ?? nothing("no_input") };
  }
  const within = ids.includes(hourly.equipment) ? 2 * meterStep : 1e-6;
  const total = (of: (totals: Totals) => number) => sum(ids.map((id) => of(all[id] as Totals)));
  const kwh = total((one) => one.kwh);
  const [productive, unknown] = [total(({ kwhIn }) => kwhIn.PRD + kwhIn.ENG), total(({ kwhIn }) => kwhIn.UNK)];
  const bands = [...new Set(ids.flatMap((id) => Object.keys(all[id]?.kwhByBand ?? {})))];
  const inBand = (band: string) => total(({ kwhByBand }) => kwhByBand[band] ?? 0);
  const peak = inBand("尖峰") + inBand("高峰");
  const ofRuns = ids.flatMap((id) => ended.map((run) => all[id]?.ofRun.get(run) ?? { kwh: 0, productive: 0 }));
  const [runKwh, runMinutes] = [sum(ofRuns.map((one) => one.kwh)), sum(ofRuns.map((one) => one.productive))];
  const kw = Array.from(
    { length: known.history.minutes / 15 },
    (_, i) => 4 * total(({ quarters }) => quarters[i] ?? 0),
  );
  const valid = kw.filter((_, i) => !ids.some((id) => all[id]?.unknownQuarters.has(i)));
  const largest = Math.max(...valid);
  const base = valid.toSorted((a, b) => a - b)[Math.ceil(quartersKnown * valid.length) - 1] ?? 0;
  const predicted = baseline.interceptKwh + baseline.slopeKwh * ended.length;
  const uncovered = total((one) => one.uncoveredMinutes);
  const coverage = 1 - uncovered / (ids.length * known.history.minutes);
  return {
    ...always,
    "G-01": {
      ...{ value: kwh, numerator: kwh, within, coverage },
      parts: { estimated: total((one) => one.estimatedKwh), ...(hasWater ? { water } : {}) },
    },
    "G-02": {
      ...ratioOf(runKwh, ended.length, "no_ended_runs"),
      within,
      parts: { per_hour: share(runKwh, runMinutes / 60) },
    },
    "G-03": {
      ...ratioOf(kwh - productive, kwh),
      within,
      lower: share(kwh - productive - unknown, kwh),
      parts: {
        standby: share(
          total(({ kwhIn }) => kwhIn.SBY),
          kwh,
        ),
        unknown_kwh: unknown,
      },
    },
    "G-04": {
      value: sum(valid.map((one) => Math.min(one, base))) / sum(valid),
      parts: { base },
      within: 4 * within,
    },
    "G-05": {
      value: kwh * kgcePerKwh + (hasWater ? water * kgcePerTonneOfWater : 0),
      within,
    },
    "G-06": { value: kwh * kgCo2PerKwh, within },
    "G-07": { value: largest, parts: { load_factor: sum(valid) / valid.length / largest }, within: 4 * within },
    "G-09": {
      ...ratioOf(peak, kwh),
      within,
      partsWithin: 10 * within,
      parts: Object.fromEntries(bands.map((band) => [`energy ${band}`, inBand(band)])),
    },
    "G-10": baselineOf ?? {
      value: kwh / predicted,
      numerator: kwh,
      denominator: predicted,
      within,
      parts: { savings: predicted - kwh },
    },
  };
}
