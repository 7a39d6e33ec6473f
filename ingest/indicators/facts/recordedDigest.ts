import type { Period } from "#shared/model/calendar.ts";
import type { Interval } from "#shared/model/interval.ts";
import { overlapping, type RecordedSpans } from "./activity.ts";
import { digestOf } from "./digest.ts";

/** Of what people recorded of a day, as far as it lies within it: what ends later changes nothing in it. Empty for nothing. */
export function recordedDigest(recorded: RecordedSpans, day: Period): string {
  const within = <Part extends Interval>(parts: readonly Part[]) =>
    overlapping(parts, day).map((part) => ({
      ...part,
      from: Math.max(part.from, day.from),
      to: Math.min(part.to, day.to),
    }));
  const own = {
    runs: within(recorded.runs),
    bookings: within(recorded.bookings),
    corrections: within(recorded.corrections),
  };
  return own.runs.length + own.bookings.length + own.corrections.length === 0 ? "" : digestOf(JSON.stringify(own));
}
