import { basename, dirname, join } from "node:path";
import type { EpochMs } from "#shared/model/time.ts";
import { type Disk, type DiskFile, hasCode } from "./disk.ts";
import { bodyLength, bodyStart, decodeBody, headerBytes, isIntact, magic, type StoredRecord } from "./record.ts";

/**
 * A file of the outbox, named `<start>-<queue id>-<first>[.<attempt>].seg` while the host is owed something of it, and
 * `<start>-<queue id>-<first>[.<attempt>]-<last>.ack` when the host has all of it and it is only kept for a replay.
 */
export interface Segment {
  readonly start: number;
  readonly queueId: string;
  /** Number of its first batch. */
  readonly first: number;
  /** Above 0 where files with the same first batch failed before. */
  readonly attempt: number;
  path: string;
  /** Number of its last durable batch; `first - 1` while there is none. */
  last: number;
  /** Durable length in bytes. */
  bytes: number;
  /** When its last batch was accepted. */
  changedAt: EpochMs;
  /** Damage was found in it: it is put aside instead of removed. */
  isDamaged: boolean;
}

export type SegmentName = Pick<Segment, "start" | "queueId" | "first" | "attempt">;

const namePattern = /^(\d{8})-([A-Za-z0-9_-]+)-(\d{12})(?:\.(\d+))?(?:\.seg|-(\d{12})\.ack)$/;
const padded = (n: number) => String(n).padStart(12, "0");
const stem = ({ start, queueId, first, attempt }: SegmentName): string =>
  `${String(start).padStart(8, "0")}-${queueId}-${padded(first)}${attempt > 0 ? `.${attempt}` : ""}`;

export const owedName = (name: SegmentName): string => `${stem(name)}.seg`;
export const keptName = (segment: SegmentName & Pick<Segment, "last">): string =>
  `${stem(segment)}-${padded(segment.last)}.ack`;

/** `acknowledgedTo` is there where the host has all of the segment. */
export function parseSegmentName(name: string): (SegmentName & { readonly acknowledgedTo?: number }) | undefined {
  const match = namePattern.exec(name);
  if (!match) return undefined;
  const [, start, queueId, first, attempt = 0, last] = match;
  const parsed = { start: Number(start), queueId: String(queueId), first: Number(first), attempt: Number(attempt) };
  return last === undefined ? parsed : { ...parsed, acknowledgedTo: Number(last) };
}

/** Order of acceptance within a lane. */
export const inOrder = (a: SegmentName, b: SegmentName): number =>
  a.start - b.start || a.first - b.first || a.attempt - b.attempt;

/** A record and where the next one begins. */
export interface ReadRecord {
  readonly record: StoredRecord;
  readonly offset: number;
  readonly bytes: number;
  readonly next: number;
}

/** Where the records begin. */
export const firstRecord = magic.length;

/** The record at `offset`; undefined where none lies intact before `end`. */
export async function readRecord(file: DiskFile, offset: number, end: number): Promise<ReadRecord | undefined> {
  const header = await file.read(headerBytes, offset);
  const length = bodyLength(header);
  if (length === undefined || offset + headerBytes + length > end) return undefined;
  const body = await file.read(length, offset + headerBytes);
  if (body.length < length || !isIntact(header, body)) return undefined;
  const bytes = headerBytes + length;
  return { record: decodeBody(body), offset, bytes, next: offset + bytes };
}

const searchBytes = 1 << 16;

/** The first intact record behind a damaged one at `offset`, found by how its body begins and by its checksum. */
export async function nextIntact(file: DiskFile, offset: number, end: number): Promise<ReadRecord | undefined> {
  for (let from = offset + 1; from < end; from += searchBytes) {
    const overlap = headerBytes + bodyStart.length;
    const chunk = await file.read(Math.min(searchBytes + overlap, end - from), from);
    for (let at = chunk.indexOf(bodyStart); at >= 0; at = chunk.indexOf(bodyStart, at + 1)) {
      const read = at < headerBytes ? undefined : await readRecord(file, from + at - headerBytes, end);
      if (read) return read;
    }
  }
  return undefined;
}

/** Whether reading a file fails because it is gone or its medium is damaged. */
export const isUnreadable = (error: unknown): boolean => hasCode(error, "ENOENT", "EIO");

/** What is intact in a segment file, record by record, damage skipped. */
export async function* recordsIn(disk: Disk, path: string, end?: number): AsyncGenerator<ReadRecord> {
  const size = end ?? (await disk.stat(path)).bytes;
  const file = await disk.open(path, "read");
  try {
    for (let offset = firstRecord; offset < size; ) {
      const read = (await readRecord(file, offset, size)) ?? (await nextIntact(file, offset, size));
      if (!read) return;
      yield read;
      offset = read.next;
    }
  } finally {
    await file.close();
  }
}

/** The folder for what is damaged, and for torn tails. */
export const asideFolder = (folder: string): string => join(folder, "aside");
export const asidePath = (path: string): string => join(asideFolder(dirname(path)), basename(path));
