import { describeException } from "./exceptions.ts";
import type { Refusal } from "./learnt.ts";
import type { LinkCounts } from "./link.ts";
import type { Span } from "./plan.ts";

/** More refused addresses than this are told as a number. */
const mostTold = 10;
/** From this share of damaged answers on a line is worth a look, once there were some. */
const worthALook = { share: 0.01, count: 10 };

/** What stands until somebody acts, each with both sides and the remedy. */
export function warningsOf(device: string, refusals: readonly Refusal[], counts: LinkCounts): readonly string[] {
  const warnings = refusals
    .slice(0, mostTold)
    .map(
      ({ span, exception }) =>
        `${device} ${exception === null ? "says nothing to" : "refuses"} ${placeOf(span)} of ` +
        `${[...new Set(span.names)].join(", ")}${exception === null ? ", and answers others" : ` with ${describeException(exception)}`}: ` +
        "compare the tag's address with the device's register list.",
    );
  if (refusals.length > mostTold) {
    const others = refusals.slice(mostTold);
    warnings.push(
      `${device} refuses ${others.length} more addresses, from ${placeOf(others[0]?.span)} on: ` +
        "compare the tags' addresses with the device's register list.",
    );
  }
  const { requests, badFrames } = counts;
  if (badFrames >= worthALook.count && badFrames >= requests * worthALook.share) {
    warnings.push(
      `${badFrames} of ${requests} answers of ${device} came damaged: check the line's wiring, termination, baud ` +
        "rate and parity, or the serial server's framing.",
    );
  }
  return warnings;
}

/** For people, by protocol address: `holding 57`, `input 10–11`. */
export function placeOf(span: Span | undefined): string {
  if (!span) return "";
  const { table, start, count } = span;
  return count === 1 ? `${table} ${start}` : `${table} ${start}–${start + count - 1}`;
}
