import type { StoredBatch } from "#shared/store/port.ts";
import { batch, good, tag } from "./samples.ts";

export const childStart = Date.UTC(2026, 5, 1);
export const childSamples = 50;
export const childTag = tag("child");

/** What the child of the kill tests writes as a batch: the same for the same number. */
export const childBatch = (number: number): StoredBatch =>
  batch(
    Array.from({ length: childSamples }, (_, i) =>
      good(childTag, childStart + (number * childSamples + i) * 500, number + i / 1_000),
    ),
    { queueId: "q", number },
  );
