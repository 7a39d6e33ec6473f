import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { CodedError, messageOf } from "#shared/model/errors.ts";

export type Database = DatabaseSync;
export type Statement = StatementSync;
export type SqlValue = SQLInputValue;

/** How one kind of file looks: a step per version, applied in order; `user_version` of the file counts them. */
export interface FileFormat {
  readonly name: string;
  /** SQL, or what has to compute. */
  readonly migrations: readonly (string | ((database: Database) => void))[];
}

/** How long a call waits for another process's lock before it fails, ms. */
const busyTimeoutMs = 5_000;

/**
 * Opens the file for its one writer, made where it is missing, and brings it to the newest version. WAL with
 * synchronous=FULL: a commit is on the disk when it returns. Throws what SQLite throws, or `CONFIG` for a file that a
 * newer version of this software made. `check` looks at whatever may be damaged and throws where it is.
 */
export function openForWriting(file: string, format: FileFormat, check: (database: Database) => void): Database {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const database = new DatabaseSync(file, { timeout: busyTimeoutMs });
  try {
    database.exec(`
      PRAGMA page_size = 4096;
      PRAGMA auto_vacuum = INCREMENTAL;
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA wal_autocheckpoint = 2000;
      PRAGMA journal_size_limit = 67108864;
      PRAGMA foreign_keys = ON;`);
    migrate(database, file, format);
    check(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** A check of every page and index; for files that are small. */
export function checkWhole(database: Database): void {
  const verdict = database.prepare("PRAGMA quick_check(1)").get()?.quick_check;
  if (verdict !== "ok") throw new CodedError("DAMAGED", String(verdict));
}

/** Opens the file read-only beside its writer, or undefined while the writer has not brought it to this version. */
export function openForReading(file: string, format: FileFormat): Database | undefined {
  const database = new DatabaseSync(file, { readOnly: true, timeout: busyTimeoutMs });
  try {
    if (versionOf(database, file, format) === format.migrations.length) return database;
  } catch (error) {
    database.close();
    throw error;
  }
  database.close();
  return undefined;
}

function versionOf(database: Database, file: string, format: FileFormat): number {
  const version = Number(database.prepare("PRAGMA user_version").get()?.user_version);
  if (version <= format.migrations.length) return version;
  throw new CodedError(
    "CONFIG",
    `${file} is a ${format.name} file of version ${version}; this software knows ${format.migrations.length}. Use the newer software, or another file.`,
  );
}

function migrate(database: Database, file: string, format: FileFormat): void {
  for (let version = versionOf(database, file, format); version < format.migrations.length; version++) {
    transaction(database, () => {
      const step = format.migrations[version] ?? "";
      if (typeof step === "string") database.exec(step);
      else step(database);
      database.exec(`PRAGMA user_version = ${version + 1}`);
    });
  }
}

/** Runs `body` in one transaction: all of it or nothing. */
export function transaction<Result>(database: Database, body: () => Result): Result {
  database.exec("BEGIN IMMEDIATE");
  return finish(database, body);
}

/** Runs `body` on one unchanging view of the file. */
export function snapshot<Result>(database: Database, body: () => Result): Result {
  database.exec("BEGIN");
  return finish(database, body);
}

function finish<Result>(database: Database, body: () => Result): Result {
  try {
    const result = body();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    // SQLite itself rolls back after some errors (disk full); a second ROLLBACK would hide the first error.
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}

/** Primary result codes of SQLite that decide what the caller does. */
const sqliteCodes = { ioError: 10, corrupt: 11, full: 13, notADatabase: 26 } as const;

const sqliteCode = (thrown: unknown): number | undefined =>
  thrown instanceof Error && "errcode" in thrown && typeof thrown.errcode === "number"
    ? thrown.errcode & 0xff
    : undefined;

/** The file's content is not what SQLite wrote. */
export function isDamage(thrown: unknown): boolean {
  const code = sqliteCode(thrown);
  return code === sqliteCodes.corrupt || code === sqliteCodes.notADatabase;
}

/** Whatever SQLite threw, as an error of this software. */
export function storeError(thrown: unknown, file: string): CodedError {
  if (thrown instanceof CodedError) return thrown;
  const code = sqliteCode(thrown);
  const detail = `${file}: ${messageOf(thrown)}`;
  if (isDamage(thrown)) return new CodedError("DAMAGED", detail, { cause: thrown });
  if (code === sqliteCodes.full || code === sqliteCodes.ioError)
    return new CodedError("DISK", detail, { cause: thrown });
  return new CodedError("STORE_UNAVAILABLE", detail, { cause: thrown });
}
