import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { AlarmRule } from "../../ingest/alarms/rule.ts";
import { type AlarmInput, type AlarmMemory, quietMemory, stepAlarm } from "../../ingest/alarms/step.ts";
import { instant } from "../../shared/model/time.ts";
import { ruleOf, sampleInput } from "./alarmRules.ts";

const seconds = (text: string): number => {
  const match = /^(?:(\d+):)?(\d+):(\d+(?:\.\d+)?)$/.exec(text);
  return match ? Number(match[1] ?? 0) * 3_600 + Number(match[2]) * 60 + Number(match[3]) : Number.parseFloat(text);
};

/** A word, or a value; `shelve=60s` shelves for a minute from then on. */
function inputOf(atMs: number, what: string): AlarmInput {
  const at = instant(atMs);
  const [word, length] = what.split("=");
  switch (word) {
    case "ack":
      return { kind: "acknowledge", at };
    case "clock":
    case "reset":
    case "suppress":
      return { kind: word, at };
    case "shelve":
      return { kind: "shelve", at, until: instant(at + seconds(length as string) * 1_000) };
    case "unshelve":
      return { kind: "reveal", from: "SHLVD", at };
    case "unsuppress":
      return { kind: "reveal", from: "DSUPR", at };
    case "out":
      return { kind: "removeFromService", at };
    case "in":
      return { kind: "reveal", from: "OOSRV", at };
    default:
      return sampleInput(at, what === "bad" ? null : Number(what));
  }
}

interface Limits extends Partial<Pick<AlarmRule, "onDelayMs" | "offDelayMs" | "latching">> {
  readonly kind?: "high" | "low";
  readonly limit?: number;
  readonly deadband?: number;
}

/**
 * Each row: time, what happens (a value, `bad`, or a word of `inputOf`), and the state afterwards. `@ <time>` behind the
 * state is the instant that the change must be stamped with, where it is not the row's own.
 */
function timeline(name: string, rule: Limits, table: string): void {
  test(name, () => {
    const full = ruleOf({ kind: "high", limit: 80, deadband: 0, ...rule });
    let memory: AlarmMemory = quietMemory(full);
    for (const row of table.trim().split("\n")) {
      const [time, what, state, , stamp] = row.trim().split(/\s+/) as [string, string, string, string?, string?];
      const at = seconds(time) * 1_000;
      const step = stepAlarm(full, memory, inputOf(at, what));
      expect(step.memory.state, row).toBe(state);
      const stamps = step.changes.map((change) => change.at / 1_000);
      if (step.memory.state !== memory.state) expect(stamps.at(-1), row).toBe(seconds(stamp ?? time));
      memory = step.memory;
    }
  });
}

timeline(
  "alarm, acknowledge, return (TV-S-01)",
  { deadband: 2 },
  `
   8:00:00  75     NORM
   8:05:00  81     UNACK
   8:10:00  ack    ACKED
   8:20:00  77.9   NORM
`,
);
timeline(
  "return before acknowledgement stays visible (TV-S-02)",
  { deadband: 2 },
  `
   8:00:00  75     NORM
   8:05:00  81     UNACK
   8:07:00  70     RTNUN
   8:10:00  ack    NORM
`,
);
timeline(
  "bursts shorter than the on-delay are filtered (TV-S-04)",
  { onDelayMs: 10_000 },
  `
   8:00:00  79     NORM
   8:00:05  81     NORM
   8:00:09  79     NORM
   8:00:12  81     NORM
   8:00:20  79.5   NORM
   8:00:25  82     NORM
   8:00:30  81     NORM
   8:00:40  79     RTNUN
`,
);
timeline(
  "the activation is stamped when the on-delay ran out, whenever that is noticed",
  { onDelayMs: 10_000 },
  `
   8:00:25  82     NORM
   8:00:39  81     UNACK  @ 8:00:35
   8:00:40  79     RTNUN
`,
);
timeline(
  "the edges of the deadband (TV-S-08)",
  { deadband: 2 },
  `
   8:00:00  79.999 NORM
   8:01:00  80     UNACK
   8:02:00  78     UNACK
   8:03:00  77.999 RTNUN
`,
);
timeline(
  "a low alarm is the mirror image",
  { kind: "low", limit: 20, deadband: 2 },
  `
   0s  20.001  NORM
   1s  20      UNACK
   2s  22      UNACK
   3s  22.001  RTNUN
   4s  19      UNACK
   5s  ack     ACKED
   6s  23      NORM
`,
);
timeline(
  "an alarm that comes back while unacknowledged is raised again",
  {},
  `
   0s  81   UNACK
   1s  79   RTNUN
   2s  82   UNACK
   3s  ack  ACKED
   4s  79   NORM
`,
);
timeline(
  "the clock raises where no further sample comes",
  { onDelayMs: 10_000 },
  `
   0s    81     NORM
   9.9s  clock  NORM
   10s   clock  UNACK  @ 10s
   10s   clock  UNACK
`,
);
timeline(
  "a clearing sample exactly at the end of the on-delay cancels",
  { onDelayMs: 10_000 },
  `
   0s   81     NORM
   10s  79     NORM
   11s  clock  NORM
`,
);
timeline(
  "bad quality holds the last good value and the timer",
  { onDelayMs: 10_000 },
  `
   0s   81     NORM
   5s   bad    NORM
   10s  clock  UNACK  @ 10s
   12s  bad    UNACK
   13s  79     RTNUN
`,
);
timeline(
  "bad quality neither raises nor clears",
  {},
  `
   0s  bad  NORM
   1s  81   UNACK
   2s  bad  UNACK
   3s  ack  ACKED
   4s  bad  ACKED
   5s  79   NORM
`,
);
timeline(
  "old samples change nothing",
  {},
  `
   5s  79   NORM
   4s  99   NORM
   5s  99   NORM
   6s  81   UNACK
   3s  10   UNACK
`,
);
timeline(
  "acknowledging twice, or nothing, changes nothing",
  {},
  `
   0s  ack  NORM
   1s  81   UNACK
   2s  ack  ACKED
   3s  ack  ACKED
   4s  79   NORM
   5s  ack  NORM
`,
);
timeline(
  "a return noticed late is not stamped before its own activation",
  { onDelayMs: 10_000 },
  `
   0s   81     NORM
   10s  clock  UNACK  @ 10s
   9.9s 79     RTNUN  @ 10s
`,
);

