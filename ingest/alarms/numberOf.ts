import { isExactInteger } from "#shared/model/exactInteger.ts";
import type { TagValue } from "#shared/model/sample.ts";

/** What a rule compares with its limit, the nearest double of it; null where the sample holds (bad, or text). */
export function numberOf(value: TagValue | null): number | null {
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value === "number") return value;
  return isExactInteger(value) ? Number(value) : null;
}
