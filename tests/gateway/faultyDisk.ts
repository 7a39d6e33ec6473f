// A real disk that fails as it is told: at the nth call of a kind, for good, or when it is full.
import { type Disk, type DiskFile, realDisk } from "../../gateway/outbox/disk.ts";

export type Fault = "short write" | "ENOSPC" | "EIO";
type Call = "open" | "write" | "sync" | "syncFolder" | "rename" | "remove";

export interface FaultyDisk extends Disk {
  /** The next `count` calls of a kind fail, after `skip` good ones. */
  fail(call: Call, fault: Fault, options?: { readonly skip?: number; readonly count?: number }): void;
  heal(): void;
  /** Bytes that all files together may take; a write beyond takes what fits, the next one nothing. */
  capacity: number;
  readonly used: number;
  /** How often something failed. */
  readonly failed: number;
  /** Writes to a file after one of its writes or syncs had failed: there must be none. */
  readonly retried: readonly string[];
  readonly bytesRead: number;
  readonly mostOpen: number;
}

const failure = (code: string) => Object.assign(new Error(`${code}: a fault of the test`), { code });

export function faultyDisk(): FaultyDisk {
  const plans: { call: Call; fault: Fault; skip: number; count: number }[] = [];
  const sizes = new Map<string, number>();
  const broken = new Set<string>();
  const retried: string[] = [];
  let failed = 0;
  let bytesRead = 0;
  let isOpen = 0;
  let mostOpen = 0;
  const used = () => [...sizes.values()].reduce((sum, size) => sum + size, 0);
  const due = (call: Call): Fault | undefined => {
    const plan = plans.find((one) => one.call === call && one.count > 0);
    if (!plan) return undefined;
    if (plan.skip > 0) plan.skip -= 1;
    else {
      plan.count -= 1;
      failed += 1;
      return plan.fault;
    }
    return undefined;
  };
  const orFail = (call: Call) => {
    const fault = due(call);
    if (fault) throw failure(fault === "short write" ? "EIO" : fault);
  };

  const wrap = (path: string, file: DiskFile): DiskFile => ({
    write: async (data, position) => {
      if (broken.has(path)) retried.push(path);
      const fault = due("write");
      const room = disk.capacity - used() + (sizes.get(path) ?? 0) - position;
      const fits = Math.min(data.length, fault === "short write" ? data.length >> 1 : data.length, Math.max(0, room));
      if (fits < data.length || fault) broken.add(path);
      if (fault && fault !== "short write") throw failure(fault);
      if (fits === 0) throw failure("ENOSPC");
      const written = await file.write(data.subarray(0, fits), position);
      sizes.set(path, Math.max(sizes.get(path) ?? 0, position + written));
      return written;
    },
    sync: async () => {
      if (broken.has(path)) retried.push(path);
      const fault = due("sync");
      if (fault) broken.add(path);
      if (fault) throw failure(fault);
      await file.sync();
    },
    read: async (length, position) => {
      const data = await file.read(length, position);
      bytesRead += data.length;
      return data;
    },
    truncate: async (length) => {
      await file.truncate(length);
      sizes.set(path, Math.min(sizes.get(path) ?? 0, length));
    },
    close: async () => {
      isOpen -= 1;
      await file.close();
    },
  });

  const disk: FaultyDisk = {
    ...realDisk,
    open: async (path, how) => {
      if (how === "create") orFail("open");
      const file = await realDisk.open(path, how);
      isOpen += 1;
      mostOpen = Math.max(mostOpen, isOpen);
      if (how === "create") broken.delete(path);
      return wrap(path, file);
    },
    rename: async (from, to) => {
      orFail("rename");
      await realDisk.rename(from, to);
      sizes.set(to, sizes.get(from) ?? 0);
      sizes.delete(from);
    },
    remove: async (path) => {
      orFail("remove");
      await realDisk.remove(path);
      sizes.delete(path);
    },
    syncFolder: async (path) => {
      orFail("syncFolder");
      await realDisk.syncFolder(path);
    },
    fail: (call, fault, { skip = 0, count = 1 } = {}) => plans.push({ call, fault, skip, count }),
    heal: () => plans.splice(0),
    capacity: Number.POSITIVE_INFINITY,
    get used() {
      return used();
    },
    get failed() {
      return failed;
    },
    retried,
    get bytesRead() {
      return bytesRead;
    },
    get mostOpen() {
      return mostOpen;
    },
  };
  return disk;
}