timeline(
  "the alarm returns when the value has been back for the off-delay, stamped at its end",
  { offDelayMs: 10_000 },
  `
   0s   81     UNACK
   5s   79     UNACK
   14s  clock  UNACK
   16s  79     RTNUN  @ 15s
`,
);
timeline(
  "a value beyond the limit within the off-delay keeps the alarm, exactly at its end too",
  { offDelayMs: 10_000 },
  `
   0s   81     UNACK
   5s   79     UNACK
   15s  82     UNACK
   16s  79     UNACK
   25s  ack    ACKED
   26s  clock  NORM
`,
);
timeline(
  "latching: reset is ignored until acknowledged and returned (TV-S-13)",
  { latching: true },
  `
   8:00:00  81     UNACK
   8:01:00  70     LATUN
   8:02:00  reset  LATUN
   8:03:00  ack    LATAK
   8:04:00  reset  NORM
`,
);
timeline(
  "a latched alarm is raised again, and is not reset while its condition holds",
  { latching: true },
  `
   0s  81     UNACK
   1s  ack    ACKED
   2s  reset  ACKED
   3s  70     LATAK
   4s  81     UNACK
   5s  70     LATUN
   6s  82     UNACK
`,
);
timeline(
  "shelved, and still beyond the limit when the time is over (TV-S-10)",
  {},
  `
   0s    70        NORM
   0s    shelve=600s  SHLVD
   120s  81        SHLVD
   300s  ack       SHLVD
   600s  unshelve  UNACK
`,
);
timeline(
  "shelved, and normal again by then",
  {},
  `
   0s  81          UNACK
   1s  shelve=60s  SHLVD
   2s  70          SHLVD
   3s  unshelve    NORM
   4s  unshelve    NORM
`,
);
timeline(
  "what hides an alarm ends each for itself",
  {},
  `
   0s  81           UNACK
   1s  suppress     DSUPR
   2s  shelve=60s   SHLVD
   3s  unshelve     DSUPR
   4s  out          OOSRV
   5s  unsuppress   OOSRV
   6s  in           UNACK
`,
);

const anyRule = fc
  .record({
    kind: fc.constantFrom("high" as const, "low" as const),
    limit: fc.integer({ min: -5, max: 5 }),
    deadband: fc.nat(3),
    onDelayMs: fc.nat(8),
    offDelayMs: fc.nat(8),
    latching: fc.boolean(),
  })
  .map((rule) => ruleOf(rule));
const anyInput = fc.record({
  kind: fc.constantFrom("sample" as const, "sample" as const, "acknowledge" as const),
  gap: fc.integer({ min: 1, max: 6 }),
  value: fc.option(fc.integer({ min: -8, max: 8 }), { freq: 5 }),
});

test("redelivery of what was already used changes nothing, at any point", () => {
  fc.assert(
    fc.property(anyRule, fc.array(anyInput, { maxLength: 40 }), fc.nat(40), (rule, inputs, from) => {
      let memory: AlarmMemory = quietMemory(rule);
      let at = 0;
      const used: AlarmInput[] = [];
      for (const { kind, gap, value } of inputs) {
        at += gap;
        const input: AlarmInput = kind === "sample" ? sampleInput(instant(at), value) : { kind, at: instant(at) };
        memory = stepAlarm(rule, memory, input).memory;
        if (input.kind === "sample") used.push(input);
      }
      for (const input of used.slice(from)) {
        const again = stepAlarm(rule, memory, input);
        expect(again.changes).toEqual([]);
        expect(again.memory).toEqual(memory);
      }
    }),
  );
});

test("ticking the clock between samples never changes what happens, only when it is noticed", () => {
  fc.assert(
    fc.property(anyRule, fc.array(anyInput, { maxLength: 40 }), (rule, inputs) => {
      const run = (withClock: boolean): unknown[] => {
        let memory: AlarmMemory = quietMemory(rule);
        let at = 0;
        const changes: unknown[] = [];
        const feed = (input: AlarmInput): void => {
          const step = stepAlarm(rule, memory, input);
          changes.push(...step.changes.map((change) => [change.transition, change.at, change.memory.state]));
          memory = step.memory;
        };
        for (const { gap, value } of inputs) {
          // Up to just before the next sample: at the same instant samples come first.
          if (withClock) for (let t = at; t < at + gap; t++) feed({ kind: "clock", at: instant(t) });
          at += gap;
          feed(sampleInput(instant(at), value));
        }
        return changes;
      };
      expect(run(true)).toEqual(run(false));
    }),
  );
});
