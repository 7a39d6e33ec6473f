import { describe, expect, test } from "vitest";
import type { RuleFacts } from "../../ingest/alarms/kinds/kind.ts";
import type { AlarmRule } from "../../ingest/alarms/rule.ts";
import { type AlarmInput, type AlarmMemory, quietMemory, stepAlarm } from "../../ingest/alarms/step.ts";
import { type ConditionEvent, formatDeviceEvent } from "../../shared/model/deviceEvent.ts";
import { instant } from "../../shared/model/time.ts";
import { ruleOf, sampleInput } from "./alarmRules.ts";

const written = (text: string): number | string | boolean | null => {
  if (text === "bad") return null;
  if (text === "true" || text === "false") return text === "true";
  return Number.isNaN(Number(text)) ? text : Number(text);
};

/** A value of the rule's tag, `bad`, `uncertain=<value>`, `<input>=<value>` of another tag, `clock` or `ack`. */
function inputOf(second: number, what: string): AlarmInput {
  const at = instant(second * 1_000);
  if (what === "clock") return { kind: "clock", at };
  if (what === "ack") return { kind: "acknowledge", at };
  const [word = "", value] = what.split("=");
  if (value === undefined) return sampleInput(at, written(word));
  return word === "uncertain"
    ? sampleInput(at, written(value), 0, "uncertain")
    : sampleInput(at, written(value), Number(word));
}

/** Each row: second, what happens, the state afterwards; `@ <second>` is the stamp where it is not the row's own. */
function timeline(name: string, rule: AlarmRule, table: string): void {
  test(name, () => {
    let memory: AlarmMemory = quietMemory(rule);
    for (const row of table.trim().split("\n")) {
      const [time, what, state, , stamp] = row.trim().split(/\s+/) as [string, string, string, string?, string?];
      const { memory: next, changes } = stepAlarm(rule, memory, inputOf(Number.parseFloat(time), what));
      expect(next.state, row).toBe(state);
      if (next.state !== memory.state)
        expect((changes.at(-1)?.at ?? 0) / 1_000, row).toBe(Number.parseFloat(stamp ?? time));
      memory = next;
    }
  });
}

describe("limits", () => {
  timeline(
    "highHigh and lowLow are as high and low",
    ruleOf({ kind: "lowLow", limit: 5, deadband: 1 }),
    `
     0s  5.1  NORM
     1s  5    UNACK
     2s  6    UNACK
     3s  6.1  RTNUN
  `,
  );
});

describe("deviation", () => {
  timeline(
    "from a fixed set point, on both sides",
    ruleOf({ kind: "deviation", setPoint: 50, limit: 5, side: "both", deadband: 1 }),
    `
     0s  54.9  NORM
     1s  55    UNACK
     2s  54    UNACK
     3s  53.9  RTNUN
     4s  45    UNACK
     5s  bad   UNACK
     6s  50    RTNUN
  `,
  );
  timeline(
    "from a tag: the alarm follows the set point, and nothing is raised before it is known",
    ruleOf({ kind: "deviation", setPointTag: "e/sp", limit: 5, side: "below", deadband: 0 }),
    `
     0s  40    NORM
     1s  1=44  NORM
     2s  1=45  UNACK
     3s  1=bad UNACK
     4s  70    RTNUN
  `,
  );
  timeline(
    "a set point that moves first: the on-delay bridges the time until the value follows",
    ruleOf({ kind: "deviation", setPointTag: "e/sp", limit: 5, side: "both", deadband: 0, onDelayMs: 2_000 }),
    `
     0s  40    NORM
     1s  1=60  NORM
     2s  59    NORM
     9s  clock NORM
  `,
  );
});

