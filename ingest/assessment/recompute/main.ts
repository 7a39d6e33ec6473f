import { systemClock } from "#shared/kit/clock.ts";
import { runCommand } from "#shared/kit/command.ts";
import { createLog } from "#shared/kit/log.ts";
import { exitCodes } from "#shared/kit/process.ts";
import { CodedError } from "#shared/model/errors.ts";
import { loadPlant } from "#shared/plant/load.ts";
import { openFactsAnew } from "#shared/store/facts/factFile.ts";
import { openRecordsReader } from "#shared/store/records/sqlite.ts";
import { readStoreOptions, stores } from "#shared/store/registry.ts";
import { factsFile, historyFile, recordsFile } from "../../core.ts";
import { createFigures } from "../../indicators/computeFigures.ts";
import { command } from "./command.ts";
import { type Recomputation, recompute } from "./recompute.ts";

function recomputationText({ period, version, isSame, differences }: Recomputation): string {
  const name = `${period}, version ${version}`;
  if (isSame) return `${name}: the same, byte for byte.\n`;
  const lines = differences.map(({ what, sealed, recomputed }) => `  ${what}: sealed ${sealed}, now ${recomputed}`);
  return `${name}: ${differences.length} differ.\n${lines.join("\n")}\n`;
}

await runCommand(command, async ({ options }) => {
  const { period } = options;
  if (period === undefined) throw new CodedError("CONFIG", "Name the period: --period 2026-10.");
  const plant = await loadPlant(options.plant, process.env);
  const store = await readStoreOptions(options, historyFile(options.data));
  await using records = await openRecordsReader(recordsFile(options.data));
  const log = createLog("recompute", "error");
  await using reader = await stores[store.store].openReader(store, { clock: systemClock, log });
  using file = openFactsAnew(factsFile(options.data));
  const figures = createFigures({ plant, reader, records, file, clock: systemClock });
  try {
    const result = await recompute(period, { plant, records, figures });
    process.stdout.write(options.json ? `${JSON.stringify(result, null, 2)}\n` : recomputationText(result));
    if (!result.isSame) process.exitCode = exitCodes.refused;
  } catch (error) {
    if (!(error instanceof CodedError) || error.verdict === "retry" || error.code === "CONFIG") throw error;
    process.stderr.write(`${error.detail}\n`);
    process.exitCode = exitCodes.refused;
  }
});
