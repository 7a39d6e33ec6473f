import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Holdback } from "../../ingest/alarms/holdback.ts";
import { type InputSample, readingsByTime } from "../../ingest/alarms/readings.ts";
import type { AlarmRule } from "../../ingest/alarms/rule.ts";
import { type CommandInput, runAlarm } from "../../ingest/alarms/run.ts";
import { type AlarmChange, quietMemory, stepAlarm } from "../../ingest/alarms/step.ts";
import type { Quality } from "../../shared/model/sample.ts";
import { type EpochMs, instant, millis } from "../../shared/model/time.ts";
import { ruleOf } from "./alarmRules.ts";

/** Everything here happens on whole seconds, so that brute force can look at each of them. */
const second = 1_000;
const lastSecond = 120;
const end = instant(lastSecond * second);

interface Story {
  readonly at: EpochMs;
  readonly input: number;
  readonly quality: Quality;
  readonly value: number | null;
}

/** What a rule's words say, looked up in all samples up to now, each time anew. */
type Naive = (upToNow: readonly Story[], now: number, was: boolean) => boolean | null;

const usable = (samples: readonly Story[], input = 0) =>
  samples.filter((sample) => sample.input === input && sample.value !== null) as (Story & { value: number })[];
const lastValue = (samples: readonly Story[], input = 0): number | null => usable(samples, input).at(-1)?.value ?? null;

interface Kind {
  readonly name: string;
  readonly inputs: 1 | 2;
  readonly rule: (delays: Pick<AlarmRule, "onDelayMs" | "offDelayMs" | "latching">) => AlarmRule;
  readonly naive: Naive;
}

const window = 7 * second;
const kinds: readonly Kind[] = [
  {
    name: "deviation from a tag",
    inputs: 2,
    rule: (delays) =>
      ruleOf({ kind: "deviation", setPointTag: "e/sp", limit: 3, side: "both", deadband: 1, ...delays }),
    naive: (samples, _now, was) => {
      const [value, setPoint] = [lastValue(samples), lastValue(samples, 1)];
      return value === null || setPoint === null ? null : Math.abs(value - setPoint) >= (was ? 2 : 3);
    },
  },
  {
    name: "rate of change",
    inputs: 1,
    rule: (delays) => ruleOf({ kind: "rate", limit: 4, windowMs: window, direction: "rising", deadband: 1, ...delays }),
    naive: (samples, now, was) => {
      const good = usable(samples);
      const begin = good.findLast(({ at }) => at <= now - window);
      const within = [...(begin ? [begin] : []), ...good.filter(({ at }) => at > now - window)];
      const current = within.at(-1);
      if (!current) return null;
      return current.value - Math.min(...within.map(({ value }) => value)) >= (was ? 3 : 4);
    },
  },
  {
    name: "values of a tag",
    inputs: 1,
    rule: (delays) => ruleOf({ kind: "state", values: ["1", "3"], ...delays }),
    naive: (samples) => {
      const value = lastValue(samples);
      return value === null ? null : value === 1 || value === 3;
    },
  },
  {
    name: "bad quality",
    inputs: 1,
    rule: (delays) => ruleOf({ kind: "badQuality", uncertain: false, ...delays }),
    naive: (samples) => {
      const last = samples.filter(({ input }) => input === 0).at(-1);
      return last ? last.quality === "bad" : null;
    },
  },
  {
    name: "stale",
    inputs: 1,
    rule: (delays) => ruleOf({ kind: "stale", afterMs: window, ...delays }),
    naive: (samples, now) => {
      const heard = usable(samples).at(-1)?.at ?? samples.find(({ input }) => input === 0)?.at;
      return heard === undefined ? null : now - heard >= window;
    },
  },
  {
    name: "flat line",
    inputs: 1,
    rule: (delays) => ruleOf({ kind: "flatLine", change: 0, forMs: window, ...delays }),
    naive: (samples) => {
      const good = usable(samples);
      const newest = good.at(-1);
      if (!newest) return null;
      const other = good.findLastIndex(({ value }) => value !== newest.value);
      return newest.at - (good[other + 1] as Story).at >= window;
    },
  },
  {
    name: "calculated over two tags and time",
    inputs: 2,
    rule: (delays) =>
      ruleOf(
        { kind: "calculated", when: "lasting([e/t] < 1) >= 4 and [e/u] > 0 or since([e/u]) > 20", ...delays },
        {
          inputs: ["e/t", "e/u"],
        },
      ),
    naive: (samples, now) => {
      const [t, u] = [lastValue(samples), lastValue(samples, 1)];
      const series = usable(samples);
      const above = series.findLastIndex(({ value }) => value >= 1);
      const began = t !== null && t < 1 ? (series[above + 1] as Story).at : null;
      const lasting = began === null ? 0 : now - began;
      const others = usable(samples, 1);
      const changed = others.findLastIndex(({ value }) => value !== u);
      const since = u === null ? null : now - (others[changed + 1] as Story).at;
      const first = lasting < 4 * second ? false : u === null ? null : u > 0;
      const last = since === null ? null : since > 20 * second;
      if (first || last) return true;
      return first === null || last === null ? null : false;
    },
  },
];

const anyDelays = fc.record({
  onDelayMs: fc.nat(5).map((n) => n * second),
  offDelayMs: fc.nat(5).map((n) => n * second),
  latching: fc.boolean(),
});

