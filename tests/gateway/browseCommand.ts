import { systemClock } from "#shared/kit/clock.ts";
import { parseCommand } from "#shared/kit/command.ts";
import { silentLog } from "#shared/kit/log.ts";
import { createMetrics } from "#shared/kit/metrics.ts";
import { command } from "../../gateway/browse/command.ts";
import { runBrowse } from "../../gateway/browse/run.ts";

export interface Said {
  readonly answer: string;
  readonly notes: string;
}

/** What `pilotline browse` answers to these arguments, and what it says beside it. */
export const runCommand = (folder: string, port: number, ...args: readonly string[]): Promise<Said> =>
  runWith({}, folder, port, ...args);

/** The same with this environment. */
export async function runWith(
  env: Readonly<Record<string, string>>,
  folder: string,
  port: number,
  ...args: readonly string[]
): Promise<Said> {
  const given = [`opc.tcp://127.0.0.1:${port}`, "--data", folder, "--pause", "0", ...args];
  const parsed = parseCommand(command, given, {});
  if (parsed === "help") throw new Error("help");
  const answer: string[] = [];
  const notes: string[] = [];
  const world = {
    clock: systemClock,
    log: silentLog,
    metrics: createMetrics(),
    env,
    print: (text: string) => void answer.push(text),
    note: (text: string) => void notes.push(text),
  };
  await runBrowse(parsed.positionals[0], parsed.options, world, new AbortController().signal);
  return { answer: answer.join("\n"), notes: notes.join("\n") };
}
