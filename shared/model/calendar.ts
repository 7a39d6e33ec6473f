import { CodedError } from "./errors.ts";
import type { Interval } from "./interval.ts";
import { type EpochMs, instant } from "./time.ts";
import { wallClock } from "./wallClock.ts";

export type PeriodKind = "day" | "month" | "quarter" | "year";

/** A period of the local calendar (catalogue 0.1): `YYYY-MM-DD`, `YYYY-MM`, `YYYY-Qn` or `YYYY`. */
export interface Period extends Interval {
  readonly name: string;
  readonly kind: PeriodKind;
}

/** The calendar of one time zone. */
export interface Calendar {
  /** The period of that name; throws `MALFORMED` where there is none. */
  period(name: string): Period;
  /** The period of a kind that holds an instant. */
  periodAt(kind: PeriodKind, at: EpochMs): Period;
  /** Milliseconds of `[from, to)` in each period of a kind, ascending, by the period's name. */
  split(kind: PeriodKind, span: Interval): ReadonlyMap<string, number>;
  /** The instant at which the wall clock shows so many ms after the start of the local day `YYYY-MM-DD`. */
  timeOfDay(day: string, wallMs: number): EpochMs;
}

/** First days, as wall time at midnight, of a period and of the one behind it. */
interface WallDays {
  readonly kind: PeriodKind;
  readonly first: number;
  readonly next: number;
}

/** Months of a year, counted from 0; `Date.UTC` takes a month beyond December for the next year's. */
const firstOf = (year: number, month: number, day = 1): number => Date.UTC(year, month, day);

function wallDaysOf(name: string): WallDays | undefined {
  const match = /^([1-9]\d{3})(?:-(?:Q([1-4])|(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01]))?))?$/.exec(name);
  if (!match) return undefined;
  const [year, quarter, month, day] = match.slice(1).map((part) => (part === undefined ? undefined : Number(part)));
  if (year === undefined) return undefined;
  if (quarter !== undefined)
    return { kind: "quarter", first: firstOf(year, quarter * 3 - 3), next: firstOf(year, quarter * 3) };
  if (month === undefined) return { kind: "year", first: firstOf(year, 0), next: firstOf(year + 1, 0) };
  if (day === undefined) return { kind: "month", first: firstOf(year, month - 1), next: firstOf(year, month) };
  const first = firstOf(year, month - 1, day);
  return new Date(first).getUTCDate() === day
    ? { kind: "day", first, next: firstOf(year, month - 1, day + 1) }
    : undefined;
}

/** The name of the period of a kind that holds a wall time. */
function nameAt(kind: PeriodKind, wall: number): string {
  const day = new Date(wall).toISOString().slice(0, 10);
  if (kind === "day") return day;
  if (kind === "month") return day.slice(0, 7);
  if (kind === "year") return day.slice(0, 4);
  return `${day.slice(0, 4)}-Q${Math.ceil(Number(day.slice(5, 7)) / 3)}`;
}

/** The calendar of the IANA zone `timeZone`; throws `CONFIG` for a zone that does not exist. */
export function calendar(timeZone: string): Calendar {
  const { wall, instantOf } = wallClock(timeZone);
  const period = (name: string): Period => {
    const days = wallDaysOf(name);
    if (!days)
      throw new CodedError("MALFORMED", `\`${name}\` is not a period; write 2025, 2025-Q1, 2025-03 or 2025-03-31.`);
    return { name, kind: days.kind, from: instantOf(days.first), to: instantOf(days.next) };
  };
  // Samples come by the hundred thousand of one day, and a wall clock takes microseconds to read.
  const newest = new Map<PeriodKind, Period>();
  const periodAt = (kind: PeriodKind, at: EpochMs): Period => {
    const known = newest.get(kind);
    if (known && known.from <= at && at < known.to) return known;
    const found = periodFound(kind, at);
    newest.set(kind, found);
    return found;
  };
  const periodFound = (kind: PeriodKind, at: EpochMs): Period => {
    const shown = period(nameAt(kind, wall(at)));
    // A clock put back over midnight shows the day that is over once more.
    return at < shown.to ? shown : period(nameAt(kind, wall(shown.to)));
  };
  return {
    period,
    periodAt,
    split: (kind, { from, to }) => {
      const parts = new Map<string, number>();
      for (let at = from; at < to; ) {
        const part = periodAt(kind, at);
        const end = instant(Math.min(to, part.to));
        parts.set(part.name, end - at);
        at = end;
      }
      return parts;
    },
    timeOfDay: (day, wallMs) => {
      const days = wallDaysOf(day);
      if (days?.kind !== "day") throw new CodedError("MALFORMED", `\`${day}\` is not a day; write 2025-03-31.`);
      return instantOf(days.first + wallMs);
    },
  };
}
