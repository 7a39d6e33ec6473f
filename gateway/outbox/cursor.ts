import { type FileHandle, open } from "node:fs/promises";
import { type ReadRecord, readRecord, type Segment } from "./segment.ts";

/** Reads segments in order, one record at a time: the backlog is never in memory. */
export interface Cursor extends AsyncDisposable {
  /** Continues at a place. */
  moveTo(segment: Segment, offset: number): Promise<void>;
  /**
   * The next record of `segments`; undefined at the end. `damaged` names a segment that ended before its last number;
   * the cursor goes on behind it.
   */
  next(
    segments: readonly Segment[],
  ): Promise<{ segment: Segment; read: ReadRecord } | { damaged: Segment } | undefined>;
}

interface Place {
  readonly segment: Segment;
  offset: number;
  lastRead: number;
  file: FileHandle | undefined;
}

export function createCursor(start: number): Cursor {
  let at: Place | undefined;
  const leave = async () => {
    const file = at?.file;
    if (at) at.file = undefined;
    await file?.close();
  };
  const enter = async (segment: Segment, offset: number) => {
    await leave();
    at = { segment, offset, lastRead: segment.first - 1, file: undefined };
  };

  const next: Cursor["next"] = async (segments) => {
    for (;;) {
      if (!at || !segments.includes(at.segment)) {
        const path = at?.segment.path ?? "";
        const following = segments.find((segment) => segment.path > path);
        if (!following) return undefined;
        await enter(following, start);
        continue;
      }
      const { segment } = at;
      if (at.lastRead < segment.last && at.offset < segment.bytes) {
        const read = await readHere(at);
        if (read && read.record.number <= segment.last) {
          at.offset = read.next;
          at.lastRead = read.record.number;
          return { segment, read };
        }
        at.offset = segment.bytes;
        at.lastRead = segment.last;
        if (segments.includes(segment)) return { damaged: segment };
        continue;
      }
      const successor = segments[segments.indexOf(segment) + 1];
      if (!successor) return undefined;
      await enter(successor, start);
    }
  };

  // One after the other: a move must not take the file away under a read.
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = turn.then(work);
    turn = done.catch(() => {});
    return done;
  };
  return {
    moveTo: (segment, offset) => inTurn(() => enter(segment, offset)),
    next: (segments) => inTurn(() => next(segments)),
    [Symbol.asyncDispose]: () => inTurn(leave),
  };
}

/** The record at a place; undefined where it is damaged, or its file is gone because the host has acknowledged it. */
async function readHere(place: Place): Promise<ReadRecord | undefined> {
  try {
    place.file ??= await open(place.segment.path, "r");
    return await readRecord(place.file, place.offset);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
