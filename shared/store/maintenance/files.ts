import { join } from "node:path";
import { lockFolder } from "#shared/kit/folderLock.ts";
import { CodedError } from "#shared/model/errors.ts";
import { historyFormat } from "../embedded/historyFormat.ts";
import { recordsFormat } from "../records/schema.ts";

/** What ingest keeps in its folder: the embedded history, and the records. */
export const keptFiles = [
  { name: "history.db", format: historyFormat },
  { name: "records.db", format: recordsFormat },
] as const;

export const ingestFolder = (data: string): string => join(data, "ingest");

/**
 * Takes the place of the one process that writes to those files (D5), until it is disposed of or the process ends.
 * Throws `STORE_UNAVAILABLE` where another one has it.
 */
export function lockIngestFolder(data: string): Disposable {
  const folder = ingestFolder(data);
  const inUse = (cause: unknown) =>
    new CodedError("STORE_UNAVAILABLE", `Another process writes to ${folder}; stop it first.`, { cause });
  return lockFolder({ folder, file: "writer.lock", inUse });
}
