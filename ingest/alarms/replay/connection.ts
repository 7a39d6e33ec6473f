import type { Gap } from "#shared/model/sample.ts";
import type { EpochMs } from "#shared/model/time.ts";
import type { LostRule } from "#shared/plant/alarmRules/lost.ts";
import type { SampleInput } from "../step.ts";

/** When a connection was lost and was there again, as the gap ledger tells it. */
export function connectionHistory(gaps: readonly Gap[], of: LostRule["of"]): readonly SampleInput[] {
  const reading = (at: EpochMs, value: boolean): SampleInput => ({
    kind: "sample",
    at,
    readings: [{ input: 0, quality: "good", value }],
  });
  return gaps
    .filter(({ cause }) => cause === "gateway_lost" || (of === "device" && cause === "device_lost"))
    .toSorted((a, b) => a.from - b.from)
    .flatMap(({ from, to }) => [reading(from, true), ...(to === null ? [] : [reading(to, false)])]);
}
