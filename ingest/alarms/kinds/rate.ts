import { type EpochMs, instant } from "#shared/model/time.ts";
import type { RateRule } from "#shared/plant/alarmRules/rate.ts";
import { numberOf } from "../numberOf.ts";
import type { MakeCondition } from "./kind.ts";

interface Point {
  readonly at: EpochMs;
  readonly value: number;
}

/** `points`: good values that may still be the least or the greatest of a window; the first was in force when it began. */
interface Evidence {
  readonly points: readonly Point[];
}

/** A sample is valid until the next one, so the window begins with the value that was in force then. */
const inWindow = (points: readonly Point[], from: number): readonly Point[] => {
  let first = 0;
  while (first + 1 < points.length && (points[first + 1] as Point).at <= from) first++;
  return first === 0 ? points : points.slice(first);
};

/** Without a value for longer than a gap, nobody knows how fast it changed meanwhile: the window begins anew. */
export const rate: MakeCondition<RateRule, Evidence> = ({ limit, windowMs, direction, deadband }, { gapAfterMs }) => ({
  start: { points: [] },
  reachMs: windowMs + gapAfterMs,
  use: (evidence, at, { value }) => {
    const number = numberOf(value);
    if (number === null) return evidence;
    const last = evidence.points.at(-1);
    if (last && at - last.at > gapAfterMs) return { points: [{ at, value: number }] };
    return { points: [...inWindow(evidence.points, at - windowMs), { at, value: number }] };
  },
  judge: ({ points }, at, was) => {
    const now = points.at(-1);
    if (!now) return null;
    let [least, greatest] = [now.value, now.value];
    for (const { value } of inWindow(points, at - windowMs)) {
      if (value < least) least = value;
      if (value > greatest) greatest = value;
    }
    const rise = now.value - least;
    const fall = greatest - now.value;
    const change = direction === "rising" ? rise : direction === "falling" ? fall : Math.max(rise, fall);
    return change >= (was ? limit - deadband : limit);
  },
  // The oldest value leaves the window when the next one has been in force for its whole length.
  wakes: ({ points }, at) => {
    const next = points.find((point, i) => i > 0 && point.at + windowMs > at);
    return next ? instant(next.at + windowMs) : null;
  },
});