/** Samples of two tags; a time that a tag has twice is kept once. */
const anyStory: fc.Arbitrary<readonly Story[]> = fc
  .array(
    fc.record({
      at: fc.nat(lastSecond - 40),
      input: fc.nat(1),
      value: fc.option(fc.integer({ min: -2, max: 5 }), { freq: 5 }),
    }),
    { maxLength: 60, size: "max" },
  )
  .map((rows) => {
    const known = new Set<string>();
    return rows
      .toSorted((a, b) => a.at - b.at || a.input - b.input)
      .flatMap(({ at, input, value }): Story[] => {
        const key = `${at} ${input}`;
        if (known.has(key)) return [];
        known.add(key);
        return [{ at: instant(at * second), input, value, quality: value === null ? "bad" : "good" }];
      });
  });

/** When the condition turns, delays applied, by looking at every second. */
function turnsOf(naive: Naive, { onDelayMs, offDelayMs }: AlarmRule, story: readonly Story[]): readonly string[] {
  const turns: string[] = [];
  let [raw, holds, contradicted] = [false, false, 0];
  for (let now = 0; now <= end; now += second) {
    const is =
      naive(
        story.filter(({ at }) => at <= now),
        now,
        raw,
      ) ?? raw;
    if (is !== raw) contradicted = now;
    raw = is;
    if (raw === holds || now - contradicted < (holds ? offDelayMs : onDelayMs)) continue;
    holds = raw;
    turns.push(`${now} ${holds}`);
  }
  return turns;
}

const turnsIn = (changes: readonly AlarmChange[]): readonly string[] =>
  changes.flatMap(({ transition, at }) => {
    if (transition === "raised") return [`${at} true`];
    return transition === "returned" || transition === "cleared" ? [`${at} false`] : [];
  });

const moves = new Set([
  ...["NORM raised UNACK", "RTNUN raised UNACK", "LATUN raised UNACK", "LATAK raised UNACK"],
  ...["UNACK acknowledged ACKED", "UNACK returned RTNUN", "UNACK returned LATUN", "ACKED cleared NORM"],
  ...["ACKED returned LATAK", "RTNUN acknowledged NORM", "LATUN acknowledged LATAK", "LATAK reset NORM"],
]);
const anyCommands: fc.Arbitrary<readonly CommandInput[]> = fc.array(
  fc.record({ kind: fc.constantFrom("acknowledge" as const, "reset" as const), at: fc.nat(end).map(instant) }),
  { maxLength: 8 },
);

interface Arrival extends InputSample {
  readonly arrivedAt: number;
}

/** Each tag's samples arrive in their order, up to 200 ms late, and some of them a second time. */
const arrivalsOf = (story: readonly Story[], late: readonly number[], again: readonly number[]): readonly Arrival[] => {
  const newest = [0, 0];
  const arrivals = story.map((sample, i): Arrival => {
    const arrivedAt = Math.max(sample.at + (late[i % late.length] ?? 0), newest[sample.input] ?? 0);
    newest[sample.input] = arrivedAt;
    return { ...sample, arrivedAt };
  });
  const repeated = again.flatMap((i) => {
    const one = arrivals[i % Math.max(1, arrivals.length)];
    return one ? [{ ...one, arrivedAt: one.arrivedAt + 1_700 }] : [];
  });
  return [...arrivals, ...repeated].toSorted((a, b) => a.arrivedAt - b.arrivedAt);
};

describe.each(kinds)("$name", ({ rule: make, naive, inputs }) => {
  const storyOf = anyStory.map((story) => story.filter(({ input }) => input < inputs));
  test("turns exactly when its words say so, whatever people do meanwhile; only by moves that the life cycle has", () => {
    fc.assert(
      fc.property(anyDelays, storyOf, anyCommands, (delays, story, commands) => {
        const rule = make(delays);
        const { changes } = runAlarm(rule, readingsByTime(story), commands, end);
        expect(turnsIn(changes)).toEqual(turnsOf(naive, rule, story));
        let before: string = "NORM";
        for (const { transition, memory } of changes) {
          expect(moves).toContain(`${before} ${transition} ${memory.state}`);
          before = memory.state;
        }
      }),
      { numRuns: 300 },
    );
  });

  test("in whichever order equal samples arrive, and however often, the same happens", () => {
    fc.assert(
      fc.property(
        anyDelays,
        storyOf,
        fc.array(fc.nat(200), { minLength: 1, maxLength: 20 }),
        fc.array(fc.nat(), { maxLength: 6 }),
        (delays, story, late, again) => {
          const rule = make(delays);
          const holdback = new Holdback(inputs);
          let memory = quietMemory(rule);
          const changes: AlarmChange[] = [];
          const feed = (now: number): void => {
            for (const { at, readings } of holdback.take(millis(now))) {
              const step = stepAlarm(rule, memory, { kind: "sample", at, readings });
              memory = step.memory;
              changes.push(...step.changes);
            }
          };
          for (const { at, input, quality, value, arrivedAt } of arrivalsOf(story, late, again)) {
            feed(arrivedAt);
            holdback.add(at, { input, quality, value }, millis(arrivedAt));
            feed(arrivedAt);
          }
          feed(end + 10_000);
          changes.push(...stepAlarm(rule, memory, { kind: "clock", at: end }).changes);
          const inOrder = runAlarm(rule, readingsByTime(story), [], end).changes;
          expect(turnsIn(changes)).toEqual(turnsIn(inOrder));
        },
      ),
      { numRuns: 200 },
    );
  });
});
