import type { Calendar } from "#shared/model/calendar.ts";
import type { Interval } from "#shared/model/interval.ts";
import { type EpochMs, instant } from "#shared/model/time.ts";

/** The time that the page of an equipment shows: the last hours of a shift, or a day of the platform's calendar. */
export type EquipmentSpan =
  | { readonly kind: "shift"; readonly span: Interval }
  | { readonly kind: "day"; readonly name: string; readonly span: Interval };

const shiftMs = 8 * 3_600_000;
const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** What an address asks for; today where it asks for nothing that there is. A shift's span moves on by whole minutes. */
export function equipmentSpanOf(
  query: Readonly<Record<string, unknown>>,
  now: EpochMs,
  { period, periodAt }: Calendar,
): EquipmentSpan {
  if (query.range === "8h") {
    const to = instant(Math.ceil(now / minuteMs) * minuteMs);
    return { kind: "shift", span: { from: instant(to - shiftMs), to } };
  }
  const today = periodAt("day", now);
  const asked = typeof query.day === "string" && isDay(query.day) ? period(query.day) : today;
  const { name, from, to } = asked.from > today.from ? today : asked;
  return { kind: "day", name, span: { from, to } };
}

/** The day before or after, by name. */
export const dayBeside = (name: string, by: 1 | -1): string =>
  new Date(Date.parse(`${name}T00:00:00Z`) + by * dayMs).toISOString().slice(0, 10);

/** February 30th is none. */
function isDay(name: string): boolean {
  const at = /^[1-9]\d{3}-\d{2}-\d{2}$/.test(name) ? Date.parse(`${name}T00:00:00Z`) : Number.NaN;
  return !Number.isNaN(at) && new Date(at).toISOString().slice(0, 10) === name;
}
