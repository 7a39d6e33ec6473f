import { count, notNegative } from "#shared/model/checks.ts";
import { ratio } from "#shared/model/ratio.ts";

/** G-12: fresh water per batch, and reused over all water. */
export function waterUse(
  freshM3: number,
  reusedM3: number,
  batches: number,
): { readonly freshPerBatch: number | null; readonly reuseRate: number | null } {
  const fresh = notNegative(freshM3, "fresh water in m³");
  const reused = notNegative(reusedM3, "reused water in m³");
  return { freshPerBatch: ratio(fresh, count(batches, "batches")), reuseRate: ratio(reused, fresh + reused) };
}
