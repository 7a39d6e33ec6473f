import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { magic } from "./record.ts";
import { firstRecord, type Segment, segmentName } from "./segment.ts";

/** Appends to the newest segment; `begun` hears of a segment with its first durable batch. What `append` resolved for is durable. */
export interface SegmentWriter extends AsyncDisposable {
  /** The segment that is being written, if any. */
  readonly active: Segment | undefined;
  /** Writes and syncs `records`, numbered from `first` on; a failure leaves nothing of them that would be read. */
  append(first: number, records: readonly Uint8Array[]): Promise<{ segment: Segment; offset: number }>;
  /** The next `append` begins a new segment. */
  seal(): Promise<void>;
}

export function createSegmentWriter(
  folder: string,
  queueId: string,
  start: number,
  begun: (segment: Segment) => void,
): SegmentWriter {
  let current: { segment: Segment; file: FileHandle } | undefined;

  const begin = async (first: number) => {
    const path = join(folder, segmentName(start, queueId, first));
    const file = await open(path, "w", 0o600);
    current = { segment: { path, queueId, first, last: first - 1, bytes: firstRecord }, file };
    await file.write(magic, 0, magic.length, 0);
    await syncFolder(folder);
    return current;
  };

  const seal = async () => {
    const sealed = current;
    current = undefined;
    await sealed?.file.close();
  };

  return {
    get active() {
      return current?.segment;
    },
    append: async (first, records) => {
      try {
        const { segment, file } = current ?? (await begin(first));
        const offset = segment.bytes;
        const data = Buffer.concat(records);
        for (let written = 0; written < data.length; ) {
          written += (await file.write(data, written, data.length - written, offset + written)).bytesWritten;
        }
        await file.datasync();
        if (segment.last < segment.first) begun(segment);
        segment.bytes = offset + data.length;
        segment.last += records.length;
        return { segment, offset };
      } catch (error) {
        // After a failed sync nobody knows what is on the disk: cut it off, and write everything again in a new file.
        await current?.file.truncate(current.segment.bytes).catch(() => {});
        await seal().catch(() => {});
        throw error;
      }
    },
    seal,
    [Symbol.asyncDispose]: seal,
  };
}

/** A new file's name is durable only once its folder is. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
