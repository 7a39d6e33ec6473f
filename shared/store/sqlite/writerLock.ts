import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { CodedError } from "#shared/model/errors.ts";
import { isBusy } from "./database.ts";

/**
 * Takes the place of the one process that writes to the files of a folder (D5), until it is disposed of or the process
 * ends, however it ends: the operating system holds the lock. Throws `STORE_UNAVAILABLE` where another one has it.
 */
export function lockFolder(folder: string): Disposable {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, "writer.lock");
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    database.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    database.close();
    if (!isBusy(error)) throw error;
    throw new CodedError("STORE_UNAVAILABLE", `Another process writes to ${folder}; stop it first.`, { cause: error });
  }
  return { [Symbol.dispose]: () => database.close() };
}
