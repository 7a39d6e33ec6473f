import { calendar } from "./calendar.ts";
import type { EpochMs } from "./time.ts";

/** A local calendar day as a half-open interval `[from, to)` (catalogue 0.1). */
export interface LocalDay {
  /** `YYYY-MM-DD` */
  readonly period: string;
  readonly from: EpochMs;
  readonly to: EpochMs;
}

/** The local day in the IANA zone `timeZone` that holds an instant. */
export function localDays(timeZone: string): (at: EpochMs) => LocalDay {
  const { periodAt } = calendar(timeZone);
  return (at) => {
    const { name, from, to } = periodAt("day", at);
    return { period: name, from, to };
  };
}

/** When the local day `YYYY-MM-DD` is over. */
export const endOfDay = (day: string, timeZone: string): EpochMs => calendar(timeZone).period(day).to;
