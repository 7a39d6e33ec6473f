import { limitPpm } from "../truePlant.ts";
import { type Expected, type KnownMonth, nothing, ratioOf, type Scope, sum } from "./known.ts";
import type { Totals } from "./totals.ts";

const windowMs = 600_000;
const startsAbove = 10;
const acknowledgeWithinMs = 120_000;
/** All of the line's own limits are high or critical, and nine tenths of all alarms should be neither. */
const targetOfHigh = 0.05;

interface Call {
  readonly from: number;
  /** Null where it still calls when the month ends. */
  readonly to: number | null;
  readonly acknowledgedAt: number | null;
}

/** Part B of the catalogue: alarms call the position of a line, so an equipment has none. */
export function safety(
  scope: Scope,
  all: Readonly<Record<string, Totals>>,
  known: KnownMonth,
): Record<string, Expected> {
  const hours = known.history.minutes / 60;
  const signals = scope.ids.includes("room") ? 2 : 0;
  const ofSafety = signals + (scope.ids.includes("steam") ? 1 : 0);
  const others: Record<string, Expected> = {
    "S-12": nothing("no_input"),
    "S-13": nothing("no_input"),
    "S-14": ofSafety > 0 ? ratioOf(ofSafety * hours, ofSafety * hours) : nothing("no_input"),
    "S-15": nothing("no_input"),
    "S-16": scope.ids.includes("room") ? excursions(scope, all, known) : nothing("no_input"),
    "S-17": nothing(scope.level === "platform" ? "not_declared" : "not_at_this_scope"),
    "S-18": nothing(scope.level === "platform" ? "not_declared" : "not_at_this_scope"),
  };
  if (scope.level === "equipment") {
    const names = ["01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11"];
    return { ...others, ...Object.fromEntries(names.map((name) => [`S-${name}`, nothing("not_at_this_scope")])) };
  }
  const { from } = known.history;
  const end = from + known.history.minutes * 60_000;
  const calls = known.alarms.flatMap(({ alarm, from: begun, to }): Call[] => {
    if (begun < from || begun >= end) return [];
    const until = to !== null && to < end ? to : null;
    const seen = known.acknowledged.filter((one) => one.alarm === alarm && one.at >= begun && one.at < (until ?? end));
    return [{ from: begun, to: until, acknowledgedAt: seen[0]?.at ?? null }];
  });
  const windows = new Map<number, number>();
  for (const call of calls) {
    const window = Math.floor((call.from - from) / windowMs);
    windows.set(window, (windows.get(window) ?? 0) + 1);
  }
  const monitored = (end - from) / windowMs;
  const above = [...windows.values()].filter((count) => count > startsAbove).length;
  const lengths = calls.map((call) => (call.to ?? end) - call.from);
  const overdue = calls.filter(({ acknowledgedAt, to, from: begun }) =>
    acknowledgedAt === null ? to !== null || end - begun >= acknowledgeWithinMs : true,
  );
  const inTime = calls.filter(
    ({ acknowledgedAt, from: begun }) => acknowledgedAt !== null && acknowledgedAt - begun <= acknowledgeWithinMs,
  );
  const edges = calls
    .flatMap((call) => [
      { at: call.from, by: 1 },
      { at: call.to ?? end, by: -1 },
    ])
    .sort((a, b) => a.at - b.at || a.by - b.by);
  let [now, most] = [0, 0];
  for (const { by } of edges) {
    now += by;
    most = Math.max(most, now);
  }
  const shelvedH = sum(known.shelved.map((span) => (span.to - span.from) / 60));
  return {
    ...others,
    "S-01": { ...ratioOf(calls.length, hours), parts: { per_day: (calls.length * 24) / hours } },
    "S-02": ratioOf(above, monitored),
    "S-03": { value: Math.max(0, ...windows.values()) },
    "S-04": { ...ratioOf(0, monitored * 10), parts: { floods: 0, alarms_in_flood: 0 } },
    "S-05": { value: 0, parts: { alarms: lengths.filter((ms) => ms > 24 * 3_600_000).length } },
    "S-06": {
      value: 0,
      parts: { fleeting: calls.filter((call, i) => (lengths[i] ?? 0) < 10_000 && call.acknowledgedAt === null).length },
    },
    "S-07": { ...ratioOf(calls.length, calls.length) },
    "S-08": { value: 1 - targetOfHigh, denominator: calls.length, parts: { high: 1 } },
    "S-09": ratioOf(inTime.length, overdue.length),
    "S-10": { value: sum(lengths) / (end - from), denominator: hours, parts: { maximum: most } },
    "S-11": { value: 0, parts: { total: shelvedH, over_limit: 0, count: known.shelved.length } },
  };
}

function excursions({ ids }: Scope, all: Readonly<Record<string, Totals>>, known: KnownMonth): Expected {
  let [count, minutes, area, largest] = [0, 0, 0, Number.NEGATIVE_INFINITY];
  let wasAbove = false;
  for (const ppm of known.history.co2Ppm) {
    const isAbove = ppm > limitPpm;
    if (isAbove && !wasAbove) count += 1;
    if (isAbove) {
      minutes += 1;
      area += ppm - limitPpm;
      largest = Math.max(largest, ppm - limitPpm);
    }
    wasAbove = isAbove;
  }
  const productiveH = sum(ids.map((id) => (all[id]?.minutes.PRD ?? 0) / 60));
  return {
    value: count,
    denominator: productiveH,
    parts: { time: minutes, area, ...(count > 0 ? { largest_excess: largest } : {}), unknown: 0 },
  };
}
