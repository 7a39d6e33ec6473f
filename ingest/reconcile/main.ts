import { systemClock } from "#shared/kit/clock.ts";
import { runCommand } from "#shared/kit/command.ts";
import { createLog } from "#shared/kit/log.ts";
import { exitCodes } from "#shared/kit/process.ts";
import { timeOption } from "#shared/kit/timeOption.ts";
import { openRecordsReader } from "#shared/store/records/sqlite.ts";
import { readStoreOptions, stores } from "#shared/store/registry.ts";
import { hourOf } from "#shared/wire/accepted.ts";
import { historyFile, recordsFile } from "../core.ts";
import { isNamed } from "../gaps/report.ts";
import { command } from "./command.ts";
import { type HourCount, lineOf, reconcile } from "./reconcile.ts";
import { reconcileJson, reconcileText, totalsOf } from "./report.ts";

await runCommand(command, async ({ options }) => {
  const now = systemClock.now();
  const store = await readStoreOptions(options, historyFile(options.data));
  const from = hourOf(timeOption("from", options.from, now));
  const to = hourOf(options.to === undefined ? now : timeOption("to", options.to, now));
  await using records = await openRecordsReader(recordsFile(options.data));
  await using reader = await stores[store.store].openReader(store, {
    clock: systemClock,
    log: createLog("reconcile", "error"),
  });
  const { tag: wanted, line } = options;
  const counts: HourCount[] = [];
  const wants: Parameters<typeof reconcile>[2]["wants"] = (tag) =>
    (wanted === undefined || isNamed(tag, wanted)) && (line === undefined || lineOf(tag) === line);
  for await (const count of reconcile(records, reader, { from, to, wants })) counts.push(count);
  process.stdout.write(options.json ? reconcileJson(counts) : reconcileText(counts));
  if (totalsOf(counts).missing.unexplained > 0) process.exitCode = exitCodes.refused;
});
