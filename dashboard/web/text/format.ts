import type { TagValue } from "#shared/model/sample.ts";
import type { Locale } from "#shared/model/text.ts";
import type { EpochMs } from "#shared/model/time.ts";
import type { Messages } from "./messages.zh.ts";

/** Text of numbers and instants in one language and one explicit zone; makes each `Intl` formatter once. */
export interface Formats {
  /** Fixed digits, so that a changing value does not jump. */
  number(value: number, decimals: number): string;
  value(value: TagValue, decimals: number): string;
  percent(share: number, decimals?: number): string;
  /** `10:42:07` */
  time(at: EpochMs | number): string;
  /** `11-23 10:42:07`, the day left out where it is `today`'s. */
  moment(at: EpochMs | number, now: EpochMs | number): string;
  /** `2026-11-23 10:42:07.250` */
  full(at: EpochMs | number): string;
  /** `10:42` or `10:42:07`, whichever the axis step needs; the day where a day begins. */
  axis(at: number, stepMs: number): string;
  /** `12 s`, `3 min 05 s`, `2 h 10 min`, `4 d` */
  age(ms: number): string;
  /** A length to choose, in the largest unit that divides it: `15 min`, `2 h`, `7 d`. */
  span(minutes: number): string;
  /** `a, b or c` */
  anyOf(words: readonly string[]): string;
  /** Year, month, day, hour, minute, second of the zone. */
  parts(at: number): WallTime;
}

export interface WallTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

const two = (n: number): string => String(n).padStart(2, "0");

export function createFormats(locale: Locale, zone: string, messages: Messages): Formats {
  const numbers = new Map<number, Intl.NumberFormat>();
  const numberFormat = (decimals: number): Intl.NumberFormat => {
    const made =
      numbers.get(decimals) ??
      new Intl.NumberFormat(locale, { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
    numbers.set(decimals, made);
    return made;
  };
  const clock = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
  const alternatives = new Intl.ListFormat(locale, { type: "disjunction" });
  const axisDay = new Intl.DateTimeFormat(locale, { timeZone: zone, month: "short", day: "numeric" });

  const parts = (at: number): WallTime => {
    const found: Record<string, number> = {};
    for (const { type, value } of clock.formatToParts(at)) found[type] = Number(value);
    const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = found;
    return { year, month, day, hour, minute, second };
  };
  const day = ({ month, day: date }: WallTime): string => `${two(month)}-${two(date)}`;
  const hms = ({ hour, minute, second }: WallTime): string => `${two(hour)}:${two(minute)}:${two(second)}`;
  const number = (value: number, decimals: number): string => numberFormat(decimals).format(value);

  return {
    number,
    value: (value, decimals) => {
      if (typeof value === "number") return number(value, decimals);
      if (typeof value === "boolean") return value ? messages.value.yes : messages.value.no;
      return value;
    },
    percent: (share, decimals = 1) => `${number(share * 100, decimals)} %`,
    time: (at) => hms(parts(at)),
    moment: (at, now) => {
      const then = parts(at);
      const today = parts(now);
      const same = then.day === today.day && then.month === today.month && then.year === today.year;
      if (same) return hms(then);
      return then.year === today.year ? `${day(then)} ${hms(then)}` : `${then.year}-${day(then)} ${hms(then)}`;
    },
    full: (at) => {
      const then = parts(at);
      const ms = ((at % 1000) + 1000) % 1000;
      return `${then.year}-${day(then)} ${hms(then)}${ms === 0 ? "" : `.${String(ms).padStart(3, "0")}`}`;
    },
    axis: (at, stepMs) => {
      const then = parts(at);
      if (then.hour === 0 && then.minute === 0 && then.second === 0) return axisDay.format(at);
      return stepMs < 60_000 ? hms(then) : `${two(then.hour)}:${two(then.minute)}`;
    },
    age: (ms) => age(ms, messages.unit),
    span: (minutes) => {
      if (minutes % 1_440 === 0) return `${minutes / 1_440} ${messages.unit.d}`;
      return minutes % 60 === 0 ? `${minutes / 60} ${messages.unit.h}` : `${minutes} ${messages.unit.min}`;
    },
    anyOf: (words) => alternatives.format(words),
    parts,
  };
}

function age(ms: number, unit: Messages["unit"]): string {
  const total = Math.max(0, Math.floor(ms / 1000));
  if (total < 60) return `${total} ${unit.s}`;
  const minutes = Math.floor(total / 60);
  if (minutes < 60) return `${minutes} ${unit.min} ${two(total % 60)} ${unit.s}`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} ${unit.h} ${two(minutes % 60)} ${unit.min}`;
  return `${Math.floor(hours / 24)} ${unit.d}`;
}
