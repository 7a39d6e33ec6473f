import { durationText } from "#shared/kit/durationText.ts";
import { textTable } from "#shared/kit/table.ts";
import type { AlarmBenchmark } from "#shared/model/alarmBenchmarks.ts";
import type { Standard } from "#shared/model/standard.ts";
import { type DurationMs, type EpochMs, millis } from "#shared/model/time.ts";
import type { RuleFigures } from "./figures.ts";
import type { RuleReplay } from "./replayRule.ts";
import type { Settings } from "./settings.ts";

/** One way to set the rule, and what came of it. */
export interface Trial {
  readonly settings: Settings;
  readonly replay: RuleReplay;
  readonly figures: RuleFigures;
}

export interface ReplayReport {
  readonly alarm: string;
  readonly unit: string;
  readonly zone: string;
  readonly from: EpochMs;
  readonly to: EpochMs;
  /** Whose windows and limits are counted by. */
  readonly benchmark: Standard<AlarmBenchmark>;
  readonly planned: Trial;
  /** With the settings of the command line, where there are any. */
  readonly tried: Trial | null;
}

/** More activations than these are counted, not listed. */
const mostListed = 50;

const lengthText = (ms: DurationMs | null): string => (ms === null ? "–" : durationText(ms));

type Row = readonly [name: string, of: (trial: Trial) => string];

/** A setting in words: durations by their length, and what is measured with its unit. */
function settingText(key: string, value: unknown, unit: string): string {
  if (typeof value === "number" && key.endsWith("Ms")) return durationText(millis(value));
  const isMeasured = typeof value === "number" && measuredKeys.includes(key);
  return isMeasured ? `${value} ${unit}`.trim() : Array.isArray(value) ? value.join(", ") : String(value);
}
const measuredKeys: readonly string[] = ["limit", "deadband", "setPoint", "change"];
const headings: Readonly<Record<string, string>> = { onDelayMs: "on-delay", offDelayMs: "off-delay" };

const rowsOf = (
  keys: readonly string[],
  unit: string,
  { windowMinutes, chatterWindowS, fleetingBelowS }: AlarmBenchmark,
): readonly Row[] => [
  ...keys.map((key): Row => [headings[key] ?? key, ({ settings }) => settingText(key, settings[key], unit)]),
  ["activations", ({ figures }) => String(figures.activations)],
  ["per day", ({ figures }) => figures.perDay.toFixed(1)],
  ["most in 24 h", ({ figures }) => String(figures.most.inDay)],
  [`most in ${windowMinutes} min`, ({ figures }) => String(figures.most.inWindow)],
  [
    `most in ${chatterWindowS} s`,
    ({ figures: { most, chatters } }) => `${most.inChatterWindow}${chatters ? " (chatters)" : ""}`,
  ],
  [`shorter than ${fleetingBelowS} s`, ({ figures }) => String(figures.fleeting)],
  ["median length", ({ figures }) => lengthText(figures.medianMs)],
  ["longest", ({ figures }) => lengthText(figures.longestMs)],
  ["time in alarm", ({ figures }) => `${(figures.activeShare * 100).toFixed(2)} %`],
];

/** The report as lines of text. */
export function reportLines({
  alarm,
  unit,
  zone,
  from,
  to,
  benchmark,
  planned,
  tried,
}: ReplayReport): readonly string[] {
  const clock = new Intl.DateTimeFormat("sv-SE", {
    timeZone: zone,
    dateStyle: "short",
    timeStyle: "medium",
  });
  const { samples, bad, longestSilence, stoodBefore } = planned.replay;
  const trials = tried ? [planned, tried] : [planned];
  const listed = (tried ?? planned).replay.activations;
  return [
    `${alarm}, ${clock.format(from)} to ${clock.format(to)} (${zone})`,
    `${samples} samples, ${bad} without a usable value (the last good one was held); longest time without any: ${durationText(longestSilence)}`,
    ...(stoodBefore ? ["The alarm stood already at the beginning; that activation is not counted."] : []),
    "",
    textTable([
      ["", "as in the plant", ...(tried ? ["as tried"] : [])],
      ...rowsOf(Object.keys(planned.settings), unit, benchmark.values).map(([name, of]) => [name, ...trials.map(of)]),
    ]),
    "",
    ...listed
      .slice(0, mostListed)
      .map(
        ({ raisedAt, returnedAt }) =>
          `  ${clock.format(raisedAt)}  ${returnedAt === null ? "still standing" : durationText(returnedAt - raisedAt)}`,
      ),
    ...(listed.length > mostListed ? [`  … and ${listed.length - mostListed} more; --json lists all.`] : []),
  ];
}
