import { type State, states } from "../history.ts";
import { holdMs, hourly, hourlyHoldMs, inRuns, shift } from "../truePlant.ts";
import type { KnownBooking, KnownMonth, KnownRun } from "./known.ts";

/** Minutes, kWh and counts of one machine over the month. */
export interface Totals {
  readonly minutes: Readonly<Record<State, number>>;
  readonly kwhIn: Readonly<Record<State, number>>;
  readonly kwhByBand: Readonly<Record<string, number>>;
  /** Of 15 minutes each. */
  readonly quarters: readonly number[];
  /** Those of which fewer than 12 minutes are known. */
  readonly unknownQuarters: ReadonlySet<number>;
  readonly kwh: number;
  readonly estimatedKwh: number;
  readonly uncoveredMinutes: number;
  readonly delay: number;
  readonly down: number;
  readonly failures: number;
  readonly repairs: number;
  readonly repairMinutes: number;
  readonly booked: number;
  readonly usedInBooking: number;
  readonly usedWithout: number;
  readonly byTenant: Readonly<Record<string, number>>;
  readonly external: number;
  readonly unattributed: number;
  readonly useOfBooking: ReadonlyMap<KnownBooking, { readonly use: number; readonly unknown: number }>;
  readonly ofRun: ReadonlyMap<KnownRun, { readonly productive: number; readonly kwh: number }>;
}

const dayMinutes = 1_440;

/** 2026-05-01 is a Friday. */
const isPlanned = (minute: number): boolean => {
  const day = Math.floor(minute / dayMinutes);
  const hour = Math.floor((minute % dayMinutes) / 60);
  const weekday = (4 + day) % 7;
  const isHoliday = shift.holidays.some((name) => name === `2026-05-${String(day + 1).padStart(2, "0")}`);
  return weekday < 5 && !isHoliday && hour >= shift.from && hour < shift.to;
};

/** The demo's illustration of a tariff: of bands that overlap the first one holds. */
const bandAt = (minute: number): string => {
  const hour = (minute % dayMinutes) / 60;
  if (hour >= 17 && hour < 19) return "尖峰";
  if (hour >= 16 && hour < 22) return "高峰";
  if (hour >= 11 && hour < 14) return "深谷";
  return hour >= 10 && hour < 15 ? "低谷" : "平段";
};

/** What a register that was told at these minutes lets anybody know of each minute. */
function metered(kwh: Float64Array, told: readonly number[], holdMinutes: number) {
  const spread = new Float64Array(kwh.length);
  const lost = new Map<number, number>();
  let [estimated, uncovered] = [0, 0];
  for (const [i, from] of told.entries()) {
    const to = told[i + 1];
    if (to === undefined) break;
    let gain = 0;
    for (let minute = from; minute < Math.min(to, kwh.length); minute++) gain += kwh[minute] ?? 0;
    for (let minute = from; minute < Math.min(to, kwh.length); minute++) spread[minute] = gain / (to - from);
    if (to - from <= holdMinutes) continue;
    estimated += gain;
    uncovered += to - from;
    for (let minute = from; minute < to; minute++)
      lost.set(Math.floor(minute / 15), (lost.get(Math.floor(minute / 15)) ?? 0) + 1);
  }
  const unknownQuarters = new Set([...lost].flatMap(([quarter, minutes]) => (minutes > 3 ? [quarter] : [])));
  return { spread, estimated, uncovered, unknownQuarters };
}

export function totalsOf(id: string, known: KnownMonth): Totals {
  const { history, silent } = known;
  const own = history.machine[id];
  if (!own) throw new Error(`no history of ${id}`);
  const zero = () => Object.fromEntries(states.map((state) => [state, 0])) as Record<State, number>;
  const [minutes, kwhIn] = [zero(), zero()];
  const kwhByBand: Record<string, number> = {};
  const quarters: number[] = [];
  const byTenant: Record<string, number> = {};
  let [delay, down, failures, repairs, repairMinutes] = [0, 0, 0, 0, 0];
  let [booked, usedInBooking, usedWithout, external, unattributed] = [0, 0, 0, 0, 0];
  const bookings = known.bookings.filter(({ equipment }) => equipment === id);
  const useOfBooking = new Map<KnownBooking, { use: number; unknown: number }>(
    bookings.map((one) => [one, { use: 0, unknown: 0 }]),
  );
  const ofRun = new Map<KnownRun, { productive: number; kwh: number }>(
    inRuns.includes(id) ? known.runs.map((run) => [run, { productive: 0, kwh: 0 }] as const) : [],
  );
  const { spread, estimated, uncovered, unknownQuarters } = metered(
    own.kwh,
    known.toldEnergy[id] ?? [],
    (id === hourly.equipment ? hourlyHoldMs : holdMs) / 60_000,
  );
  let failing: number | null = null;

  for (let minute = 0; minute < history.minutes; minute++) {
    const runs = [...ofRun].filter(([{ from, to }]) => from <= minute && minute < to);
    const here = bookings.filter(({ from, to }) => from <= minute && minute < to);
    let state: State = silent[id]?.has(minute) ? "UNK" : (own.state[minute] ?? "UNK");
    if (state === "SBY" && runs.length === 0 && !isPlanned(minute)) state = "NST";
    for (const one of known.corrections)
      if (one.equipment === id && one.from <= minute && minute < one.to) state = one.state;
    const kwh = spread[minute] ?? 0;
    minutes[state] += 1;
    kwhIn[state] += kwh;
    kwhByBand[bandAt(minute)] = (kwhByBand[bandAt(minute)] ?? 0) + kwh;
    quarters[Math.floor(minute / 15)] = (quarters[Math.floor(minute / 15)] ?? 0) + kwh;
    for (const [, ofOne] of runs) ofOne.kwh += kwh;

    if (state === "UDT") {
      if (failing === null) failures += 1;
      failing = (failing ?? 0) + 1;
    } else if (state !== "UNK" && failing !== null) {
      repairs += 1;
      repairMinutes += failing;
      failing = null;
    }
    if ((state === "SBY" || state === "UDT") && runs.length > 0) delay += 1;
    else if ((state === "SBY" || state === "UDT") && isPlanned(minute)) down += 1;
    if (here.length > 0 && state !== "UNK") booked += 1;
    for (const one of here) if (state === "UNK") (useOfBooking.get(one) ?? { unknown: 0 }).unknown += 1;
    if (state !== "PRD") continue;
    for (const [, ofOne] of runs) ofOne.productive += 1;
    if (here.length > 0) usedInBooking += 1;
    else usedWithout += 1;
    for (const one of here) (useOfBooking.get(one) ?? { use: 0 }).use += 1;
    const named = runs.flatMap(([{ tenant }]) => (tenant ? [tenant] : []));
    const users = named.length > 0 ? named : here.map(({ tenant }) => tenant);
    const each = [...new Map(users.map((user) => [user.id, user])).values()];
    if (each.length === 0) unattributed += 1;
    for (const { id: tenant, relation } of each) {
      byTenant[tenant] = (byTenant[tenant] ?? 0) + 1 / each.length;
      if (relation === "external") external += 1 / each.length;
    }
  }
  return {
    ...{ minutes, kwhIn, kwhByBand, quarters, unknownQuarters, byTenant, useOfBooking, ofRun },
    ...{ delay, down, failures, repairs, repairMinutes, booked, usedInBooking, usedWithout, external, unattributed },
    kwh: spread.reduce((all, one) => all + one, 0),
    estimatedKwh: estimated,
    uncoveredMinutes: uncovered,
  };
}
