import { mkdir, open, readdir, rename, stat, unlink } from "node:fs/promises";
import { type EpochMs, instant } from "#shared/model/time.ts";

/** An open file. Positions and lengths are in bytes. */
export interface DiskFile {
  /** Returns how many bytes were written: a full disk takes fewer than it was given, without an error. */
  write(data: Uint8Array, position: number): Promise<number>;
  /** Up to `length` bytes; fewer at the end of the file. */
  read(length: number, position: number): Promise<Buffer>;
  truncate(length: number): Promise<void>;
  /** Resolves when what was written would survive a loss of power. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** The file system as the outbox needs it: the seam where tests put a disk that is full or broken. */
export interface Disk {
  /** `create` refuses a file that exists. */
  open(path: string, how: "read" | "create" | "edit"): Promise<DiskFile>;
  /** Names in a folder; none where there is no such folder. */
  list(folder: string): Promise<readonly string[]>;
  stat(path: string): Promise<{ readonly bytes: number; readonly changedAt: EpochMs }>;
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  makeFolder(path: string): Promise<void>;
  /** A new, renamed or removed name is durable only once its folder is. */
  syncFolder(path: string): Promise<void>;
}

const flags = { read: "r", create: "wx", edit: "r+" } as const;

export const realDisk: Disk = {
  open: async (path, how) => {
    const file = await open(path, flags[how], 0o600);
    return {
      write: async (data, position) => (await file.write(data, 0, data.length, position)).bytesWritten,
      read: async (length, position) => {
        const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(length), 0, length, position);
        return buffer.subarray(0, bytesRead);
      },
      truncate: (length) => file.truncate(length),
      sync: () => file.datasync(),
      close: () => file.close(),
    };
  },
  list: async (folder) => {
    try {
      return await readdir(folder);
    } catch (error) {
      if (hasCode(error, "ENOENT")) return [];
      throw error;
    }
  },
  stat: async (path) => {
    const { size, mtimeMs } = await stat(path);
    return { bytes: size, changedAt: instant(Math.floor(mtimeMs)) };
  },
  rename,
  remove: unlink,
  makeFolder: async (path) => {
    await mkdir(path, { recursive: true, mode: 0o700 });
  },
  syncFolder: async (path) => {
    const folder = await open(path, "r");
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  },
};

export const hasCode = (error: unknown, ...codes: readonly string[]): boolean =>
  error instanceof Error && "code" in error && codes.includes(String(error.code));

export const isDiskFull = (error: unknown): boolean => hasCode(error, "ENOSPC", "EDQUOT");

/** Writes all of `data`; a short write is an error, since half a record must not stay before a whole one. */
export async function writeWhole(file: DiskFile, data: Uint8Array, position: number): Promise<void> {
  const written = await file.write(data, position);
  if (written === data.length) return;
  throw Object.assign(new Error(`short write: ${written} of ${data.length} bytes`), { code: "ENOSPC" });
}
