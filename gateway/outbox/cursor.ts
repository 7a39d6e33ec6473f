import type { Disk, DiskFile } from "./disk.ts";
import {
  firstRecord,
  inOrder,
  isUnreadable,
  nextIntact,
  type ReadRecord,
  readRecord,
  type Segment,
} from "./segment.ts";

/** Batches of a segment that cannot be read. */
export interface Damage {
  readonly segment: Segment;
  readonly first: number;
  readonly last: number;
}

/** Where a batch lies. */
export interface RecordPlace {
  readonly segment: Segment;
  readonly offset: number;
  readonly number: number;
}

/** Reads segments in order, one record at a time: the backlog is never in memory. */
export interface Cursor extends AsyncDisposable {
  /** Continues at a place; from the very beginning where none is given. */
  moveTo(place?: RecordPlace): Promise<void>;
  /** The next record of `segments`, or what is damaged before it; undefined at the end. */
  next(segments: readonly Segment[]): Promise<{ segment: Segment; read: ReadRecord } | { damage: Damage } | undefined>;
}

interface Place {
  readonly segment: Segment;
  offset: number;
  lastRead: number;
  file: DiskFile | undefined;
}

export function createCursor(disk: Disk): Cursor {
  let at: Place | undefined;
  const leave = async () => {
    const file = at?.file;
    if (at) at.file = undefined;
    await file?.close();
  };
  const enter = async ({ segment, offset, number }: RecordPlace) => {
    await leave();
    at = { segment, offset, lastRead: number - 1, file: undefined };
  };
  const begin = (segment: Segment) => enter({ segment, offset: firstRecord, number: segment.first });

  const next: Cursor["next"] = async (segments) => {
    for (;;) {
      const place = at;
      if (!place || !segments.includes(place.segment)) {
        const following = segments.find((segment) => !place || inOrder(segment, place.segment) > 0);
        if (!following) return undefined;
        await begin(following);
        continue;
      }
      const { segment } = place;
      if (place.offset < segment.bytes && place.lastRead < segment.last) {
        const read = await readHere(disk, place);
        // A segment may be removed while it is read.
        if (!segments.includes(segment)) continue;
        const number = read?.record.number ?? segment.last + 1;
        const expected = place.lastRead + 1;
        place.offset = read?.next ?? segment.bytes;
        place.lastRead = Math.max(place.lastRead, number);
        if (number > expected) {
          // What lies behind the damage is read by the next call.
          if (read) Object.assign(place, { offset: read.offset, lastRead: number - 1 });
          return { damage: { segment, first: expected, last: Math.min(number - 1, segment.last) } };
        }
        if (read && number === expected) return { segment, read };
        continue;
      }
      const successor = segments[segments.indexOf(segment) + 1];
      if (!successor) return undefined;
      await begin(successor);
    }
  };

  // One after the other: a move must not take the file away under a read.
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = turn.then(work);
    turn = done.catch(() => {});
    return done;
  };
  const goTo: Cursor["moveTo"] = async (place) => {
    if (place) return enter(place);
    await leave();
    at = undefined;
  };
  return {
    moveTo: (place) => inTurn(() => goTo(place)),
    next: (segments) => inTurn(() => next(segments)),
    [Symbol.asyncDispose]: () => inTurn(leave),
  };
}

/** The record at a place or the next intact one; undefined where there is none, or the file cannot be read. */
async function readHere(disk: Disk, place: Place): Promise<ReadRecord | undefined> {
  const { segment } = place;
  try {
    place.file ??= await disk.open(segment.path, "read");
    const { file, offset } = place;
    return (await readRecord(file, offset, segment.bytes)) ?? (await nextIntact(file, offset, segment.bytes));
  } catch (error) {
    if (isUnreadable(error)) return undefined;
    throw error;
  }
}
