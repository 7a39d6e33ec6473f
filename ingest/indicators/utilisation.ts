import { coverageStatus } from "#shared/model/indicator.ts";
import { stateOf } from "../live/equipmentState.ts";
import { type IndicatorDefinition, noFigure } from "./definition.ts";
import { addStateTime, createStateTimer, knownMs, noStateTime, type StateTime } from "./stateTime.ts";

const ratio = (numerator: number, denominator: number): number | null =>
  denominator > 0 ? numerator / denominator : null;

/**
 * U-02 operational utilisation PRD / OT over the equipment of a line that reports its state; OT is known time without
 * NST (SEMI E10). Bounds by catalogue 0.4: unknown time as not productive, and as productive. Numerator and
 * denominator in seconds.
 */
export const utilisation: IndicatorDefinition<StateTime> = {
  id: "U-02",
  version: "1.0.0",
  unit: "1",
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
    const time = facts.reduce(addStateTime, noStateTime);
    const known = knownMs(time);
    const expected = known + time.UNK;
    const operations = known - time.NST;
    const coverage = ratio(known, expected) ?? 0;
    const value = ratio(time.PRD, operations);
    return {
      value,
      numerator: time.PRD / 1_000,
      denominator: operations / 1_000,
      lower: ratio(time.PRD, operations + time.UNK),
      upper: ratio(time.PRD + time.UNK, operations + time.UNK),
      coverage,
      status: coverageStatus(coverage),
      reason: value === null ? "zero_denominator" : null,
      flags: [],
      origin: "measured",
    };
  },
};
