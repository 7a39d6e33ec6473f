import { systemClock } from "#shared/kit/clock.ts";
import { runCommand } from "#shared/kit/command.ts";
import { command } from "./command.ts";
import { runDeadLetter } from "./run.ts";

await runCommand(command, async (parsed) => {
  const { out, error, code } = await runDeadLetter(parsed, systemClock);
  process.stdout.write(out);
  process.stderr.write(error);
  process.exitCode = code;
});
