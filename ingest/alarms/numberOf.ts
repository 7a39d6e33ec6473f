import type { TagValue } from "#shared/model/sample.ts";

/** What a rule compares with its limit; null where the sample holds (bad, or text). */
export function numberOf(value: TagValue | null): number | null {
  if (typeof value === "boolean") return value ? 1 : 0;
  return typeof value === "number" ? value : null;
}
