import { type FileHandle, open } from "node:fs/promises";
import { bodyLength, decodeBody, headerBytes, isIntact, magic, type StoredRecord } from "./record.ts";

/** A file of the outbox. Names sort in the order of starts and numbers. */
export interface Segment {
  readonly path: string;
  readonly queueId: string;
  /** Number of its first batch. */
  readonly first: number;
  /** Number of its last durable batch; `first - 1` while there is none. */
  last: number;
  /** Durable length in bytes. */
  bytes: number;
}

const namePattern = /^(\d{8})-([A-Za-z0-9_-]+)-(\d{12})\.seg$/;

export const segmentName = (start: number, queueId: string, first: number): string =>
  `${String(start).padStart(8, "0")}-${queueId}-${String(first).padStart(12, "0")}.seg`;

export function parseSegmentName(name: string): { start: number; queueId: string; first: number } | undefined {
  const match = namePattern.exec(name);
  return match ? { start: Number(match[1]), queueId: String(match[2]), first: Number(match[3]) } : undefined;
}

/** A record and where the next one begins. */
export interface ReadRecord {
  readonly record: StoredRecord;
  readonly bytes: number;
  readonly next: number;
}

/** Where the records begin. */
export const firstRecord = magic.length;

/** The record at `offset`; undefined at the end of what is intact. */
export async function readRecord(file: FileHandle, offset: number): Promise<ReadRecord | undefined> {
  const header = await readAt(file, offset, headerBytes);
  const length = bodyLength(header);
  if (length === undefined) return undefined;
  const { size } = await file.stat();
  if (offset + headerBytes + length > size) return undefined;
  const body = await readAt(file, offset + headerBytes, length);
  if (body.length < length || !isIntact(header, body)) return undefined;
  const bytes = headerBytes + length;
  return { record: decodeBody(body), bytes, next: offset + bytes };
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}

/** What is intact in a segment file, record by record; ends at the first damage or at the end. */
export async function* recordsIn(path: string): AsyncGenerator<ReadRecord> {
  const file = await open(path, "r");
  try {
    if (!(await readAt(file, 0, magic.length)).equals(magic)) return;
    for (let offset = firstRecord; ; ) {
      const read = await readRecord(file, offset);
      if (!read) return;
      yield read;
      offset = read.next;
    }
  } finally {
    await file.close();
  }
}

/** Cuts a torn tail: what a crash left of a record that was not yet durable. Returns how many bytes were cut. */
export async function cutTail(path: string, keep: number): Promise<number> {
  const file = await open(path, "r+");
  try {
    const { size } = await file.stat();
    if (size <= keep) return 0;
    await file.truncate(keep);
    await file.sync();
    return size - keep;
  } finally {
    await file.close();
  }
}
