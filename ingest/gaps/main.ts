import { systemClock } from "#shared/kit/clock.ts";
import { runCommand } from "#shared/kit/command.ts";
import { openRecordsReader } from "#shared/store/records/sqlite.ts";
import { recordsFile } from "../core.ts";
import { command } from "./command.ts";
import { gapReport } from "./report.ts";

await runCommand(command, async (parsed) => {
  await using records = await openRecordsReader(recordsFile(parsed.options.data));
  process.stdout.write(gapReport(records, parsed, systemClock.now()));
});
