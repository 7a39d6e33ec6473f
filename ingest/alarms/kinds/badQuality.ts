import type { Quality } from "#shared/model/sample.ts";
import type { BadQualityRule } from "#shared/plant/alarmRules/badQuality.ts";
import type { MakeCondition } from "./kind.ts";

/** Here a bad sample is what it is about: it holds nothing. */
export const badQuality: MakeCondition<BadQualityRule, Quality | null> = ({ uncertain }) => ({
  start: null,
  reachMs: 0,
  use: (_last, _at, { quality }) => quality,
  judge: (last) => (last === null ? null : last === "bad" || (uncertain && last === "uncertain")),
});
