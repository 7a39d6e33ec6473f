import { type EpochMs, instant } from "#shared/model/time.ts";
import type { StaleRule } from "#shared/plant/alarmRules/stale.ts";
import type { MakeCondition } from "./kind.ts";

/** Remembers when the last usable value was; a tag that only ever was bad counts from its first sample. */
export const stale: MakeCondition<StaleRule, EpochMs | null> = ({ afterMs }) => ({
  start: null,
  unheard: (now) => now,
  reachMs: afterMs,
  use: (last, at, { value }) => (value === null ? (last ?? at) : at),
  judge: (last, at) => (last === null ? null : at - last >= afterMs),
  wakes: (last, at) => (last !== null && last + afterMs > at ? instant(last + afterMs) : null),
});