describe("rate of change", () => {
  const rising = ruleOf({ kind: "rate", limit: 10, windowMs: 60_000, direction: "rising", deadband: 0 });
  timeline(
    "a rise within the window, over when the window has moved on",
    rising,
    `
     0s    20    NORM
     30s   25    NORM
     59s   30    UNACK
     60s   30    UNACK
     89s   clock UNACK
     90s   clock RTNUN  @ 90s
  `,
  );
  timeline(
    "the same rise over a longer time is none",
    rising,
    `
     0s    20    NORM
     31s   25    NORM
     62s   29    NORM
     93s   34    NORM
     124s  38    NORM
  `,
  );
  timeline(
    "a fall is none of a rising rule's",
    rising,
    `
     0s    50    NORM
     10s   20    NORM
     20s   29.9  NORM
     30s   30    UNACK
  `,
  );
  timeline(
    "after a gap nobody knows how fast it changed",
    ruleOf({ kind: "rate", limit: 10, windowMs: 60_000, direction: "both", deadband: 0 }, { gapAfterMs: 30_000 }),
    `
     0s    20    NORM
     31s   50    NORM
     40s   39    UNACK
  `,
  );
});

describe("states and texts", () => {
  const stateMap: RuleFacts["stateMap"] = { run: "PRD", idle: "SBY", trip: "UDT" };
  timeline(
    "values of a tag, as text",
    ruleOf({ kind: "state", values: ["2", "7"] }),
    `
     0s  1    NORM
     1s  2    UNACK
     2s  7    UNACK
     3s  bad  UNACK
     4s  3    RTNUN
  `,
  );
  timeline(
    "true and false are values, too",
    ruleOf({ kind: "state", values: ["false"] }),
    `
     0s  true   NORM
     1s  false  UNACK
  `,
  );
  timeline(
    "states of the equipment by the values of its state tag; a value that nobody named is UNK",
    ruleOf({ kind: "state", states: ["UDT", "UNK"] }, { stateMap }),
    `
     0s  run   NORM
     1s  trip  UNACK
     2s  idle  RTNUN
     3s  what  UNACK
  `,
  );
  timeline(
    "patterns match the whole text",
    ruleOf({ kind: "match", patterns: ["E-4??", "*fault*"] }),
    `
     0s  E-4     NORM
     1s  E-401   UNACK
     2s  E-4012  RTNUN
     3s  a-fault-b  UNACK
     4s  FAULT   RTNUN
  `,
  );
});

describe("about the value's quality", () => {
  timeline(
    "bad quality is the condition, and does not hold",
    ruleOf({ kind: "badQuality", uncertain: false, onDelayMs: 5_000 }),
    `
     0s   7            NORM
     10s  bad          NORM
     12s  uncertain=7  NORM
     20s  bad          NORM
     26s  bad          UNACK  @ 25s
     27s  7            RTNUN
  `,
  );
  timeline(
    "uncertain counts where the rule says so",
    ruleOf({ kind: "badQuality", uncertain: true }),
    `
     0s   uncertain=7  UNACK
     1s   7            RTNUN
  `,
  );
  timeline(
    "stale: no usable value for too long, be it silence or bad samples",
    ruleOf({ kind: "stale", afterMs: 10_000 }),
    `
     0s   7            NORM
     9s   bad          NORM
     10s  clock        UNACK  @ 10s
     11s  bad          UNACK
     12s  uncertain=7  RTNUN
     30s  7            RTNUN
  `,
  );
  timeline(
    "a tag that is bad from the beginning is stale by then, too",
    ruleOf({ kind: "stale", afterMs: 10_000 }),
    `
     0s   bad    NORM
     9s   bad    NORM
     10s  clock  UNACK  @ 10s
  `,
  );
  timeline(
    "flat: values go on coming and none differs; silence is not flat",
    ruleOf({ kind: "flatLine", change: 0.5, forMs: 20_000 }, { gapAfterMs: 30_000 }),
    `
     0s   7     NORM
     10s  7.4   NORM
     19s  clock NORM
     20s  6.5   UNACK
     30s  8     RTNUN
     65s  8     RTNUN
     80s  8     RTNUN
     85s  8     UNACK
  `,
  );
});

