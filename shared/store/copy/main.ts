import { join } from "node:path";
import { backoff } from "#shared/kit/backoff.ts";
import { type Clock, systemClock } from "#shared/kit/clock.ts";
import { type ParsedCommand, runCommand } from "#shared/kit/command.ts";
import { createLog, type Log } from "#shared/kit/log.ts";
import { exitCodes } from "#shared/kit/process.ts";
import { timeOption } from "#shared/kit/timeOption.ts";
import { CodedError, messageOf } from "#shared/model/errors.ts";
import { instant, minutes } from "#shared/model/time.ts";
import { stores } from "../registry.ts";
import { spec } from "./command.ts";
import { type CopyParts, copyTag, type TagCopy } from "./copyHistory.ts";
import { readPlace } from "./place.ts";
import { copyRow, copySummary, copyTitle } from "./report.ts";

/** A store that is away for longer than this ends the copy; begun again, it goes on. */
const patience = minutes(2);

type Options = ParsedCommand<typeof spec.options>["options"];

const print = (line: string) => void process.stdout.write(`${line}\n`);

function patient(clock: Clock, log: Log): CopyParts["patiently"] {
  return async (body) => {
    const giveUp = clock.monotonic() + patience;
    for (const wait of backoff({}, Math.random)) {
      try {
        return await body();
      } catch (error) {
        const isOver = clock.monotonic() + wait > giveUp;
        if (!(error instanceof CodedError && error.verdict === "retry") || isOver) throw error;
        log.warn({ error: error.message }, "Trying again");
        await clock.sleep(wait);
      }
    }
    throw new CodedError("STORE_UNAVAILABLE", "The store does not answer.");
  };
}

/** True where both stores hold the same at the end. */
async function copy(options: Options, clock: Clock, log: Log): Promise<boolean> {
  if (options.from === undefined || options.to === undefined) {
    throw new CodedError("CONFIG", "copy: name both stores, with --from and --to. See `copy --help`.");
  }
  const history = join(options.data, "ingest", "history.db");
  const from = await readPlace(options.from, options, history);
  const to = await readPlace(options.to, options, history);
  if (
    JSON.stringify([from.store, from.historyFile, from.influx]) ===
    JSON.stringify([to.store, to.historyFile, to.influx])
  ) {
    throw new CodedError("CONFIG", "copy: --from and --to name the same store.");
  }
  const now = clock.now();
  const since = options.since === undefined ? instant(0) : timeOption("since", options.since, now);
  const until = options.until === undefined ? now : timeOption("until", options.until, now);

  await using stack = new AsyncDisposableStack();
  const patiently = patient(clock, log);
  const source = stack.use(await stores[from.store].openReader(from, { clock, log }));
  const tags = (await patiently(() => source.tags())).filter((tag) => tag.startsWith(options.tags));
  const openTarget = async () => stack.use(await stores[to.store].openReader(to, { clock, log }));
  const target = await openTarget();
  const writer = options.verify
    ? null
    : stack.use(
        await stores[to.store].openWriter(to, {
          clock,
          log,
          // Names of batches stay behind: what gateways send again overwrites itself.
          records: { storedBatches: () => new Map(), saveStoredBatches: () => {} },
        }),
      );
  print(copyTitle);
  const copies: TagCopy[] = [];
  for (const tag of tags) {
    const done = await copyTag(tag, since, until, { source, target, writer, patiently });
    copies.push(done);
    for (const line of copyRow(done)) print(line);
  }
  for (const line of copySummary(copies)) print(line);
  return copies.every(({ differences }) => differences.length === 0);
}

await runCommand(spec, async ({ options }) => {
  const log = createLog("copy", "warn");
  try {
    process.exitCode = (await copy(options, systemClock, log)) ? exitCodes.ok : exitCodes.refused;
  } catch (error) {
    if (error instanceof CodedError && error.code === "CONFIG") throw error;
    process.stderr.write(`${messageOf(error)}\nThe same command goes on where this one ended.\n`);
    process.exitCode = exitCodes.failed;
  }
});
