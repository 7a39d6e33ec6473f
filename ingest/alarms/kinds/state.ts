import { stateOf } from "#shared/model/equipmentState.ts";
import type { StateRule } from "#shared/plant/alarmRules/state.ts";
import type { MakeCondition } from "./kind.ts";

/** Values are compared as text, as a state map does. Remembers the last good value as text. */
export const state: MakeCondition<StateRule, string | null> = ({ values, states }, { stateMap }) => {
  const wanted = new Set<string>(values ?? states);
  return {
    start: null,
    reachMs: 0,
    use: (last, _at, { value, quality }) => {
      if (value === null) return last;
      return states && stateMap ? stateOf(stateMap, { quality, value }) : String(value);
    },
    judge: (last) => (last === null ? null : wanted.has(last)),
  };
};
