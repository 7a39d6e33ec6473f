import { notNegative } from "#shared/model/checks.ts";
import { sum } from "#shared/model/ratio.ts";

/** An alarm hidden by an operator, or taken out of service. */
export interface Shelving {
  readonly hours: number;
  /** Who allowed it; null or empty where nobody did. */
  readonly approver: string | null;
}

/** S-11 */
export function shelvingAudit(
  shelvings: readonly Shelving[],
  maxHours: number,
): { readonly count: number; readonly totalH: number; readonly overLimit: number; readonly unauthorised: number } {
  notNegative(maxHours, "longest shelving in h");
  const hours = shelvings.map((shelving, i) => notNegative(shelving.hours, `hours of shelving ${i}`));
  return {
    count: shelvings.length,
    totalH: sum(hours),
    overLimit: hours.filter((h) => h > maxHours).length,
    unauthorised: shelvings.filter(({ approver }) => !approver).length,
  };
}
