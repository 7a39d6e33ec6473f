import { alarmBenchmarks } from "#shared/model/alarmBenchmarks.ts";
import { nearestRank, ratio, sum } from "#shared/model/ratio.ts";
import { inForce } from "#shared/model/standard.ts";
import { instant } from "#shared/model/time.ts";
import { timeToAcknowledge } from "../safety/acknowledgement.ts";
import { staleAlarms, standingAlarms } from "../safety/activeTime.ts";
import { alarmRate, chatteringTags, priorityDistribution, topContribution } from "../safety/alarmRates.ts";
import { fleetingAlarms } from "../safety/fleeting.ts";
import { floodFigures } from "../safety/floods.ts";
import { shelvingAudit } from "../safety/shelving.ts";
import { type Figure, type FigureDefinition, hour, none, type ScopeFacts } from "../scope.ts";

const benchmarkOf = ({ calendar, period }: ScopeFacts) =>
  inForce(alarmBenchmarks, calendar.periodAt("day", period.from).name);

const monitoredShare = ({ alarms }: ScopeFacts): number =>
  ratio(sum(alarms.map((line) => line.monitoredWindows)), sum(alarms.map(({ windows }) => windows.length))) ?? 0;

/** What every alarm figure says: the benchmark, the monitored share of the time, and whether it only indicates. */
function common(facts: ScopeFacts): Figure {
  const { id, values } = benchmarkOf(facts);
  const days = (Math.min(facts.until, facts.period.to) - facts.period.from) / (24 * hour);
  return {
    coverage: monitoredShare(facts),
    factorIds: [id],
    flags: days < values.indicativeBelowDays ? ["indicative"] : [],
  };
}

const annunciationsOf = ({ alarms }: ScopeFacts) => alarms.flatMap(({ annunciations }) => annunciations);

const define = (
  id: FigureDefinition["id"],
  figure: (facts: ScopeFacts, benchmark: ReturnType<typeof benchmarkOf>["values"]) => Figure,
): FigureDefinition => ({
  id,
  sources: ["alarms", "facts"],
  figure: (facts) => {
    // Alarms call a position, which is one of a line: an equipment has none.
    if (facts.alarms.length === 0) return none(facts.level === "equipment" ? "not_at_this_scope" : "no_input");
    const own = figure(facts, benchmarkOf(facts).values);
    const shared = common(facts);
    return { ...shared, ...own, flags: [...(shared.flags ?? []), ...(own.flags ?? [])] };
  },
});

/** Tags or priorities by how many annunciations they had. */
const counted = (names: readonly string[]): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
};

export const alarmRateFigure = define("S-01", (facts, benchmark) => {
  const count = annunciationsOf(facts).length;
  const positionHours = sum(facts.alarms.map((line) => line.positionHours));
  const { perHour, perDay, rating } = alarmRate(count, positionHours, benchmark);
  return {
    value: perHour,
    numerator: count,
    denominator: positionHours,
    reason: perHour === null ? "no_position_staffed" : null,
    flags: rating === null ? [] : [`rating:${rating}`],
    parts: { per_day: perDay },
  };
});

const floods = (facts: ScopeFacts, benchmark: Parameters<typeof floodFigures>[1]) =>
  facts.alarms.map(({ windows }) => floodFigures(windows, benchmark));

export const windowsAbove = define("S-02", (facts, benchmark) => {
  const lines = floods(facts, benchmark);
  const [above, windows] = [
    sum(lines.map((line) => line.windowsAbove)),
    sum(lines.map((line) => line.monitoredWindows)),
  ];
  return {
    value: ratio(above, windows),
    numerator: above,
    denominator: windows,
    reason: windows > 0 ? null : "zero_denominator",
  };
});

export const peakWindow = define("S-03", (facts, benchmark) => {
  const peaks = floods(facts, benchmark).flatMap(({ peak }) => (peak === null ? [] : [peak]));
  return peaks.length > 0 ? { value: Math.max(...peaks) } : none("no_data");
});

export const floodTime = define("S-04", (facts, benchmark) => {
  const lines = floods(facts, benchmark);
  const flood = sum(lines.map((line) => line.floodMinutes));
  const monitored = sum(lines.map((line) => line.monitoredWindows)) * benchmark.windowMinutes;
  return {
    value: ratio(flood, monitored),
    numerator: flood,
    denominator: monitored,
    reason: monitored > 0 ? null : "zero_denominator",
    parts: {
      floods: sum(lines.map((line) => line.floods)),
      alarms_in_flood: sum(lines.map((line) => line.alarmsInFlood)),
    },
  };
});

