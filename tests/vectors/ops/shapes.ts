import { type Calendar, calendar, type Period } from "#shared/model/calendar.ts";
import { type Interval, interval } from "#shared/model/interval.ts";
import type { Standard } from "#shared/model/standard.ts";
import type { Field } from "../field.ts";

/** Shapes that several operations share. */
export const span = (inputs: Field): Interval => interval(inputs.at("start").instant(), inputs.at("end").instant());

export const spans = (list: Field): readonly Interval[] => list.list().map(span);

export const zone = (inputs: Field): Calendar => calendar(inputs.at("timezone").text());

/** Vectors of meters name no zone: they mean the catalogue's. */
export const zoneOrShanghai = (inputs: Field): Calendar =>
  calendar(inputs.maybe("timezone")?.text() ?? "Asia/Shanghai");

export const periods = (calendarOf: Calendar, list: Field): readonly Period[] =>
  list.list().map((name) => calendarOf.period(name.text()));

/** By the names of periods. */
export const byName = <Value>(named: readonly Period[], values: readonly Value[]): Record<string, Value | undefined> =>
  Object.fromEntries(named.map(({ name }, i) => [name, values[i]]));

/** Vectors that name no standard mean the newest of the shipped ones. */
export function newest<Values>(standards: readonly Standard<Values>[]): Values {
  const standard = standards.at(-1);
  if (!standard) throw new Error("no standard is shipped");
  return standard.values;
}
