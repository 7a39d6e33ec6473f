import { CodedError } from "./errors.ts";
import { type EpochMs, instant } from "./time.ts";

/** Time from `from` on, before `to`. */
export interface Interval {
  readonly from: EpochMs;
  readonly to: EpochMs;
}

/** `[from, to)`; throws `OUT_OF_RANGE` where it would end before it starts. */
export function interval(from: number, to: number): Interval {
  if (!(Number.isFinite(from) && Number.isFinite(to) && from <= to))
    throw new CodedError(
      "OUT_OF_RANGE",
      `An interval from ${timeText(from)} to ${timeText(to)} ends before it starts.`,
    );
  return { from: instant(from), to: instant(to) };
}

const timeText = (at: number): string => (Number.isFinite(at) ? new Date(at).toISOString() : String(at));

export const lengthMs = ({ from, to }: Interval): number => to - from;

export const sumMs = (intervals: readonly Interval[]): number =>
  intervals.reduce((sum, part) => sum + lengthMs(part), 0);

/** Time that both have, in ms. */
export const overlapMs = (a: Interval, b: Interval): number =>
  Math.max(0, Math.min(a.to, b.to) - Math.max(a.from, b.from));

/** The part of `part` inside `span`; none where they do not overlap. */
export const clipped = (part: Interval, span: Interval): readonly Interval[] =>
  overlapMs(part, span) > 0 ? [interval(Math.max(part.from, span.from), Math.min(part.to, span.to))] : [];

/** The same time as ascending intervals that neither overlap nor touch. */
export function union(intervals: readonly Interval[]): readonly Interval[] {
  const merged: { from: EpochMs; to: EpochMs }[] = [];
  for (const { from, to } of [...intervals].sort((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last && from <= last.to) last.to = instant(Math.max(last.to, to));
    else if (to > from) merged.push({ from, to });
  }
  return merged;
}

/** Time that is in both, as a union. */
export function intersection(a: readonly Interval[], b: readonly Interval[]): readonly Interval[] {
  const others = union(b);
  return union(a).flatMap((part) => others.flatMap((other) => clipped(part, other)));
}

/** Time that is in `a` and not in `b`, as a union. */
export function difference(a: readonly Interval[], b: readonly Interval[]): readonly Interval[] {
  const taken = union(b);
  return union(a).flatMap((part) => {
    const rest: Interval[] = [];
    let from = part.from;
    for (const hole of taken) {
      if (hole.to <= from || hole.from >= part.to) continue;
      if (hole.from > from) rest.push({ from, to: hole.from });
      from = hole.to;
    }
    return from < part.to ? [...rest, { from, to: part.to }] : rest;
  });
}
