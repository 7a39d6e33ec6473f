import { join } from "node:path";
import { lockFolder } from "#shared/kit/folderLock.ts";
import { CodedError } from "#shared/model/errors.ts";
import { historyFormat } from "../embedded/historyFormat.ts";
import { recordsFormat } from "../records/schema.ts";
import type { FileFormat } from "../sqlite/database.ts";

/** A database that cannot be made again from anything else. */
export interface KeptFile {
  /** Below the data folder. */
  readonly folder: "ingest" | "dashboard";
  /** Its name there and in a backup. */
  readonly name: string;
  /** Null where its owner alone knows it. */
  readonly format: FileFormat | null;
  /** What a backup leaves out of it. */
  readonly without?: string;
}

/** The embedded history, the records, and the accounts of the pages: users, and the audit log. */
export const keptFiles: readonly KeptFile[] = [
  { folder: "ingest", name: "history.db", format: historyFormat },
  { folder: "ingest", name: "records.db", format: recordsFormat },
  // A restore logs nobody in again who has logged out since.
  { folder: "dashboard", name: "accounts.db", format: null, without: "DELETE FROM sessions" },
];

export const keptFile = (name: string): KeptFile | undefined => keptFiles.find((kept) => kept.name === name);
export const placeOf = (data: string, { folder, name }: KeptFile): string => join(data, folder, name);

const ingestFolder = (data: string): string => join(data, "ingest");

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
