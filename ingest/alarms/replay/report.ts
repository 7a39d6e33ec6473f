import { type DurationMs, type EpochMs, millis } from "#shared/model/time.ts";
import type { AlarmRule } from "../step.ts";
import type { RuleFigures } from "./figures.ts";
import type { RuleReplay } from "./replayRule.ts";

/** One way to set the rule, and what came of it. */
export interface Trial {
  readonly rule: AlarmRule;
  readonly replay: RuleReplay;
  readonly figures: RuleFigures;
}

export interface ReplayReport {
  readonly alarm: string;
  readonly unit: string;
  readonly zone: string;
  readonly from: EpochMs;
  readonly to: EpochMs;
  readonly planned: Trial;
  /** With the settings of the command line, where there are any. */
  readonly tried: Trial | null;
}

/** More activations than these are counted, not listed. */
const mostListed = 50;

export function length(ms: DurationMs | null): string {
  if (ms === null) return "–";
  const total = Math.round(ms / 1_000);
  const [h, min, s] = [Math.floor(total / 3_600), Math.floor(total / 60) % 60, total % 60];
  if (h > 0) return `${h} h ${String(min).padStart(2, "0")} min`;
  return min > 0 ? `${min} min ${String(s).padStart(2, "0")} s` : `${s} s`;
}

const rows: readonly { readonly name: string; readonly of: (trial: Trial, unit: string) => string }[] = [
  { name: "limit", of: ({ rule }, unit) => `${rule.kind} ${rule.limit} ${unit}`.trim() },
  { name: "deadband", of: ({ rule }, unit) => `${rule.deadband} ${unit}`.trim() },
  { name: "on-delay", of: ({ rule }) => length(millis(rule.onDelayMs)) },
  { name: "off-delay", of: ({ rule }) => length(millis(rule.offDelayMs)) },
  { name: "activations", of: ({ figures }) => String(figures.activations) },
  { name: "per day", of: ({ figures }) => figures.perDay.toFixed(1) },
  { name: "most in 24 h", of: ({ figures }) => String(figures.most.in24h) },
  { name: "most in 10 min", of: ({ figures }) => String(figures.most.in10min) },
  {
    name: "most in 60 s",
    of: ({ figures: { most } }) => `${most.in60s}${most.in60s >= 3 ? " (chatters)" : ""}`,
  },
  { name: "shorter than 10 s", of: ({ figures }) => String(figures.fleeting) },
  { name: "median length", of: ({ figures }) => length(figures.medianMs) },
  { name: "longest", of: ({ figures }) => length(figures.longestMs) },
  { name: "time in alarm", of: ({ figures }) => `${(figures.activeShare * 100).toFixed(2)} %` },
];

/** The report as lines of text. */
export function reportLines({ alarm, unit, zone, from, to, planned, tried }: ReplayReport): readonly string[] {
  const clock = new Intl.DateTimeFormat("sv-SE", {
    timeZone: zone,
    dateStyle: "short",
    timeStyle: "medium",
  });
  const { samples, bad, longestSilence, stoodBefore } = planned.replay;
  const trials = tried ? [planned, tried] : [planned];
  const listed = (tried ?? planned).replay.activations;
  const columns = (name: string, cells: readonly string[]) =>
    `  ${name.padEnd(18)}${cells.map((cell) => cell.padEnd(22)).join("")}`.trimEnd();
  return [
    `${alarm}, ${clock.format(from)} to ${clock.format(to)} (${zone})`,
    `${samples} samples, ${bad} without a usable value (the last good one was held); longest time without any: ${length(longestSilence)}`,
    ...(stoodBefore ? ["The alarm stood already at the beginning; that activation is not counted."] : []),
    "",
    columns("", tried ? ["as in the plant", "as tried"] : ["as in the plant"]),
    ...rows.map(({ name, of }) =>
      columns(
        name,
        trials.map((trial) => of(trial, unit)),
      ),
    ),
    "",
    ...listed
      .slice(0, mostListed)
      .map(
        ({ raisedAt, returnedAt }) =>
          `  ${clock.format(raisedAt)}  ${returnedAt === null ? "still standing" : length(millis(returnedAt - raisedAt))}`,
      ),
    ...(listed.length > mostListed ? [`  … and ${listed.length - mostListed} more; --json lists all.`] : []),
  ];
}