describe("calculated", () => {
  const calculated = (when: string, tags: readonly string[], more: { onDelayMs?: number } = {}) =>
    ruleOf(
      { kind: "calculated", when, ...more },
      { inputs: tags, typeOf: (name) => (name === "e/heat" ? "boolean" : "number") },
    );
  timeline(
    "two tags: hot while the stirrer stands",
    calculated("[e/t] > 60 and [e/stirrer] < 10", ["e/t", "e/stirrer"]),
    `
     0s  70     NORM
     1s  1=100  NORM
     2s  1=5    UNACK
     3s  1=bad  UNACK
     4s  50     RTNUN
  `,
  );
  timeline(
    "what settles it need not wait for the rest",
    calculated("[e/t] > 60 or [e/stirrer] < 10", ["e/t", "e/stirrer"]),
    `
     0s  70     UNACK
  `,
  );
  timeline(
    "a division by 0 says nothing",
    calculated("[e/t] / [e/flow] > 2", ["e/t", "e/flow"]),
    `
     0s  70     NORM
     1s  1=0    NORM
     2s  1=10   UNACK
     3s  1=0    UNACK
     4s  1=50   RTNUN
  `,
  );
  timeline(
    "for how long a condition has lasted, though nothing comes",
    calculated("lasting([e/t] < 10) >= 30 and [e/heat]", ["e/t", "e/heat"]),
    `
     0s   1=true   NORM
     1s   5        NORM
     20s  9        NORM
     25s  11       NORM
     26s  9        NORM
     55s  clock    NORM
     56s  clock    UNACK  @ 56s
     57s  1=false  RTNUN
  `,
  );
  timeline(
    "how long ago a value was another one",
    calculated("since([e/t]) > 5", ["e/t"]),
    `
     0s   1      NORM
     4s   2      NORM
     8s   2      NORM
     9s   clock  NORM
     10s  clock  UNACK  @ 10s
     11s  3      RTNUN
  `,
  );
  test("a clock that jumped by years is bounded work", () => {
    const rule = calculated("since([e/t]) > 86399", ["e/t"]);
    const first = stepAlarm(rule, quietMemory(rule), sampleInput(instant(0), 1)).memory;
    const started = performance.now();
    const { memory } = stepAlarm(rule, first, sampleInput(instant(4e12), 1));
    expect(memory.state).toBe("UNACK");
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});

describe("conditions of an OPC UA server", () => {
  const event = (more: Partial<ConditionEvent>): string =>
    formatDeviceEvent({
      ...{
        v: 1,
        kind: "condition",
        eventId: "01",
        at: instant(0),
        conditionId: "c1",
        branchId: null,
        eventType: "i=1",
      },
      ...{
        source: null,
        sourceName: "Reactor",
        name: "Hot",
        conditionClass: null,
        input: null,
        message: "",
        severity: 700,
      },
      ...{ enabled: true, active: true, limit: null, acked: false, confirmed: null, suppressed: null, shelved: null },
      ...{ retain: true, quality: "good", comment: null, user: null, refresh: false },
      ...more,
    } as ConditionEvent);
  const rule = ruleOf({ kind: "event", sources: ["Reactor/*"], priorityBySeverity: true });
  const run = (...texts: readonly string[]) =>
    texts.reduce(
      (memory, text, i) => stepAlarm(rule, memory, sampleInput(instant(i + 1), text)).memory,
      quietMemory(rule),
    );

  test("stands while one of them is active, with the priority of the most severe", () => {
    const low = event({ conditionId: "c2", severity: 100 });
    expect(run(low).state).toBe("UNACK");
    expect(rule.condition.priority?.(run(low).condition.evidence)).toBe("low");
    expect(rule.condition.priority?.(run(low, event({})).condition.evidence)).toBe("high");
    expect(run(low, event({}), event({ active: false })).state).toBe("UNACK");
    expect(run(low, event({ conditionId: "c2", active: false })).state).toBe("RTNUN");
  });
  test("another source, and an earlier branch, change nothing; what no longer stands has ended", () => {
    expect(run(event({ sourceName: "Pump" })).state).toBe("NORM");
    expect(run(event({}), event({ branchId: "b", active: false })).state).toBe("UNACK");
    const standing = formatDeviceEvent({ v: 1, kind: "standing", at: instant(9), conditions: ["c9"] });
    expect(run(event({}), standing).state).toBe("RTNUN");
  });
});
