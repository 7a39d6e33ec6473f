import { hours } from "#shared/model/time.ts";
import type { StoredBatch } from "#shared/store/port.ts";
import { batch, good, tag } from "./samples.ts";

export const refusedTag = tag("refused");
/** What a store keeps whose retention is a day, and what it does not. */
export const refusedBatch = (newest: number): StoredBatch =>
  batch([good(refusedTag, newest - hours(24 * 5), 1), good(refusedTag, newest, 2)], { queueId: "q", number: 1 });
