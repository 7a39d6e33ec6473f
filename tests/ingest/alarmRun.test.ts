import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type CommandInput, runAlarm } from "../../ingest/alarms/run.ts";
import { type AlarmInput, type AlarmMemory, quietMemory, stepAlarm } from "../../ingest/alarms/step.ts";
import { type AlarmState, hiddenStates } from "../../shared/model/alarm.ts";
import { type EpochMs, instant } from "../../shared/model/time.ts";
import { ruleOf, sampleInput } from "./alarmRules.ts";

const anyConfig = fc.record({
  kind: fc.constantFrom("high" as const, "low" as const),
  limit: fc.integer({ min: -4, max: 4 }),
  deadband: fc.nat(3),
  onDelayMs: fc.nat(8),
  offDelayMs: fc.nat(8),
  latching: fc.boolean(),
});
type Limits = typeof anyConfig extends fc.Arbitrary<infer Config> ? Config : never;
const anySamples = fc
  .array(
    fc.record({ gap: fc.integer({ min: 1, max: 6 }), value: fc.option(fc.integer({ min: -8, max: 8 }), { freq: 5 }) }),
    {
      maxLength: 40,
    },
  )
  .map((rows) => {
    let at = 0;
    return rows.map(({ gap, value }) => {
      at += gap;
      return { at: instant(at), value };
    });
  });
const kinds = ["acknowledge", "reset", "suppress", "removeFromService", "shelve", "reveal"] as const;
const anyCommands: fc.Arbitrary<readonly CommandInput[]> = fc
  .array(
    fc.record({
      kind: fc.constantFrom(...kinds),
      at: fc.nat(240),
      length: fc.integer({ min: 1, max: 60 }),
      from: fc.constantFrom(...hiddenStates),
    }),
    { maxLength: 20 },
  )
  .map((rows) =>
    rows
      .sort((a, b) => a.at - b.at)
      .map(({ kind, at, length, from }): CommandInput => {
        if (kind === "shelve") return { kind, at: instant(at), until: instant(at + length) };
        return kind === "reveal" ? { kind, from, at: instant(at) } : { kind, at: instant(at) };
      }),
  );
const end = instant(300);
const inputsOf = (samples: readonly { readonly at: EpochMs; readonly value: number | null }[]) =>
  samples.map(({ at, value }) => sampleInput(at, value));

/** The condition by brute force: every millisecond is looked at, no timer is reckoned. */
function turnsOf(rule: Limits, samples: readonly { readonly at: number; readonly value: number | null }[]): string[] {
  const turns: string[] = [];
  let [raw, holds, contradicted] = [false, false, 0];
  for (let now = 0; now <= end; now++) {
    const value = samples.find(({ at }) => at === now)?.value ?? null;
    if (value !== null) {
      const over = rule.kind === "high" ? value - rule.limit : rule.limit - value;
      const is = raw ? over >= -rule.deadband : over >= 0;
      if (is !== raw) contradicted = now;
      raw = is;
    }
    if (raw === holds || now - contradicted < (holds ? rule.offDelayMs : rule.onDelayMs)) continue;
    holds = raw;
    turns.push(`${now} ${holds}`);
  }
  return turns;
}

test("every activation and return is journaled once, at its instant, whatever people do meanwhile", () => {
  fc.assert(
    fc.property(anyConfig, anySamples, anyCommands, (config, samples, commands) => {
      const rule = ruleOf(config);
      const turns = runAlarm(rule, inputsOf(samples), commands, end).changes.flatMap(({ transition, at }) => {
        if (transition === "raised") return [`${at} true`];
        return transition === "returned" || transition === "cleared" ? [`${at} false`] : [];
      });
      expect(turns).toEqual(turnsOf(config, samples));
    }),
    { numRuns: 400 },
  );
});

/** Each move of the catalogue's table; whatever hides or reveals an alarm is checked apart. */
const moves = new Set([
  "NORM raised UNACK",
  "RTNUN raised UNACK",
  "LATUN raised UNACK",
  "LATAK raised UNACK",
  "UNACK acknowledged ACKED",
  "UNACK returned RTNUN",
  "UNACK returned LATUN",
  "ACKED cleared NORM",
  "ACKED returned LATAK",
  "RTNUN acknowledged NORM",
  "LATUN acknowledged LATAK",
  "LATAK reset NORM",
]);
const isHiding = (state: AlarmState): boolean => hiddenStates.some((hidden) => hidden === state);

test("no move is made that the life cycle does not have; hidden alarms call nobody and are revealed as they are", () => {
  fc.assert(
    fc.property(anyConfig, anySamples, anyCommands, (config, samples, commands) => {
      const rule = ruleOf(config);
      let before: AlarmMemory = quietMemory(rule);
      for (const { transition, memory, annunciation } of runAlarm(rule, inputsOf(samples), commands, end).changes) {
        const { state, condition } = memory;
        if (isHiding(state)) {
          expect(memory.hiddenBy.at(-1)).toBe(state);
          expect(annunciation).toBe(transition === "raised" ? "suppressed" : "none");
        } else if (isHiding(before.state)) {
          expect([state, annunciation]).toEqual(condition.holds ? ["UNACK", "annunciated"] : ["NORM", "none"]);
        } else {
          expect(moves).toContain(`${before.state} ${transition} ${state}`);
          expect(state.startsWith("LAT") ? rule.latching : true).toBe(true);
          expect(annunciation).toBe(transition === "raised" ? "annunciated" : "none");
        }
        expect(memory.since === null).toBe(state === "NORM" || (isHiding(state) && !condition.holds));
        before = memory;
      }
    }),
    { numRuns: 400 },
  );
});

test("a command repeated at once changes nothing", () => {
  fc.assert(
    fc.property(anyConfig, anySamples, anyCommands, (config, samples, commands) => {
      const rule = ruleOf(config);
      const [last, ...earlier] = [...commands].reverse();
      if (!last) return;
      const { memory } = runAlarm(rule, inputsOf(samples), earlier.reverse(), end);
      const input: AlarmInput = { ...last, at: end };
      const once = stepAlarm(rule, memory, input).memory;
      expect(stepAlarm(rule, once, input)).toEqual({ memory: once, changes: [] });
    }),
  );
});
