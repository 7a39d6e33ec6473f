import type { Booking } from "#shared/model/booking.ts";
import type { Calendar, Period } from "#shared/model/calendar.ts";
import type { IndicatorId } from "#shared/model/catalogue/catalogue.ts";
import type { Declared } from "#shared/model/declared.ts";
import type { EquipmentState } from "#shared/model/equipment.ts";
import type { PeakDemand } from "#shared/model/green/demand.ts";
import { coverageStatus, type IndicatorResult } from "#shared/model/indicator.ts";
import { ratio } from "#shared/model/ratio.ts";
import type { Recorded } from "#shared/model/revision.ts";
import type { Run } from "#shared/model/run.ts";
import type { EpochMs } from "#shared/model/time.ts";
import type { Plant } from "#shared/plant/plant.ts";
import type { DayFacts } from "#shared/store/facts/dayFacts.ts";
import type { Facts } from "#shared/store/facts/tally.ts";
import type { AlarmActivity } from "./alarmActivity.ts";
import type { Arrival } from "./arrivals.ts";
import type { StateTime } from "./equipment/stateTime.ts";
import type { EquipmentSpec } from "./facts/spec.ts";

/** The facts of one equipment over a period. */
export interface EquipmentTotals {
  readonly spec: EquipmentSpec;
  readonly days: readonly DayFacts[];
  readonly facts: Pick<Facts, "sums" | "peaks" | "flags">;
  /** In-service time of the period up to now, in ms. */
  readonly expectedMs: number;
  readonly arrival: Arrival;
}

/** Everything that figures of one scope and period are made of. */
export interface ScopeFacts {
  readonly scope: string;
  readonly level: "platform" | "line" | "equipment";
  readonly period: Period;
  /** The end of the period, or now while it runs. */
  readonly until: EpochMs;
  readonly plant: Plant;
  readonly calendar: Calendar;
  readonly equipment: readonly EquipmentTotals[];
  /** Power of its electricity meters together; worked out at the first use. */
  readonly demand: () => ScopeDemand;
  /** Runs of the scope that ended in the period; of a run that began before, the facts of its whole time. */
  readonly endedRuns: readonly EndedRun[];
  /** Runs of the scope that overlap the period. */
  readonly runs: readonly Recorded<Run>[];
  /** Confirmed bookings of the scope that ended in the period. */
  readonly endedBookings: readonly Recorded<Booking>[];
  /** One per operating position group: each line of the scope. */
  readonly alarms: readonly AlarmActivity[];
  /** Verified declarations of exactly this period; of the platform. */
  readonly declared: readonly Recorded<Declared>[];
}

export interface ScopeDemand extends PeakDemand {
  readonly factorIds: readonly string[];
}

export interface EndedRun {
  readonly run: Recorded<Run>;
  /** By equipment id of the scope: PRD in ms, electricity in kWh, from its start to its end. */
  readonly parts: readonly { readonly equipment: string; readonly prdMs: number; readonly kwh: number }[];
}

/** What a figure rests on; each has a digest of its own per scope and period. */
export type FigureSource = "facts" | "runs" | "bookings" | "alarms" | "declared" | "plant" | "arrivals";

/** A figure, what is not said taken from `noValue`. */
export type Figure = Partial<
  Omit<
    IndicatorResult,
    "indicator" | "definitionVersion" | "scope" | "period" | "from" | "to" | "until" | "unit" | "inputDigest" | "status"
  >
>;

export interface FigureDefinition {
  readonly id: IndicatorId;
  readonly sources: readonly FigureSource[];
  /** Pure. */
  figure(facts: ScopeFacts): Figure;
}

export const hour = 3_600_000;

export const none = (reason: string, more: Figure = {}): Figure => ({ value: null, reason, ...more });

export const sumOf = (equipment: readonly EquipmentTotals[], key: string): number =>
  equipment.reduce((sum, { facts }) => sum + (facts.sums[key] ?? 0), 0);

export const peakOf = (equipment: readonly EquipmentTotals[], key: string): number | null => {
  const peaks = equipment.flatMap(({ facts }) => (facts.peaks[key] === undefined ? [] : [facts.peaks[key]]));
  return peaks.length > 0 ? Math.max(...peaks) : null;
};

/** Equipment whose state is known in some way. */
export const withState = ({ equipment }: ScopeFacts): readonly EquipmentTotals[] =>
  equipment.filter(({ spec, facts }) => spec.state !== null || spec.power !== null || facts.sums["origin.corrected"]);

const knownStates = ["PRD", "SBY", "ENG", "SDT", "UDT", "NST"] as const satisfies readonly EquipmentState[];

/** Milliseconds per state; what is expected and not known is UNK. */
export function stateTime(equipment: readonly EquipmentTotals[]): StateTime {
  const time = Object.fromEntries(knownStates.map((state) => [state, sumOf(equipment, `state.${state}`)]));
  const known = knownMs(equipment);
  const expected = equipment.reduce((sum, { expectedMs }) => sum + expectedMs, 0);
  return { ...(time as Omit<StateTime, "UNK">), UNK: Math.max(0, expected - known) };
}

const knownMs = (equipment: readonly EquipmentTotals[]): number =>
  knownStates.reduce((sum, state) => sum + sumOf(equipment, `state.${state}`), 0);

/** Coverage of the state timeline, the origin of the states, and who is below the floor by name (catalogue 0.3). */
export function stateQuality(facts: ScopeFacts): Required<Pick<Figure, "coverage" | "origin" | "flags">> {
  const equipment = withState(facts);
  const expected = equipment.reduce((sum, { expectedMs }) => sum + expectedMs, 0);
  const below = equipment.filter(
    (one) => one.expectedMs > 0 && coverageStatus(Math.min(1, knownMs([one]) / one.expectedMs)) === "insufficient",
  );
  return {
    coverage: Math.min(1, ratio(knownMs(equipment), expected) ?? 0),
    origin: sumOf(equipment, "origin.power") > 0 ? "derived" : "measured",
    flags: facts.level === "equipment" ? [] : below.map(({ spec }) => `below_floor:${spec.id}`),
  };
}

/** Numerator over denominator in seconds, with the bounds that unknown time leaves (catalogue 0.4). */
export function timeRatio(facts: ScopeFacts, numeratorMs: number, denominatorMs: number): Figure {
  const equipment = withState(facts);
  if (equipment.length === 0) return none("no_input");
  const unknown = stateTime(equipment).UNK;
  const value = ratio(numeratorMs, denominatorMs);
  return {
    ...stateQuality(facts),
    value,
    numerator: numeratorMs / 1_000,
    denominator: denominatorMs / 1_000,
    lower: ratio(numeratorMs, denominatorMs + unknown),
    upper: ratio(numeratorMs + unknown, denominatorMs + unknown),
    reason: value === null ? "zero_denominator" : null,
  };
}

/** A ratio of counts or amounts that are exact. */
export function exactRatio(numerator: number, denominator: number, more: Figure = {}): Figure {
  const value = ratio(numerator, denominator);
  return {
    coverage: 1,
    ...more,
    value,
    numerator,
    denominator,
    lower: value,
    upper: value,
    reason: value === null ? "zero_denominator" : null,
  };
}
