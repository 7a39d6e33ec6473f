import type { EpochMs } from "#shared/model/time.ts";

/** A source clock may run ahead by this much (catalogue D-04). */
const toleranceMs = 5_000;

/** Whether a source time lies so far ahead that the source's clock must be wrong (D10). */
export const isFromTheFuture = (at: EpochMs, now: EpochMs): boolean => at > now + toleranceMs;
