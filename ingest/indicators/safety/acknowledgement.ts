import { each, notNegative } from "#shared/model/checks.ts";
import { nearestRank, ratio } from "#shared/model/ratio.ts";

/** S-09 of one priority. Percentiles are made of pooled values, never of percentiles. */
export interface Acknowledgement {
  readonly p50S: number | null;
  readonly p90S: number | null;
  /** Acknowledged, and overdue. */
  readonly eligible: number;
  /** Not acknowledged, and younger than the target. */
  readonly pending: number;
  readonly withinTarget: number | null;
}

/** `acknowledgedS` are times from annunciation to acknowledgement; an alarm that went without one is unacknowledged. */
export function timeToAcknowledge(
  acknowledgedS: readonly number[],
  unacknowledgedS: readonly number[],
  targetS: number,
): Acknowledgement {
  const target = notNegative(targetS, "target in s");
  const times = each(acknowledgedS, notNegative, "time to acknowledge in s");
  const overdue = each(unacknowledgedS, notNegative, "time unacknowledged in s").filter((s) => s >= target).length;
  const eligible = times.length + overdue;
  return {
    p50S: nearestRank(times, 0.5),
    p90S: nearestRank(times, 0.9),
    eligible,
    pending: unacknowledgedS.length - overdue,
    withinTarget: ratio(times.filter((s) => s <= target).length, eligible),
  };
}
