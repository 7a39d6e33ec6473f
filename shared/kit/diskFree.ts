import { statfs } from "node:fs/promises";

/**
 * Tells the free part of the disk under a folder, 0 to 1, for who is not root; null where the system does not tell, and
 * before the first answer. Each call asks anew and gives the newest answer that is there: a disk that hangs blocks
 * nobody.
 */
export function watchDiskFree(folder: string): () => number | null {
  let known: number | null = null;
  let isAsking = false;
  return () => {
    if (!isAsking) {
      isAsking = true;
      statfs(folder)
        .then(({ bavail, blocks }) => (blocks > 0 ? bavail / blocks : null))
        .catch(() => null)
        .then((part) => {
          known = part;
          isAsking = false;
        });
    }
    return known;
  };
}
