import { join } from "node:path";
import type { Clock } from "#shared/kit/clock.ts";
import { type Disk, type DiskFile, hasCode, writeWhole } from "./disk.ts";
import { magic } from "./record.ts";
import { firstRecord, owedName, type Segment } from "./segment.ts";

/** Appends to the newest segment of a queue. What `append` resolved for is durable. */
export interface SegmentWriter {
  /** The segment that is being written, if any. */
  readonly active: Segment | undefined;
  /**
   * Writes and syncs `records`, numbered from `first` on. After any failure the file is closed for good: nobody knows
   * what of it is on the disk, so the next `append` begins a new one.
   */
  append(first: number, records: readonly Uint8Array[]): Promise<{ segment: Segment; offset: number }>;
  /** The next `append` begins a new segment. */
  seal(): Promise<void>;
}

export interface WriterOptions {
  readonly folder: string;
  readonly queueId: string;
  readonly start: number;
  readonly disk: Disk;
  readonly clock: Clock;
  /** Hears of a segment with its first durable batch. */
  readonly begun: (segment: Segment) => void;
}

export function createSegmentWriter({ folder, queueId, start, disk, clock, begun }: WriterOptions): SegmentWriter {
  let current: { segment: Segment; file: DiskFile } | undefined;

  const begin = async (first: number, attempt = 0): Promise<{ segment: Segment; file: DiskFile }> => {
    const name = { start, queueId, first, attempt };
    const path = join(folder, owedName(name));
    let file: DiskFile;
    try {
      file = await disk.open(path, "create");
    } catch (error) {
      // Of a failure before that could not be removed.
      if (hasCode(error, "EEXIST")) return begin(first, attempt + 1);
      throw error;
    }
    const segment = { ...name, path, last: first - 1, bytes: firstRecord, changedAt: clock.now(), isDamaged: false };
    current = { segment, file };
    await writeWhole(file, magic, 0);
    await disk.syncFolder(folder);
    return current;
  };

  const seal = async () => {
    const sealed = current;
    current = undefined;
    await sealed?.file.close();
  };

  const abandon = async () => {
    const failed = current;
    if (!failed) return;
    const { segment, file } = failed;
    const isEmpty = segment.last < segment.first;
    await file.truncate(segment.bytes).catch(() => {});
    await seal().catch(() => {});
    if (isEmpty) await disk.remove(segment.path).catch(() => {});
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
        await writeWhole(file, data, offset);
        await file.sync();
        if (segment.last < segment.first) begun(segment);
        segment.bytes = offset + data.length;
        segment.last += records.length;
        segment.changedAt = clock.now();
        return { segment, offset };
      } catch (error) {
        await abandon();
        throw error;
      }
    },
    seal,
  };
}
