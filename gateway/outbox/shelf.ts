import { join } from "node:path";
import type { Log } from "#shared/kit/log.ts";
import type { Counter } from "#shared/kit/metrics.ts";
import { messageOf } from "#shared/model/errors.ts";
import { type Disk, writeWhole } from "./disk.ts";
import {
  asideFolder,
  asidePath,
  firstRecord,
  inOrder,
  isUnreadable,
  parseSegmentName,
  recordsIn,
  type Segment,
  type SegmentName,
} from "./segment.ts";

/** The segments of earlier starts, oldest first, and the number of this start. */
export interface Shelf {
  /** Of which the host has not acknowledged everything. */
  readonly owed: readonly Segment[];
  /** Acknowledged, and kept for a replay. */
  readonly kept: readonly Segment[];
  readonly start: number;
}

export interface ShelfParts {
  readonly folder: string;
  readonly disk: Disk;
  readonly log: Log;
  /** Files, or tails of files, put aside; by reason. */
  readonly putAside: Counter;
}

type Found = SegmentName & { readonly path: string; readonly acknowledgedTo?: number };

/**
 * Looks through the folder. Reads only the last segment of each queue: only that one can have a torn tail, what a crash
 * left of a record that was not durable yet. The tail is cut and kept aside; damage anywhere else is found when it is read.
 */
export async function openShelf(parts: ShelfParts): Promise<Shelf> {
  const { folder, disk } = parts;
  await disk.makeFolder(asideFolder(folder));
  const found = (await disk.list(folder))
    .flatMap((name): Found[] => {
      const parsed = parseSegmentName(name);
      return parsed ? [{ ...parsed, path: join(folder, name) }] : [];
    })
    .sort(inOrder);
  const byQueue = Map.groupBy(found, ({ queueId }) => queueId);
  const owed: Segment[] = [];
  const kept: Segment[] = [];
  for (const files of byQueue.values()) {
    for (const [i, file] of files.entries()) {
      const next = files[i + 1];
      const segment = next || file.acknowledgedTo ? await asNamed(file, next, disk) : await lastOf(file, parts);
      if (segment && segment.last >= segment.first) (file.acknowledgedTo ? kept : owed).push(segment);
      // A file whose first batch failed, to be written again in the next one: nothing in it was ever accepted.
      else if (next) await disk.remove(file.path);
    }
  }
  const start = found.reduce((highest, one) => Math.max(highest, one.start), 0) + 1;
  return { owed: owed.sort(inOrder), kept: kept.sort(inOrder), start };
}

async function asNamed(file: Found, next: Found | undefined, disk: Disk): Promise<Segment> {
  const { acknowledgedTo, ...name } = file;
  const last = acknowledgedTo ?? (next ? next.first - 1 : file.first - 1);
  return { ...name, last, ...(await disk.stat(file.path)), isDamaged: false };
}

/** The last segment of a queue up to its last intact record. */
async function lastOf(file: Found, parts: ShelfParts): Promise<Segment | undefined> {
  const { disk, log, putAside } = parts;
  const { acknowledgedTo: _, ...name } = file;
  const { bytes: size, changedAt } = await disk.stat(file.path);
  let last = file.first - 1;
  let bytes = firstRecord;
  try {
    for await (const { record, next } of recordsIn(disk, file.path, size)) {
      last = record.number;
      bytes = next;
    }
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    putAside.add(1, { reason: "unreadable" });
    log.error({ file: file.path, error: messageOf(error) }, "DISK: an outbox segment cannot be read; moved aside");
    await disk.rename(file.path, asidePath(file.path));
    return undefined;
  }
  if (last < file.first) {
    if (size <= firstRecord) await disk.remove(file.path);
    else {
      putAside.add(1, { reason: "nothing_readable" });
      log.error({ file: asidePath(file.path) }, "An outbox segment holds nothing readable and was moved aside");
      await disk.rename(file.path, asidePath(file.path));
    }
    return undefined;
  }
  if (size > bytes) await cutTail(file.path, bytes, size, parts);
  return { ...name, last, bytes, changedAt, isDamaged: false };
}

async function cutTail(path: string, keep: number, size: number, { disk, log, putAside }: ShelfParts): Promise<void> {
  const file = await disk.open(path, "edit");
  try {
    await keepTail(await file.read(size - keep, keep), `${asidePath(path)}.torn`, disk).catch((error) =>
      log.warn({ error: messageOf(error) }, "The torn tail of an outbox segment cannot be kept"),
    );
    await file.truncate(keep);
    await file.sync();
  } finally {
    await file.close();
  }
  putAside.add(1, { reason: "torn_tail" });
  log.warn({ file: path, bytes: size - keep }, "Cut the torn tail of an outbox segment, never durable before");
}

async function keepTail(tail: Uint8Array, path: string, disk: Disk): Promise<void> {
  const file = await disk.open(path, "create");
  try {
    await writeWhole(file, tail, 0);
  } finally {
    await file.close();
  }
}
