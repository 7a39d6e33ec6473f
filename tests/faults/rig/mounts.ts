// Small file systems of one's own, for experiments that fill one or take its power away. They need root.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const tools = ["/usr/sbin/mkfs.ext4", "/usr/bin/mount", "/usr/bin/umount", "/usr/bin/python3"];

/** Why this machine cannot do it; undefined where it can. */
export function mountsMissing(): string | undefined {
  if (process.getuid?.() !== 0) return "mounting a file system needs root";
  const absent = tools.find((tool) => !existsSync(tool));
  return absent && `there is no ${absent}`;
}

const run = (command: string, ...args: readonly string[]): void => void execFileSync(command, args, { stdio: "pipe" });

export interface SmallDisk extends Disposable {
  readonly path: string;
  resize(mebibytes: number): void;
}

/** A file system in memory that is full soon. */
export function mountTmpfs(folder: string, mebibytes: number): SmallDisk {
  const path = join(folder, "small");
  mkdirSync(path);
  run("mount", "-t", "tmpfs", "-o", `size=${mebibytes}m`, "tmpfs", path);
  return {
    path,
    resize: (size) => run("mount", "-o", `remount,size=${size}m`, path),
    [Symbol.dispose]: () => run("umount", path),
  };
}

export interface LosableDisk extends Disposable {
  readonly path: string;
  /** From now on nothing more gets to the disk, and what was not synced is gone, as by a loss of power. */
  cutPower(): void;
  /** After all who used it have ended. */
  restorePower(): void;
}

/** EXT4_IOC_SHUTDOWN with EXT4_GOING_FLAGS_NOLOGFLUSH: the journal is not written any more. */
const shutdown = `import fcntl, os, struct, sys
fcntl.ioctl(os.open(sys.argv[1], os.O_RDONLY), 0x8004587d, struct.pack("I", 2))`;

/** An ext4 in a file, whose power can be cut. */
export function mountExt4(folder: string): LosableDisk {
  const [path, image] = [join(folder, "losable"), join(folder, "losable.img")];
  mkdirSync(path);
  writeFileSync(image, "");
  truncateSync(image, 64 << 20);
  run("mkfs.ext4", "-q", image);
  const mount = () => run("mount", "-o", "loop", image, path);
  mount();
  return {
    path,
    cutPower: () => run("python3", "-c", shutdown, path),
    restorePower: () => {
      run("umount", path);
      mount();
    },
    [Symbol.dispose]: () => run("umount", path),
  };
}