export const staleAlarmFigure = define("S-05", (facts, benchmark) => {
  const days = [];
  const end = Math.min(facts.until, facts.period.to);
  for (
    let day = facts.calendar.periodAt("day", facts.period.from);
    day.from < end;
    day = facts.calendar.periodAt("day", day.to)
  )
    days.push(day);
  const { maxPerDay, staleAlarms: all } = staleAlarms(
    facts.alarms.flatMap(({ active }) => active),
    days,
    facts.until,
    benchmark,
  );
  return { value: maxPerDay, reason: maxPerDay === null ? "no_data" : null, parts: { alarms: all } };
});

export const chattering = define("S-06", (facts, benchmark) => {
  const byTag = Map.groupBy(annunciationsOf(facts), ({ tag }) => tag);
  const instants = Object.fromEntries([...byTag].map(([tag, all]) => [tag, all.map(({ from }) => from / 1_000)]));
  const tags = chatteringTags(instants, benchmark.chatterWindowS, benchmark.chatterActivations);
  const { from, to } = facts.period;
  const begun = facts.alarms.flatMap(({ active }) => active.filter((one) => one.from >= from && one.from < to));
  return {
    value: tags.length,
    numerator: tags.length,
    flags: tags.map((tag) => `chattering:${tag}`),
    parts: { fleeting: fleetingAlarms(begun, benchmark) },
  };
});

export const topTen = define("S-07", (facts, benchmark) => {
  const counts = Object.values(counted(annunciationsOf(facts).map(({ tag }) => tag)));
  const { total, top, value, flags } = topContribution(counts, benchmark);
  return { value, numerator: top, denominator: total, flags, reason: value === null ? "no_alarms" : null };
});

export const priorities = define("S-08", (facts, benchmark) => {
  const all = annunciationsOf(facts).map(({ priority }) => (priority === "critical" ? "high" : priority));
  const { share, distance } = priorityDistribution(counted(all), benchmark.priorityTarget);
  return {
    value: distance,
    denominator: all.length,
    reason: distance === null ? "no_alarms" : null,
    parts: share ?? {},
  };
});

export const acknowledgement = define("S-09", (facts, benchmark) => {
  let [within, eligible, pending] = [0, 0, 0];
  const parts: Record<string, number | null> = {};
  const pooled: number[] = [];
  for (const [priority, targetS] of Object.entries(benchmark.acknowledgeWithinS)) {
    const own = annunciationsOf(facts).filter(
      (one) => (one.priority === "critical" ? "high" : one.priority) === priority,
    );
    const acked = own.flatMap(({ from, acknowledgedAt }) =>
      acknowledgedAt === null ? [] : [(acknowledgedAt - from) / 1_000],
    );
    const unacked = own
      .filter(({ acknowledgedAt }) => acknowledgedAt === null)
      .map(({ from, to }) => (to === null ? (facts.until - from) / 1_000 : Number.MAX_SAFE_INTEGER));
    const result = timeToAcknowledge(acked, unacked, targetS);
    within += Math.round((result.withinTarget ?? 0) * result.eligible);
    eligible += result.eligible;
    pending += result.pending;
    pooled.push(...acked);
    parts[priority] = result.withinTarget;
  }
  const value = ratio(within, eligible);
  return {
    value,
    numerator: within,
    denominator: eligible,
    reason: value === null ? "no_alarms" : null,
    parts: { ...parts, p50: nearestRank(pooled, 0.5), p90: nearestRank(pooled, 0.9), pending },
  };
});

export const standing = define("S-10", (facts) => {
  const window = { from: facts.period.from, to: instant(Math.min(facts.until, facts.period.to)) };
  const { mean, max } = standingAlarms(
    facts.alarms.flatMap(({ active }) => active),
    window,
  );
  const spanH = (window.to - window.from) / hour;
  return {
    value: mean,
    numerator: mean === null ? null : mean * spanH,
    denominator: spanH,
    reason: mean === null ? "zero_denominator" : null,
    parts: { maximum: max },
  };
});

export const suppression = define("S-11", (facts, benchmark) => {
  const { from, to } = facts.period;
  const hidden = facts.alarms.flatMap((line) => line.hidden.filter((one) => one.from < to && one.to > from));
  const audit = shelvingAudit(
    hidden.map(({ from: begin, to: end, user }) => ({ hours: (end - begin) / hour, approver: user })),
    benchmark.shelvingMaxHours,
  );
  return {
    value: audit.unauthorised,
    numerator: audit.unauthorised,
    parts: { total: audit.totalH, over_limit: audit.overLimit, count: audit.count },
  };
});
