import { CodedError } from "#shared/model/errors.ts";
import type { Interval } from "#shared/model/interval.ts";
import { ratio } from "#shared/model/ratio.ts";
import type { EpochMs } from "#shared/model/time.ts";

export const batchStatuses = ["running", "completed", "aborted"] as const;
export type BatchStatus = (typeof batchStatuses)[number];

export interface Batch {
  readonly status: BatchStatus;
  /** null while it runs, and where its end is unknown. */
  readonly endedAt: EpochMs | null;
}

/** U-24: completed over ended batches, of those that ended in `period`; without an end a batch runs. */
export function batchCompletion(
  batches: readonly Batch[],
  period: Interval,
): {
  readonly ended: number;
  readonly completed: number;
  readonly running: number;
  readonly value: number | null;
} {
  for (const [i, { status }] of batches.entries()) {
    if (batchStatuses.includes(status)) continue;
    throw new CodedError(
      "OUT_OF_RANGE",
      `Batch ${i} is \`${status}\`; a status is one of ${batchStatuses.join(", ")}.`,
    );
  }
  const isRunning = ({ status, endedAt }: Batch) => status === "running" || endedAt === null;
  const ended = batches.filter(
    (batch) => !isRunning(batch) && batch.endedAt !== null && batch.endedAt >= period.from && batch.endedAt < period.to,
  );
  const completed = ended.filter(({ status }) => status === "completed").length;
  return {
    ended: ended.length,
    completed,
    running: batches.filter(isRunning).length,
    value: ratio(completed, ended.length),
  };
}
