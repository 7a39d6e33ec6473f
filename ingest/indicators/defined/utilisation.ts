import { ratio } from "#shared/model/ratio.ts";
import { semiE10 } from "../equipment/semiE10.ts";
import {
  type FigureDefinition,
  hour,
  none,
  type ScopeFacts,
  stateQuality,
  stateTime,
  sumOf,
  timeRatio,
  withState,
} from "../scope.ts";

/** U-01 to U-03 and the time model: the SEMI E10 stack of the scope. */
const stack = (facts: ScopeFacts) => semiE10(stateTime(withState(facts)));

export const timeModel: FigureDefinition = {
  id: "U-TM",
  sources: ["facts"],
  figure: (facts) => {
    const equipment = withState(facts);
    if (equipment.length === 0) return none("no_input");
    const time = stateTime(equipment);
    const parts = Object.fromEntries(Object.entries(time).map(([state, ms]) => [state, ms / 1_000]));
    const known = Object.entries(time).reduce((sum, [state, ms]) => (state === "UNK" ? sum : sum + ms), 0) / 1_000;
    const expected = known + time.UNK / 1_000;
    return {
      ...stateQuality(facts),
      value: known,
      numerator: known,
      denominator: expected,
      lower: known,
      upper: expected,
      parts,
    };
  },
};

export const totalUtilisation: FigureDefinition = {
  id: "U-01",
  sources: ["facts"],
  figure: (facts) => timeRatio(facts, stateTime(withState(facts)).PRD, stack(facts).total),
};

export const operationalUtilisation: FigureDefinition = {
  id: "U-02",
  sources: ["facts"],
  figure: (facts) => timeRatio(facts, stateTime(withState(facts)).PRD, stack(facts).operations),
};

export const channelUtilisation: FigureDefinition = {
  id: "U-02c",
  sources: ["facts"],
  figure: (facts) => {
    const equipment = withState(facts).filter(({ spec }) => spec.config.channels);
    if (equipment.length === 0) return none("no_input");
    const capacity = equipment.reduce(
      (sum, one) => sum + (one.spec.config.channels?.length ?? 0) * semiE10(stateTime([one])).operations,
      0,
    );
    const used = sumOf(equipment, "channel.ms");
    const value = ratio(used, capacity);
    return {
      ...stateQuality({ ...facts, equipment }),
      value,
      numerator: used / hour,
      denominator: capacity / hour,
      lower: value,
      reason: value === null ? "zero_denominator" : null,
    };
  },
};

export const operationalUptime: FigureDefinition = {
  id: "U-03",
  sources: ["facts"],
  figure: (facts) => timeRatio(facts, stack(facts).uptime, stack(facts).operations),
};

/** U-25: equipment without an original value is left out, and named. */
export const valueWeighted: FigureDefinition = {
  id: "U-25",
  sources: ["facts", "plant"],
  figure: (facts) => {
    let [numerator, denominator, unknown] = [0, 0, 0];
    const without: string[] = [];
    for (const one of withState(facts)) {
      const worth = one.spec.config.originalValueCny;
      if (worth === undefined) without.push(one.spec.id);
      else {
        const time = stateTime([one]);
        numerator += (worth * time.PRD) / hour;
        denominator += (worth * semiE10(time).operations) / hour;
        unknown += (worth * time.UNK) / hour;
      }
    }
    if (denominator === 0 && unknown === 0)
      return none("no_original_value", { flags: without.map((id) => `no_value:${id}`) });
    const quality = stateQuality(facts);
    const value = ratio(numerator, denominator);
    return {
      ...quality,
      flags: [...quality.flags, ...without.map((id) => `no_value:${id}`)],
      value,
      numerator,
      denominator,
      lower: ratio(numerator, denominator + unknown),
      upper: ratio(numerator + unknown, denominator + unknown),
      reason: value === null ? "zero_denominator" : null,
    };
  },
};
