import type { EpochMs } from "#shared/model/time.ts";
import type { FlatLineRule } from "#shared/plant/alarmRules/flatLine.ts";
import { numberOf } from "../numberOf.ts";
import type { MakeCondition } from "./kind.ts";

/** Since `since` no good value differed from `reference` by more than the change that counts; `newest` was the last. */
interface Evidence {
  readonly reference: number;
  readonly since: EpochMs;
  readonly newest: EpochMs;
}

/** Judged by samples that came: time without any is silence, which is another alarm's, and begins it anew. */
export const flatLine: MakeCondition<FlatLineRule, Evidence | null> = ({ change, forMs }, { gapAfterMs }) => ({
  start: null,
  reachMs: forMs + gapAfterMs,
  use: (evidence, at, { value }) => {
    const number = numberOf(value);
    if (number === null) return evidence;
    const goesOn =
      evidence !== null && at - evidence.newest <= gapAfterMs && Math.abs(number - evidence.reference) <= change;
    return goesOn ? { ...evidence, newest: at } : { reference: number, since: at, newest: at };
  },
  judge: (evidence) => (evidence === null ? null : evidence.newest - evidence.since >= forMs),
});
