import type { MatchRule } from "#shared/plant/alarmRules/match.ts";
import type { MakeCondition } from "./kind.ts";
import { matchesWildcard } from "./wildcard.ts";

/** Remembers whether the last good text matched. */
export const match: MakeCondition<MatchRule, boolean | null> = ({ patterns }) => ({
  start: null,
  reachMs: 0,
  use: (last, _at, { value }) =>
    value === null ? last : patterns.some((pattern) => matchesWildcard(pattern, String(value))),
  judge: (last) => last,
});
