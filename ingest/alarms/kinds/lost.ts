import type { LostRule } from "#shared/plant/alarmRules/lost.ts";
import type { MakeCondition } from "./kind.ts";

/** Its reading is no sample of the tag but what the host knows of the connection: true while it is lost. */
export const lost: MakeCondition<LostRule, boolean | null> = () => ({
  start: null,
  reachMs: 0,
  watchesConnection: true,
  use: (last, _at, { value }) => (typeof value === "boolean" ? value : last),
  judge: (last) => last,
});
