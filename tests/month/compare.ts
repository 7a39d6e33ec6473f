import type { IndicatorResult } from "#shared/model/indicator.ts";
import type { Expected } from "./expected/known.ts";

const isNear = (found: number | null | undefined, must: number | null, within: number): boolean => {
  if (found === null || found === undefined || must === null) return (found ?? null) === must;
  return Math.abs(found - must) <= Math.max(within, 1e-9 * Math.abs(must));
};

/** What differs between a result and what it must be, each in a sentence; nothing where all is right. */
export function differences(found: IndicatorResult | undefined, must: Expected): readonly string[] {
  if (!found) return ["is not there"];
  const within = must.within ?? 1e-9;
  const wrong: string[] = [];
  const hold = (what: string, is: number | null | undefined, should: number | null, by = within) => {
    if (!isNear(is, should, by)) wrong.push(`${what} is ${is}, must be ${should}`);
  };
  hold("value", found.value, must.value);
  for (const key of ["numerator", "denominator", "lower", "upper", "coverage"] as const)
    if (must[key] !== undefined) hold(key, found[key], must[key]);
  for (const [part, value] of Object.entries(must.parts ?? {}))
    hold(`part ${part}`, found.parts[part], value, must.partsWithin);
  if (must.reason !== undefined && found.reason !== must.reason)
    wrong.push(`reason is ${found.reason}, must be ${must.reason}`);
  return wrong;
}
