import { runCommand } from "#shared/kit/command.ts";
import { exitCodes } from "#shared/kit/process.ts";
import { CodedError } from "#shared/model/errors.ts";
import { command } from "./command.ts";
import { runTrust } from "./trust.ts";

await runCommand(command, async (parsed) => {
  try {
    process.stdout.write(`${await runTrust(parsed)}\n`);
  } catch (error) {
    if (!(error instanceof CodedError) || error.code === "CONFIG") throw error;
    process.stderr.write(`${error.detail}\n`);
    process.exitCode = exitCodes.refused;
  }
});
