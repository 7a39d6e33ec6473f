import { stateOf } from "#shared/model/equipmentState.ts";
import { type IndicatorDefinition, noFigure } from "./definition.ts";
import { operationalUtilisation } from "./equipment/semiE10.ts";
import { addStateTime, createStateTimer, noStateTime, type StateTime } from "./equipment/stateTime.ts";

/**
 * U-02 operational utilisation PRD / OT over the equipment of a line that reports its state; OT is known time without
 * NST (SEMI E10). Bounds by catalogue 0.4: unknown time as not productive, and as productive. Numerator and
 * denominator in seconds.
 */
export const utilisation: IndicatorDefinition<StateTime> = {
  id: "U-02",
  sources: (tags) =>
    tags.flatMap(({ id, config, equipment, info }) => {
      const { state } = equipment;
      if (state?.tag !== config.id) return [];
      return [
        {
          tag: id,
          start: ({ from }) => {
            const timer = createStateTimer(from, info.gapAfterMs);
            return { add: (sample) => timer.add(sample.at, stateOf(state.map, sample)), upTo: timer.upTo };
          },
        },
      ];
    }),
  figure: (facts) => {
    if (facts.length === 0) return noFigure("no_input");
    const figure = operationalUtilisation(facts.reduce(addStateTime, noStateTime));
    return {
      ...figure,
      numerator: figure.numerator / 1_000,
      denominator: figure.denominator / 1_000,
      reason: figure.value === null ? "zero_denominator" : null,
      flags: [],
      parts: {},
      factorIds: [],
      inputDigest: null,
      origin: "measured",
    };
  },
};
