import { existsSync } from "node:fs";
import { messageOf } from "#shared/model/errors.ts";
import { checkHistory } from "../embedded/historyCheck.ts";
import { openForReading } from "../sqlite/database.ts";
import { pageErrors } from "../sqlite/onlineCopy.ts";
import { type KeptFile, keptFiles } from "./files.ts";

/** Faults of one file that are said; beyond, only their number. */
const mostSaid = 50;

/** Checks kept files, also while they are written. Says what it finds; true where all is sound. */
export function checkFiles(pathOf: (kept: KeptFile) => string, say: (line: string) => void): boolean {
  let sound = true;
  for (const kept of keptFiles) {
    const { name, format } = kept;
    const file = pathOf(kept);
    if (!existsSync(file)) {
      say(`${name}: not there`);
      continue;
    }
    let faults = 0;
    const report = (fault: string) => {
      if (faults++ < mostSaid) say(`${name}: ${fault}`);
    };
    let summary = "";
    try {
      for (const error of pageErrors(file)) report(error);
      using database = format === null ? null : openForReading(file, format);
      if (database === undefined) report("is of an older version; ingest brings it to this one when it starts");
      else if (database && name === "history.db") {
        const { chunks, hours, samples, aside } = checkHistory(database, report);
        summary = `, ${samples} samples in ${chunks} chunks and ${hours} hours${aside > 0 ? `, ${aside} damaged blocks kept aside earlier` : ""}`;
      }
    } catch (error) {
      report(messageOf(error));
    }
    say(`${name}: ${faults === 0 ? "sound" : `${faults} faults`}${summary}`);
    sound &&= faults === 0;
  }
  return sound;
}
