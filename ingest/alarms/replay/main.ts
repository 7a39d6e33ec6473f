import { systemClock } from "#shared/kit/clock.ts";
import { type ParsedCommand, runCommand } from "#shared/kit/command.ts";
import { createLog } from "#shared/kit/log.ts";
import { timeOption } from "#shared/kit/timeOption.ts";
import { alarmBenchmarks } from "#shared/model/alarmBenchmarks.ts";
import { CodedError } from "#shared/model/errors.ts";
import { localDays } from "#shared/model/localDay.ts";
import { inForce } from "#shared/model/standard.ts";
import { instant } from "#shared/model/time.ts";
import type { LostRule } from "#shared/plant/alarmRules/lost.ts";
import type { AlarmRuleConfig } from "#shared/plant/alarmRules/registry.ts";
import { checkAlarms } from "#shared/plant/checks/alarms.ts";
import { loadPlant } from "#shared/plant/load.ts";
import type { Plant, PlantAlarm } from "#shared/plant/plant.ts";
import { plantAlarms } from "#shared/plant/select.ts";
import { openRecordsReader } from "#shared/store/records/sqlite.ts";
import { readStoreOptions, stores } from "#shared/store/registry.ts";
import { historyFile, recordsFile } from "../../core.ts";
import { alarmRuleOf } from "../rule.ts";
import { command } from "./command.ts";
import { connectionHistory } from "./connection.ts";
import { ruleFigures } from "./figures.ts";
import { historyOf } from "./history.ts";
import { replayRule } from "./replayRule.ts";
import { reportLines, type Trial } from "./report.ts";
import { settingsOf, tried } from "./settings.ts";

type Options = ParsedCommand<typeof command.options>["options"];

const trialKeys = { limit: "limit", deadband: "deadband", "on-delay": "onDelayMs", "off-delay": "offDelayMs" } as const;

/** What the command line sets differently, by keys of the rule. Throws `CONFIG` where it is no setting. */
function trialOf(options: Options): ReadonlyMap<string, string> {
  const set = new Map<string, string>();
  for (const [option, key] of Object.entries(trialKeys)) {
    const text = options[option as keyof typeof trialKeys];
    if (text !== undefined) set.set(key, text);
  }
  for (const pair of options.set?.split(/,(?=[A-Za-z]+=)/) ?? []) {
    const [key = "", ...rest] = pair.split("=");
    if (rest.length === 0) throw new CodedError("CONFIG", `--set takes <key>=<value>, got \`${pair}\`.`);
    set.set(key.trim(), rest.join("=").trim());
  }
  return set;
}

/** The alarm with another rule in its place. Throws `CONFIG` with what the check of plant.yaml says of it. */
function withRule(plant: Plant, { id, line, rule }: PlantAlarm, other: AlarmRuleConfig): PlantAlarm {
  const lines = plant.lines.map((one) =>
    one.id === line.id ? { ...one, alarms: one.alarms.map((own) => (own.id === rule.id ? other : own)) } : one,
  );
  const problems: string[] = [];
  checkAlarms({ ...plant, lines }, (_path, what, remedy) => problems.push(`${what}; ${remedy}`));
  if (problems.length > 0) throw new CodedError("CONFIG", problems.join(" "));
  return plantAlarms({ ...plant, lines }).find((one) => one.id === id) as PlantAlarm;
}

async function replay(options: Options): Promise<void> {
  const plant = await loadPlant(options.plant, process.env);
  const id = `${plant.platform.id}/${options.rule ?? ""}`;
  const alarms = plantAlarms(plant);
  const found = alarms.find((one) => one.id === id);
  if (!found) {
    const known = alarms.map((one) => one.id.slice(plant.platform.id.length + 1)).join(", ");
    throw new CodedError("CONFIG", `--rule takes one of the plant's rules: ${known}; got \`${options.rule ?? ""}\`.`);
  }
  const alarm: PlantAlarm = found;
  const now = systemClock.now();
  const from = timeOption("from", options.from, now);
  const to = options.to === undefined ? now : timeOption("to", options.to, now);
  if (from >= to) throw new CodedError("CONFIG", "--from must be before --to.");
  const set = trialOf(options);
  const other = set.size === 0 ? null : withRule(plant, alarm, tried(alarm.rule, set));
  const benchmark = inForce(alarmBenchmarks, localDays(plant.platform.timeZone)(now).period);

  const storeOptions = await readStoreOptions(options, historyFile(options.data));
  const env = { clock: systemClock, log: createLog("alarms", "warn") };
  await using reader = await stores[storeOptions.store].openReader(storeOptions, env);
  await using records = await openRecordsReader(recordsFile(options.data));
  async function* connection(of: LostRule["of"]) {
    yield connectionHistory(records.gaps(alarm.tag.id, from, to), of);
  }
  const run = async (one: PlantAlarm): Promise<Trial> => {
    const rule = alarmRuleOf(one);
    const begin = instant(from - rule.condition.reachMs);
    const tags = one.inputs.map((tag) => tag.id);
    const history = one.rule.kind === "lost" ? connection(one.rule.of) : historyOf(reader, tags, begin, to);
    const done = await replayRule(rule, history, from, to);
    return { settings: settingsOf(one.rule), replay: done, figures: ruleFigures(done, from, to, benchmark.values) };
  };
  const planned = await run(alarm);
  const trial = other && (await run(other));
  const { unit } = alarm.tag.info;
  const report = { alarm: id, unit, zone: plant.platform.timeZone, from, to, benchmark, planned, tried: trial };
  const lines = options.json ? [JSON.stringify(report, null, 2)] : reportLines(report);
  process.stdout.write(`${lines.join("\n")}\n`);
}

await runCommand(command, async ({ options, positionals }) => {
  if (positionals.length !== 1 || positionals[0] !== "replay") {
    throw new CodedError("CONFIG", "alarms: say what to do: `alarms replay`. See `alarms --help`.");
  }
  await replay(options);
});
