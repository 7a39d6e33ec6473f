import { systemClock } from "#shared/kit/clock.ts";
import { runCommand } from "#shared/kit/command.ts";
import { exitCodes } from "#shared/kit/process.ts";
import { CodedError } from "#shared/model/errors.ts";
import { documentOf } from "../drivers/modbus/probe/document.ts";
import { expectedOf } from "../drivers/modbus/probe/hits.ts";
import { pageOf } from "../drivers/modbus/probe/page.ts";
import { sweep } from "../drivers/modbus/probe/sweep.ts";
import { parseTarget } from "../drivers/modbus/probe/target.ts";
import { command, toleranceOf } from "./command.ts";

await runCommand(command, async (parsed) => {
  const { expect, json } = parsed.options;
  const target = parseTarget(parsed.positionals[0] ?? "");
  const expected = expect === undefined ? undefined : expectedOf(expect, toleranceOf(parsed));
  const stop = new AbortController();
  process.once("SIGINT", () => stop.abort());
  try {
    const swept = await sweep(target, systemClock, stop.signal);
    const shown = json ? JSON.stringify(documentOf(target, swept, expected), null, 2) : pageOf(target, swept, expected);
    process.stdout.write(`${shown}\n`);
  } catch (error) {
    if (!(error instanceof CodedError) && !stop.signal.aborted) throw error;
    if (error instanceof CodedError) process.stderr.write(`${error.detail}\n`);
    process.exitCode = exitCodes.failed;
  }
});
