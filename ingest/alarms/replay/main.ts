import { systemClock } from "#shared/kit/clock.ts";
import { type ParsedCommand, runCommand } from "#shared/kit/command.ts";
import { createLog } from "#shared/kit/log.ts";
import { timeOption } from "#shared/kit/timeOption.ts";
import { CodedError } from "#shared/model/errors.ts";
import { localDays } from "#shared/model/localDay.ts";
import { loadPlant } from "#shared/plant/load.ts";
import { plantAlarms } from "#shared/plant/select.ts";
import { readStoreOptions, stores } from "#shared/store/registry.ts";
import { historyFile } from "../../core.ts";
import { alarmBenchmarks } from "../../indicators/safety/alarmBenchmarks.ts";
import { inForce } from "../../indicators/standards/standard.ts";
import type { AlarmRule } from "../step.ts";
import { command } from "./command.ts";
import { ruleFigures } from "./figures.ts";
import { replayRule } from "./replayRule.ts";
import { reportLines, type Trial } from "./report.ts";

type Options = ParsedCommand<typeof command.options>["options"];

const trialKeys = { limit: "limit", deadband: "deadband", "on-delay": "onDelayMs", "off-delay": "offDelayMs" } as const;

/** What the command line sets differently. Throws `CONFIG` where it is no number, or below 0 where it must not be. */
function trialOf(options: Options): Partial<AlarmRule> {
  return Object.fromEntries(
    Object.entries(trialKeys).flatMap(([option, key]) => {
      const text = options[option as keyof typeof trialKeys];
      if (text === undefined) return [];
      const value = text.trim() === "" ? Number.NaN : Number(text);
      if (!Number.isFinite(value) || (key !== "limit" && value < 0)) {
        throw new CodedError(
          "CONFIG",
          `--${option} takes a number${key === "limit" ? "" : " from 0 on"}, got \`${text}\`.`,
        );
      }
      return [[key, value]];
    }),
  );
}

async function replay(options: Options): Promise<void> {
  const plant = await loadPlant(options.plant, process.env);
  const id = `${plant.platform.id}/${options.rule ?? ""}`;
  const alarms = plantAlarms(plant);
  const alarm = alarms.find((one) => one.id === id);
  if (!alarm) {
    const known = alarms.map((one) => one.id.slice(plant.platform.id.length + 1)).join(", ");
    throw new CodedError("CONFIG", `--rule takes one of the plant's rules: ${known}; got \`${options.rule ?? ""}\`.`);
  }
  const now = systemClock.now();
  const from = timeOption("from", options.from, now);
  const to = options.to === undefined ? now : timeOption("to", options.to, now);
  if (from >= to) throw new CodedError("CONFIG", "--from must be before --to.");
  const different = trialOf(options);
  const benchmark = inForce(alarmBenchmarks, localDays(plant.platform.timeZone)(now).period);

  const storeOptions = await readStoreOptions(options, historyFile(options.data));
  const env = { clock: systemClock, log: createLog("alarms", "warn") };
  await using reader = await stores[storeOptions.store].openReader(storeOptions, env);
  const run = async (rule: AlarmRule): Promise<Trial> => {
    const { kind, limit, deadband, onDelayMs, offDelayMs, latching } = rule;
    const done = await replayRule(rule, reader, alarm.tag.id, from, to);
    const settings = { kind, limit, deadband, onDelayMs, offDelayMs, latching };
    return { rule: settings, replay: done, figures: ruleFigures(done, from, to, benchmark.values) };
  };
  const planned = await run(alarm.rule);
  const tried = Object.keys(different).length === 0 ? null : await run({ ...alarm.rule, ...different });
  const { unit } = alarm.tag.info;
  const report = { alarm: id, unit, zone: plant.platform.timeZone, from, to, benchmark, planned, tried };
  const lines = options.json ? [JSON.stringify(report, null, 2)] : reportLines(report);
  process.stdout.write(`${lines.join("\n")}\n`);
}

await runCommand(command, async ({ options, positionals }) => {
  if (positionals.length !== 1 || positionals[0] !== "replay") {
    throw new CodedError("CONFIG", "alarms: say what to do: `alarms replay`. See `alarms --help`.");
  }
  await replay(options);
});
