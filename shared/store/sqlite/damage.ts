import { existsSync, renameSync } from "node:fs";
import { CodedError, messageOf } from "#shared/model/errors.ts";
import type { EpochMs } from "#shared/model/time.ts";
import { isDamage } from "./database.ts";

/** A file that was usable, or became so by a fresh start; then `damage` says what happened to the old one. */
export interface Sound<Opened> {
  readonly opened: Opened;
  readonly damage: CodedError | null;
}

/**
 * Opens a file; a damaged one is moved aside and a fresh one opened in its place. An unattended box must come up
 * again and say so, not wait for somebody to delete a file. `open` must look at whatever may be damaged.
 */
export function openSound<Opened>(file: string, now: EpochMs, open: () => Opened): Sound<Opened> {
  try {
    return { opened: open(), damage: null };
  } catch (error) {
    if (!isDamage(error) && !(error instanceof CodedError && error.code === "DAMAGED")) throw error;
    const aside = moveAside(file, now);
    const damage = new CodedError(
      "DAMAGED",
      `${file} could not be read (${messageOf(error)}). It was moved to ${aside} and a fresh file begun; restore from a backup, or recover with \`sqlite3 ${aside} .recover\`.`,
      { cause: error },
    );
    return { opened: open(), damage };
  }
}

/** Whether a file of this name is one that was moved aside for its damage; its WAL is none. */
export const isDamagedCopy = (name: string): boolean => /\.damaged-\d{8}T\d{9}Z(-\d+)?$/.test(name);

/** Renames the file with its WAL, so that both still belong together, and returns the new name. */
export function moveAside(file: string, now: EpochMs, why: "damaged" | "replaced" = "damaged"): string {
  const stamp = new Date(now).toISOString().replaceAll(/[-:.]/g, "");
  const names = [
    `${file}.${why}-${stamp}`,
    ...Array.from({ length: 99 }, (_, i) => `${file}.${why}-${stamp}-${i + 2}`),
  ];
  const aside = names.find((name) => !existsSync(name));
  if (!aside)
    throw new CodedError("DISK", `${file} is ${why}, and there are already ${names.length} such copies of it.`);
  for (const suffix of ["-wal", "-shm", ""]) {
    if (existsSync(`${file}${suffix}`)) renameSync(`${file}${suffix}`, `${aside}${suffix}`);
  }
  return aside;
}
