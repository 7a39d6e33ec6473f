import type { TagValue } from "#shared/model/sample.ts";
import { type EpochMs, hours, instant, seconds } from "#shared/model/time.ts";
import type { CalculatedRule } from "#shared/plant/alarmRules/calculated.ts";
import { parseExpression } from "#shared/plant/expression/parse.ts";
import { clocksOf, compile, knowsTime, type Surroundings } from "../expression/compile.ts";
import type { MakeCondition } from "./kind.ts";

interface Evidence extends Omit<Surroundings, "at"> {
  readonly usedAt: EpochMs | null;
}

/** Where time alone can change it, it is looked at on every whole second: exact whatever came in which order. */
const grid = seconds(1);
/** So long after the last sample, which also bounds the work that a wrong clock can cause. */
const timedFor = hours(24);

const put = <T>(list: readonly T[], index: number, value: T): readonly T[] => list.with(index, value);

/** A bad value is the last good one; before every tag that matters has one, nobody can tell. */
export const calculated: MakeCondition<CalculatedRule, Evidence> = ({ when }, { inputs, typeOf }) => {
  const { expression, tags } = parseExpression(when, typeOf);
  const condition = compile(expression);
  const clocks = clocksOf(expression).map(compile);
  const isTimed = knowsTime(expression);
  const indexOf = inputs.map((name) => tags.indexOf(name));
  const none = (n: number) => Array.from({ length: n }, () => null);
  return {
    start: { values: none(tags.length), changedAt: none(tags.length), holdsSince: none(clocks.length), usedAt: null },
    reachMs: isTimed ? hours(1) : 0,
    use: (evidence, at, { input, value }) => {
      const index = indexOf[input] ?? -1;
      if (value === null || index < 0 || evidence.values[index] === value) {
        return isTimed ? { ...evidence, usedAt: at } : evidence;
      }
      return {
        ...evidence,
        usedAt: at,
        values: put<TagValue | null>(evidence.values, index, value),
        changedAt: isTimed ? put<EpochMs | null>(evidence.changedAt, index, at) : evidence.changedAt,
      };
    },
    settle: (evidence, at) => {
      let { holdsSince } = evidence;
      // Inner clocks have smaller numbers than those that look at them.
      for (const [clock, of] of clocks.entries()) {
        const holds = of({ ...evidence, holdsSince, at });
        const since = holds === null ? (holdsSince[clock] ?? null) : holds ? (holdsSince[clock] ?? at) : null;
        if (since !== holdsSince[clock]) holdsSince = put<EpochMs | null>(holdsSince, clock, since);
      }
      return holdsSince === evidence.holdsSince ? evidence : { ...evidence, holdsSince };
    },
    judge: (evidence, at) => {
      const value = condition({ ...evidence, at });
      return typeof value === "boolean" ? value : null;
    },
    ...(isTimed
      ? {
          wakes: ({ usedAt }: Evidence, at: EpochMs) => {
            const next = instant((Math.floor(at / grid) + 1) * grid);
            return usedAt !== null && next <= usedAt + timedFor ? next : null;
          },
        }
      : {}),
  };
};
