import { type Disk, hasCode, writeWhole } from "./disk.ts";

/** A file that takes up room, so that records of gaps can be written on a disk that is full otherwise. */
export interface Reserve {
  /** Makes the file where it is not there; without effect where there is no room for it. */
  make(): Promise<void>;
  /** Frees its room; false where it is not there. */
  release(): Promise<boolean>;
}

export function createReserve(path: string, bytes: number, disk: Disk): Reserve {
  let isThere = false;
  const remove = () => disk.remove(path).catch(() => {});
  return {
    make: async () => {
      if (isThere) return;
      try {
        const file = await disk.open(path, "create");
        try {
          await writeWhole(file, Buffer.alloc(bytes), 0);
          await file.sync();
        } finally {
          await file.close();
        }
        isThere = true;
      } catch (error) {
        isThere = hasCode(error, "EEXIST");
        if (!isThere) await remove();
      }
    },
    release: async () => {
      if (!isThere) return false;
      isThere = false;
      await remove();
      return true;
    },
  };
}
