import { mkdir, readdir, rename, stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import type { Log } from "#shared/kit/log.ts";
import { cutTail, firstRecord, parseSegmentName, recordsIn, type Segment } from "./segment.ts";

/** The segments of earlier starts, oldest first, and the number of this start. */
export interface Shelf {
  readonly segments: Segment[];
  readonly start: number;
}

/**
 * Looks through the folder: cuts the torn tail of each queue's last segment, removes empty files, moves a file aside
 * that holds nothing readable. Reads only the last segment of each queue.
 */
export async function openShelf(folder: string, log: Log): Promise<Shelf> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const found = (await readdir(folder)).sort().flatMap((name) => {
    const parsed = parseSegmentName(name);
    return parsed ? [{ ...parsed, path: join(folder, name) }] : [];
  });
  const segments: Segment[] = [];
  for (const [i, { queueId, first, path }] of found.entries()) {
    const next = found[i + 1];
    const segment =
      next?.queueId === queueId
        ? { path, queueId, first, last: next.first - 1, bytes: (await stat(path)).size }
        : await lastOf({ path, queueId, first }, log);
    if (segment && segment.last >= segment.first) segments.push(segment);
    else await putAside(path, log);
  }
  return { segments, start: Math.max(0, ...found.map(({ start }) => start)) + 1 };
}

/** The last segment of a queue as far as it is intact. */
async function lastOf({ path, queueId, first }: Pick<Segment, "path" | "queueId" | "first">, log: Log) {
  let last = first - 1;
  let bytes = firstRecord;
  for await (const { record, next } of recordsIn(path)) {
    last = record.number;
    bytes = next;
  }
  if (last < first) return undefined;
  const cut = await cutTail(path, bytes);
  if (cut > 0) log.warn({ file: path, bytes: cut }, "Cut the torn tail of an outbox segment, never durable before");
  return { path, queueId, first, last, bytes };
}

async function putAside(path: string, log: Log): Promise<void> {
  const { size } = await stat(path);
  if (size <= firstRecord) return unlink(path);
  await rename(path, `${path}.damaged`);
  log.error({ file: `${path}.damaged` }, "An outbox segment holds nothing readable and was moved aside");
}
