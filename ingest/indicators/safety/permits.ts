import { notNegative } from "#shared/model/checks.ts";
import type { Interval } from "#shared/model/interval.ts";
import { type Ratio, ratioOfSums } from "#shared/model/ratio.ts";
import type { EpochMs } from "#shared/model/time.ts";

/** A calibration or an interlock test. */
export interface DueItem {
  readonly dueAt: EpochMs;
  /** null while it is not done; without a certificate it is not done. */
  readonly doneAt: EpochMs | null;
}

/** S-15: done by their due date, of what fell due in the period and of what was overdue when it began. */
export function onTimeRate(items: readonly DueItem[], period: Interval): Ratio {
  const isDue = ({ dueAt, doneAt }: DueItem) =>
    dueAt < period.to && (dueAt >= period.from || doneAt === null || doneAt >= period.from);
  return ratioOfSums(
    items
      .filter(isDue)
      .map(({ dueAt, doneAt }) => ({ numerator: doneAt !== null && doneAt <= dueAt ? 1 : 0, denominator: 1 })),
  );
}

export interface InterlockBypass {
  readonly hours: number;
  readonly hasPermit: boolean;
}

/** S-17: bypassed over operating hours, and bypasses without a permit, of which there should be none. */
export function interlockBypass(
  bypasses: readonly InterlockBypass[],
  operatingHours: number,
): Ratio & { readonly withoutPermit: number } {
  const numerator = bypasses.reduce((sum, { hours }, i) => sum + notNegative(hours, `hours of bypass ${i}`), 0);
  return {
    ...ratioOfSums([{ numerator, denominator: notNegative(operatingHours, "operating hours") }]),
    withoutPermit: bypasses.filter(({ hasPermit }) => !hasPermit).length,
  };
}
