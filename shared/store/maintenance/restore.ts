import { existsSync } from "node:fs";
import { copyFile, mkdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { CodedError } from "#shared/model/errors.ts";
import type { EpochMs } from "#shared/model/time.ts";
import { moveAside } from "../sqlite/damage.ts";
import { checkPages, holdUnused, putInPlace } from "../sqlite/onlineCopy.ts";
import { readBackup } from "./backup.ts";
import { keptFile, lockIngestFolder, placeOf } from "./files.ts";

export interface Restored {
  readonly name: string;
  /** Where the file is that it took the place of, null where there was none. */
  readonly aside: string | null;
}

/**
 * Puts the files of a backup in the place of those in the data folder, which are kept beside them. Everything is
 * checked and copied first: what fails leaves the folder as it was. Throws `STORE_UNAVAILABLE` while ingest, or a
 * dashboard, works with a file that would be replaced.
 */
export async function restoreBackup(folder: string, data: string, now: EpochMs): Promise<readonly Restored[]> {
  const { files } = await readBackup(folder);
  const targets = files.flatMap(({ name }) => {
    const kept = keptFile(name);
    return kept ? [{ kept, target: placeOf(data, kept) }] : [];
  });
  using held = new DisposableStack();
  if (targets.some(({ kept }) => kept.folder === "ingest")) held.use(lockIngestFolder(data));
  const accounts = targets.find(({ kept, target }) => kept.folder === "dashboard" && existsSync(target))?.target;
  if (accounts !== undefined) {
    const inUse = (cause: unknown) =>
      new CodedError("STORE_UNAVAILABLE", `A dashboard works with ${accounts}; stop it first.`, { cause });
    held.use(holdUnused(accounts, inUse));
  }
  const partOf = (target: string): string => `${target}.restoring`;
  try {
    for (const { kept, target } of targets) {
      await mkdir(dirname(target), { recursive: true, mode: 0o700 });
      await copyFile(join(folder, kept.name), partOf(target));
      checkPages(partOf(target));
    }
    const restored: Restored[] = [];
    for (const { kept, target } of targets) {
      const aside = existsSync(target) ? moveAside(target, now, "replaced") : null;
      await putInPlace(partOf(target), target);
      restored.push({ name: kept.name, aside });
    }
    return restored;
  } finally {
    for (const { target } of targets) {
      for (const suffix of ["", "-wal", "-shm"]) await rm(`${partOf(target)}${suffix}`, { force: true });
    }
  }
}
