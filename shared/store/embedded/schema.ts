import { type DurationMs, minutes } from "#shared/model/time.ts";

/** Length of the time that one chunk covers. Part of the file format: changing it needs a migration. */
export const bucketWidth: DurationMs = minutes(15);

export const bucketOf = (at: number): number => Math.floor(at / bucketWidth);

/** Chunks of one hour. */
export const bucketsPerHour = 4;

/** Series ids stay below this, so that a chunk's key is a safe integer until the year 9999. */
export const seriesPerBucket = 2 ** 21;

/** Time-major key of a chunk: sealing appends to the table's end, retention deletes from its beginning. */
export const chunkId = (bucket: number, series: number): number => bucket * seriesPerBucket + series;
export const bucketOfChunk = (id: number): number => Math.floor(id / seriesPerBucket);
export const seriesOfChunk = (id: number): number => id % seriesPerBucket;
