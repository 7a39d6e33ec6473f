import { open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { backup, DatabaseSync } from "node:sqlite";
import { isBusy } from "#shared/kit/folderLock.ts";
import { CodedError } from "#shared/model/errors.ts";

const pagesPerStep = 4_000;

/**
 * Copies a database as of now, while others read and write it, to a file that is whole and on the disk when this
 * resolves; `without` is SQL that takes out of the copy what shall not be in it. Reports pages copied and in all.
 */
export async function copyOnline(
  file: string,
  target: string,
  without: string | undefined,
  report: (pages: number, all: number) => void,
): Promise<void> {
  const part = `${target}.part`;
  await rm(part, { force: true });
  using source = new DatabaseSync(file, { readOnly: true, timeout: 5_000 });
  // One reading transaction around all steps: each step sees the same state, however much is written meanwhile.
  source.exec("BEGIN");
  source.prepare("SELECT count(*) FROM sqlite_schema").get();
  await backup(source, part, {
    rate: pagesPerStep,
    progress: ({ totalPages, remainingPages }) => report(totalPages - remainingPages, totalPages),
  });
  source.exec("COMMIT");
  if (without !== undefined) {
    using copy = new DatabaseSync(part);
    copy.exec(`PRAGMA secure_delete = ON; ${without}`);
  }
  checkPages(part);
  await putInPlace(part, target);
}

/**
 * Holds a database that nobody else has open; throws what `inUse` makes of it where somebody has. In WAL mode a process
 * shares a lock for as long as it has the file open, and leaving that mode wants it alone.
 */
export function holdUnused(file: string, inUse: (cause: unknown) => Error): Disposable {
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    database.exec("PRAGMA journal_mode = DELETE; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
  } catch (error) {
    if (isBusy(error)) {
      database.close();
      throw inUse(error);
    }
    // A damaged file can be locked by nobody; what is put in its place is the remedy.
  }
  return { [Symbol.dispose]: () => database.close() };
}

/** Gives a whole file its name, durably. */
export async function putInPlace(part: string, target: string): Promise<void> {
  // Whoever has looked into a file of WAL mode leaves these beside it.
  for (const suffix of ["-wal", "-shm"]) await rm(`${part}${suffix}`, { force: true });
  await synced(part, "r+");
  await rename(part, target);
  await synced(dirname(target), "r");
}

async function synced(path: string, flags: "r" | "r+"): Promise<void> {
  await using handle = await open(path, flags);
  await handle.sync();
}

/** Reads every page and index of a file that nobody writes; throws `DAMAGED` where they are not sound. */
export function checkPages(file: string): void {
  const [first, ...more] = pageErrors(file);
  if (first === undefined) return;
  throw new CodedError("DAMAGED", `${file}: ${first}${more.length > 0 ? ` and ${more.length} more` : ""}.`);
}

/** What is not sound about the pages and indices of a file, beside its writer; the first hundred. */
export function pageErrors(file: string): readonly string[] {
  using database = new DatabaseSync(file, { readOnly: true, timeout: 5_000 });
  const rows = database.prepare("PRAGMA integrity_check(100)").all();
  return rows.map(({ integrity_check }) => String(integrity_check)).filter((verdict) => verdict !== "ok");
}
