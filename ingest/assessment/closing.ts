import { notNegative } from "#shared/model/checks.ts";
import { type Ratio, ratioOfSums } from "#shared/model/ratio.ts";
import { type EpochMs, instant } from "#shared/model/time.ts";

/** A record that a closed figure is made of. */
export interface ClosingRecord {
  readonly receivedAt: EpochMs;
  readonly numerator: number;
  readonly denominator: number;
}

/** D-07 of one figure. */
export interface Closing {
  readonly closedAt: EpochMs;
  /** Of what was received before closing. */
  readonly v1: Ratio;
  /** The amendment by what came at or after closing; null where nothing did. */
  readonly v2: Ratio | null;
  readonly lateRecords: number;
  /** An amendment is official only after approval; every version stays. */
  readonly official: "v1" | "v2";
}

/** A period closes so many hours after its end. */
export function closePeriod(
  records: readonly ClosingRecord[],
  periodEnd: EpochMs,
  graceHours: number,
  isAmendmentApproved: boolean,
): Closing {
  const closedAt = instant(periodEnd + notNegative(graceHours, "grace in h") * 3_600_000);
  const onTime = records.filter(({ receivedAt }) => receivedAt < closedAt);
  const lateRecords = records.length - onTime.length;
  const isAmended = lateRecords > 0;
  return {
    closedAt,
    v1: ratioOfSums(onTime),
    v2: isAmended ? ratioOfSums(records) : null,
    lateRecords,
    official: isAmended && isAmendmentApproved ? "v2" : "v1",
  };
}
