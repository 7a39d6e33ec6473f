import { join } from "node:path";
import { systemClock } from "#shared/kit/clock.ts";
import { type ParsedCommand, runCommand } from "#shared/kit/command.ts";
import { exitCodes } from "#shared/kit/process.ts";
import { CodedError, messageOf } from "#shared/model/errors.ts";
import { readBackup, takeBackup } from "./backup.ts";
import { checkFiles } from "./check.ts";
import { spec } from "./command.ts";
import { placeOf } from "./files.ts";
import { restoreBackup } from "./restore.ts";

type Options = ParsedCommand<typeof spec.options>["options"];

const print = (line: string) => void process.stdout.write(`${line}\n`);
const progress = (line: string) => void process.stderr.write(`${line}\n`);

/** True where all is well. */
async function run(what: string | undefined, { data, to, from }: Options): Promise<boolean> {
  switch (what) {
    case "backup":
      if (to === undefined) throw new CodedError("CONFIG", "store backup: say where to, with --to <folder>.");
      print(await takeBackup(data, to, systemClock.now(), progress));
      progress("Not in it, and to be kept elsewhere: the plant model, <data>/secrets, the outboxes of gateways.");
      return true;
    case "restore": {
      if (from === undefined) throw new CodedError("CONFIG", "store restore: name the backup, with --from <folder>.");
      for (const { name, aside } of await restoreBackup(from, data, systemClock.now())) {
        print(`${name}: restored${aside === null ? "" : `; the earlier one is ${aside}`}`);
      }
      return true;
    }
    case "check":
      if (from !== undefined) await readBackup(from);
      return checkFiles((kept) => (from === undefined ? placeOf(data, kept) : join(from, kept.name)), print);
    default:
      throw new CodedError("CONFIG", "store takes backup, restore or check. See `store --help`.");
  }
}

await runCommand(spec, async ({ options, positionals: [what] }) => {
  try {
    process.exitCode = (await run(what, options)) ? exitCodes.ok : exitCodes.refused;
  } catch (error) {
    if (error instanceof CodedError && error.code === "CONFIG") throw error;
    process.stderr.write(`${messageOf(error)}\n`);
    process.exitCode = exitCodes.refused;
  }
});
