import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { CodedError, messageOf } from "#shared/model/errors.ts";

export interface FolderLock {
  /** Made where it is missing. */
  readonly folder: string;
  /** Name of the file in it that stands for the lock; what an earlier process left of it is in nobody's way. */
  readonly file: string;
  /** What to throw where another process holds it. */
  readonly inUse: (cause: unknown) => Error;
}

/**
 * Holds a folder for this process until it is disposed of or the process ends, however it ends: the lock is the kernel's,
 * taken by an exclusive transaction of SQLite, and so holds across containers that share the folder too. Throws `inUse`,
 * or `DISK` where the folder or the file cannot be used.
 */
export function lockFolder({ folder, file, inUse }: FolderLock): Disposable {
  const path = join(folder, file);
  let database: DatabaseSync | undefined;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    database = new DatabaseSync(path, { timeout: 0 });
    database.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
  } catch (error) {
    database?.close();
    if (isBusy(error)) throw inUse(error);
    const detail = `The lock ${path} cannot be taken: ${messageOf(error)}. Its folder must be writable, itself empty.`;
    throw new CodedError("DISK", detail, { cause: error });
  }
  return { [Symbol.dispose]: () => database.close() };
}

/** SQLITE_BUSY: another connection has it. */
export const isBusy = (thrown: unknown): boolean =>
  thrown instanceof Error && "errcode" in thrown && typeof thrown.errcode === "number" && (thrown.errcode & 0xff) === 5;
