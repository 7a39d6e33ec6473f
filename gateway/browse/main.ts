import { systemClock } from "#shared/kit/clock.ts";
import { runCommand } from "#shared/kit/command.ts";
import { createLog, logLevel } from "#shared/kit/log.ts";
import { createMetrics } from "#shared/kit/metrics.ts";
import { exitCodes } from "#shared/kit/process.ts";
import { CodedError, type ErrorCode, messageOf } from "#shared/model/errors.ts";
import { command } from "./command.ts";
import { runBrowse } from "./run.ts";

/** The server or this machine said no for good; everything else may be tried again. */
const refusals: readonly ErrorCode[] = ["UNTRUSTED", "FORBIDDEN", "NOT_FOUND"];

await runCommand(command, async ({ options, positionals: [endpoint] }) => {
  const log = createLog("browse", logLevel(options.log));
  // node-opcua leaves rejections of its own behind; what matters here has a handler of its own.
  process.on("unhandledRejection", (error) => log.debug({ error: messageOf(error) }, "A rejection nobody handled"));
  const stop = new AbortController();
  process.once("SIGINT", () => stop.abort(new CodedError("UNKNOWN", "Interrupted.")));
  const world = {
    clock: systemClock,
    log,
    metrics: createMetrics(),
    env: process.env,
    print: (text: string) => void process.stdout.write(`${text}\n`),
    note: (text: string) => void process.stderr.write(`${text}\n`),
  };
  try {
    await runBrowse(endpoint, options, world, stop.signal);
  } catch (error) {
    if (error instanceof CodedError && error.code === "CONFIG") throw error;
    process.stderr.write(`${error instanceof CodedError ? error.detail : messageOf(error)}\n`);
    const isRefusal = error instanceof CodedError && refusals.includes(error.code);
    process.exitCode = isRefusal ? exitCodes.refused : exitCodes.failed;
  }
});
