import { systemClock } from "#shared/kit/clock.ts";
import { runCommand } from "#shared/kit/command.ts";
import { command } from "./command.ts";
import { runRecords } from "./run.ts";

await runCommand(command, async (parsed) => {
  const { out, error, code } = await runRecords(parsed, systemClock);
  process.stdout.write(out);
  process.stderr.write(error);
  process.exitCode = code;
});
