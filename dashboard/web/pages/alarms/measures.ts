import { type AlarmBenchmark, alarmBenchmarks } from "#shared/model/alarmBenchmarks.ts";
import { type AlarmTargets, alarmTargets } from "#shared/model/alarmTargets.ts";
import type { IndicatorResult } from "#shared/model/indicator.ts";
import { inForce } from "#shared/model/standard.ts";

/** `unjudged`: there is a value, on too little data; `none`: there is no limit, or no value. */
export const ratings = ["acceptable", "manageable", "overloaded", "exceeded", "unjudged", "none"] as const;
export type Rating = (typeof ratings)[number];

/** What figures of one day are judged by, and under which names. */
export interface AlarmLimits {
  readonly ids: readonly string[];
  readonly benchmark: AlarmBenchmark;
  readonly targets: AlarmTargets;
}

/** Of the benchmark that the figures name; before there is a figure, what is in force on `day`. */
export function limitsOf(results: readonly IndicatorResult[], day: string): AlarmLimits {
  const named = new Set(results.flatMap(({ factorIds }) => factorIds));
  const benchmark = alarmBenchmarks.find(({ id }) => named.has(id)) ?? inForce(alarmBenchmarks, day);
  const targets = inForce(alarmTargets, day);
  return { ids: [benchmark.id, targets.id], benchmark: benchmark.values, targets: targets.values };
}

const partOf = ({ parts }: IndicatorResult, name: string): number | null => parts[name] ?? null;
const within = (isWithin: boolean): Rating => (isWithin ? "acceptable" : "exceeded");

type Judge = (result: IndicatorResult, value: number, limits: AlarmLimits) => Rating;

/** By indicator; those without an entry have no limit in the standard. */
const judges: Readonly<Record<string, Judge>> = {
  "S-01": ({ flags }) => ratings.find((rating) => flags.includes(`rating:${rating}`)) ?? "none",
  "S-02": (_, value, { targets }) => within(value < targets.windowsAboveShareBelow),
  "S-03": (_, value, { benchmark }) => within(value <= benchmark.floodStartsAbove),
  "S-04": (_, value, { targets }) => within(value < targets.floodTimeShareBelow),
  "S-05": (_, value, { targets }) => within(value < targets.stalePerDayBelow),
  "S-06": (result, value, { targets }) =>
    within(value <= targets.chatteringTags && (partOf(result, "fleeting") ?? 0) <= targets.fleetingAlarms),
  // Where no more than ten tags called, the ten that called most are all of them: that says nothing.
  "S-07": ({ flags }, value, { targets }) =>
    flags.includes("few_tags") ? "none" : within(value <= targets.topShareAtMost),
  "S-10": (_, value, { benchmark }) => within(value < benchmark.standingMean),
  "S-11": (result, value, { targets }) =>
    within(value <= targets.unauthorisedHiding && (partOf(result, "over_limit") ?? 0) === 0),
};

export function ratingOf(result: IndicatorResult, limits: AlarmLimits): Rating {
  const judge = judges[result.indicator];
  if (result.value === null || !judge) return "none";
  const rating = judge(result, result.value, limits);
  return rating !== "none" && result.status === "insufficient" ? "unjudged" : rating;
}

export const isIndicative = (results: readonly IndicatorResult[]): boolean =>
  results.some(({ flags }) => flags.includes("indicative"));

/** Tags that chattered, as S-06 names them. */
export const chatteringTags = (results: readonly IndicatorResult[]): readonly string[] =>
  results
    .filter(({ indicator }) => indicator === "S-06")
    .flatMap(({ flags }) => flags.flatMap((flag) => /^chattering:(.+)$/.exec(flag)?.[1] ?? []));

const alarmMeasures = /^S-(0[1-9]|1[01])$/;
const safetyMeasures = /^S-1[2-8]$/;

/** The measures of one scope by catalogue id: those of alarms, and those of safety that rest on other facts. */
export function measuresOf(results: readonly IndicatorResult[], scope: string) {
  const own = results.filter((result) => result.scope === scope).sort((a, b) => (a.indicator < b.indicator ? -1 : 1));
  const of = (ids: RegExp) => own.filter(({ indicator }) => ids.test(indicator));
  return { alarms: of(alarmMeasures), safety: of(safetyMeasures) };
}
