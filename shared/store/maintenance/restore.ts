import { existsSync } from "node:fs";
import { copyFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { EpochMs } from "#shared/model/time.ts";
import { moveAside } from "../sqlite/damage.ts";
import { checkPages, putInPlace } from "../sqlite/onlineCopy.ts";
import { readBackup } from "./backup.ts";
import { ingestFolder, lockIngestFolder } from "./files.ts";

export interface Restored {
  readonly name: string;
  /** Where the file is that it took the place of, null where there was none. */
  readonly aside: string | null;
}

/**
 * Puts the files of a backup in the place of those in the data folder, which are kept beside them. Everything is
 * checked and copied first: what fails leaves the folder as it was. Throws `STORE_UNAVAILABLE` while ingest runs.
 */
export async function restoreBackup(folder: string, data: string, now: EpochMs): Promise<readonly Restored[]> {
  const to = ingestFolder(data);
  using _lock = lockIngestFolder(data);
  const { files } = await readBackup(folder);
  const partOf = (name: string): string => join(to, `${name}.restoring`);
  try {
    for (const { name } of files) {
      await copyFile(join(folder, name), partOf(name));
      checkPages(partOf(name));
    }
    const restored: Restored[] = [];
    for (const { name } of files) {
      const target = join(to, name);
      const aside = existsSync(target) ? moveAside(target, now, "replaced") : null;
      await putInPlace(partOf(name), target);
      restored.push({ name, aside });
    }
    return restored;
  } finally {
    for (const { name } of files) {
      for (const suffix of ["", "-wal", "-shm"]) await rm(`${partOf(name)}${suffix}`, { force: true });
    }
  }
}
