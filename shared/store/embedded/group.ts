import type { BatchName } from "#shared/model/sample.ts";
import type { StoredBatch } from "../port.ts";
import { kindOfValue, type Points, reasonNumber, statusOf } from "./points.ts";

/** Batches on their way to the file: one commit, as columns that cross to the writer's thread by transfer. */
export interface CommitGroup {
  readonly tags: readonly string[];
  /** Index into `tags` per point. */
  readonly tag: Float64Array;
  readonly points: Points;
  /** Where each batch ends among the points; it begins where the one before ends. */
  readonly batches: readonly { readonly name: BatchName | null; readonly end: number }[];
}

export function groupOf(batches: readonly StoredBatch[]): CommitGroup {
  const n = batches.reduce((sum, { samples }) => sum + samples.length, 0);
  const tags = new Map<string, number>();
  const tag = new Float64Array(n);
  const at = new Float64Array(n);
  const value = new Float64Array(n);
  const status = new Uint8Array(n);
  const reason = new Uint8Array(n);
  const texts: string[] = [];
  let i = 0;
  const ends = batches.map(({ name, samples }) => {
    for (const sample of samples) {
      let index = tags.get(sample.tag);
      if (index === undefined) {
        index = tags.size;
        tags.set(sample.tag, index);
      }
      tag[i] = index;
      at[i] = sample.at;
      value[i] = typeof sample.value === "string" ? texts.push(sample.value) - 1 : Number(sample.value);
      status[i] = statusOf(kindOfValue(sample.value), sample.quality);
      reason[i] = reasonNumber(sample.reason);
      i++;
    }
    return { name, end: i };
  });
  return { tags: [...tags.keys()], tag, points: { n, at, value, status, reason, texts }, batches: ends };
}

/** The buffers that can move to another thread instead of being copied. */
export const buffersOf = ({ tag, points: { at, value, status, reason } }: CommitGroup): ArrayBuffer[] =>
  [tag, at, value, status, reason].map(({ buffer }) => buffer as ArrayBuffer);
