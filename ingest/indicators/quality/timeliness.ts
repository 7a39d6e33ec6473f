import { each, finite, notNegative } from "#shared/model/checks.ts";
import { nearestRank, ratio } from "#shared/model/ratio.ts";

/** D-02: server receipt − source time; negative where the source's clock is ahead. */
export function timeliness(
  latenciesS: readonly number[],
  targetS: number,
): { readonly within: number | null; readonly p50S: number | null; readonly p95S: number | null } {
  notNegative(targetS, "target in s");
  const latencies = each(latenciesS, finite, "latency in s");
  return {
    within: ratio(latencies.filter((s) => s <= targetS).length, latencies.length),
    p50S: nearestRank(latencies, 0.5),
    p95S: nearestRank(latencies, 0.95),
  };
}

/** D-04: whether samples are accepted, by how far the source's clock is ahead of the server's; the tolerance itself is. */
export function acceptedOffsets(offsetsS: readonly number[], toleranceS: number): readonly boolean[] {
  notNegative(toleranceS, "tolerance in s");
  return each(offsetsS, finite, "clock offset in s").map((ahead) => ahead <= toleranceS);
}
