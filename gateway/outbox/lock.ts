import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { CodedError } from "#shared/model/errors.ts";

/**
 * Holds a folder for this process until it is disposed of or the process ends, however it ends: the lock is the kernel's,
 * taken by an exclusive transaction of SQLite, and so holds across containers that share the folder too. Throws `CONFLICT`
 * where another process has it.
 */
export async function lockFolder(folder: string): Promise<Disposable> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const database = new DatabaseSync(join(folder, "lock"));
  try {
    database.exec("PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
  } catch (error) {
    database.close();
    const why = "another gateway process has it. Stop that one, or give this one a data folder of its own (--data).";
    throw new CodedError("CONFLICT", `The outbox ${folder} is in use: ${why}`, { cause: error });
  }
  return { [Symbol.dispose]: () => database.close() };
}
