import type { AlarmActivity, Annunciation } from "../../ingest/indicators/alarmActivity.ts";
import { noArrival } from "../../ingest/indicators/arrivals.ts";
import { scopeDemand } from "../../ingest/indicators/defined/demand.ts";
import { equipmentSpecs } from "../../ingest/indicators/facts/spec.ts";
import type { EndedRun, EquipmentTotals, Figure, ScopeFacts } from "../../ingest/indicators/scope.ts";
import type { Booking } from "../../shared/model/booking.ts";
import { calendar } from "../../shared/model/calendar.ts";
import type { Declared } from "../../shared/model/declared.ts";
import { demandWindows } from "../../shared/model/green/demand.ts";
import type { Recorded } from "../../shared/model/revision.ts";
import type { Run } from "../../shared/model/run.ts";
import { instant } from "../../shared/model/time.ts";
import type { Plant } from "../../shared/plant/plant.ts";
import { figuresPlant } from "./bench.ts";

export const plant = figuresPlant();
export const zone = calendar(plant.platform.timeZone);
/** A day in the life of the case file's oven, of which every example is made. */
export const day = zone.period("2026-01-30");
export const hour = 3_600_000;
const revision = { number: 1, at: day.from, by: "li", why: null };

export const runOf = (more: Partial<Run>, part: Partial<EndedRun["parts"][number]> = {}): EndedRun => ({
  run: {
    id: "R1",
    revision,
    line: "coating",
    equipment: ["oven"],
    ...{ project: null, tenant: null, kind: "validation", batch: null, recipe: null, lot: null },
    quantities: { unit: "kg", planned: null, produced: 50, good: 47 },
    plannedSecondsPerUnit: 360,
    ...{ from: day.from, to: instant(day.from + 8 * hour), state: "completed", reason: null },
    ...{ source: "person", rule: null, note: null },
    ...more,
  },
  parts: [{ equipment: "demo/coating/oven", prdMs: 6 * hour, kwh: 30, ...part }],
});

export const bookingOf = (id: string, fromH: number, toH: number): Recorded<Booking> => ({
  id,
  revision,
  line: "coating",
  equipment: "oven",
  from: instant(day.from + fromH * hour),
  to: instant(day.from + toH * hour),
  ...{ tenant: "t1", project: null, state: "confirmed", note: null },
});

export const declaredOf = (item: string, value: number, unit: string): Recorded<Declared> => ({
  id: item,
  revision,
  ...{ item, period: day.name, equipment: null, value, unit, evidence: null, state: "verified" },
  ...{ declarer: "li", verifier: "otto", note: null },
});

/** An activation `fromS` seconds into the day. */
export const alarmOf = (
  tag: string,
  fromS: number,
  toS: number | null,
  ackedS: number | null = null,
): Annunciation => ({
  ...{ alarm: `${tag}-high`, tag, equipment: "oven", priority: "low" },
  from: instant(day.from + fromS * 1_000),
  to: toS === null ? null : instant(day.from + toS * 1_000),
  acknowledgedAt: ackedS === null ? null : instant(day.from + ackedS * 1_000),
});

export const alarmsOf = (
  annunciations: readonly Annunciation[],
  windows: readonly (number | null)[] = [],
  more: Partial<AlarmActivity> = {},
): readonly AlarmActivity[] => [
  {
    line: "coating",
    annunciations,
    active: annunciations.map((one) => ({ ...one, wasAcknowledged: one.acknowledgedAt !== null })),
    hidden: [],
    windows,
    monitoredWindows: windows.filter((count) => count !== null).length,
    positions: 1,
    positionHours: 24,
    digest: "",
    ...more,
  },
];

export interface Given {
  /** Of the oven; times in ms, amounts in the unit of their carrier. */
  readonly sums?: Readonly<Record<string, number>>;
  readonly peaks?: Readonly<Record<string, number>>;
  readonly demandKw?: readonly number[];
  readonly expectedMs?: number;
  readonly arrival?: EquipmentTotals["arrival"];
  readonly plant?: Plant;
  readonly period?: string;
  readonly scope?: Partial<ScopeFacts>;
}

/** Facts of the line `coating` of a day, where nothing else is said. */
export function scopeFacts({ sums = {}, peaks = {}, demandKw = [], ...given }: Given): ScopeFacts {
  const [spec] = equipmentSpecs(given.plant ?? plant);
  if (!spec) throw new Error("no equipment");
  const period = zone.period(given.period ?? day.name);
  const facts = { sums, peaks, flags: [] };
  const demand = demandWindows(demandKw.map((kw) => ({ kw, knownMinutes: 15 })));
  const equipment: readonly EquipmentTotals[] = [
    {
      spec,
      days: [{ day: day.name, facts: { ...facts, windows: "" }, demand: new Map([["energy", demand]]), digest: "" }],
      facts,
      expectedMs: given.expectedMs ?? 24 * hour,
      arrival: given.arrival ?? noArrival,
    },
  ];
  const level = given.scope?.level ?? "line";
  return {
    scope: "demo/coating",
    level,
    period,
    until: period.to,
    plant: given.plant ?? plant,
    calendar: zone,
    equipment,
    demand: () => scopeDemand({ level, equipment, calendar: zone, period }),
    ...{ endedRuns: [], runs: [], endedBookings: [], alarms: [], declared: [] },
    ...given.scope,
  };
}

/** The id of a definition, what it is given, and what it must say. */
export type Example = readonly [id: string, given: Given, figure: Partial<Figure>];
