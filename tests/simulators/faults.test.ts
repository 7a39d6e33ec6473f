import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { millis, seconds } from "#shared/model/time.ts";
import { faultKinds, faultNames, type Step, timing } from "../../simulators/faults/catalogue.ts";
import { createPlayer } from "../../simulators/faults/player.ts";
import { parseScenario, readScenario } from "../../simulators/faults/scenario.ts";
import { nextChange, occurrenceAt } from "../../simulators/faults/timeline.ts";
import { ManualClock } from "../fakes/clock.ts";

const folder = fileURLToPath(new URL("../../simulators/faults/scenarios/", import.meta.url));

describe("scenario files", () => {
  test("a step has its defaults, and undefined where nothing is written", () => {
    const { steps } = parseScenario(
      "steps:\n  - { at: 10, for: 30, fault: modbus.slow, unit: 3, delayMs: 500 }\n",
      "x",
    );
    expect(steps).toEqual([
      {
        at: 10,
        for: 30,
        every: undefined,
        chance: 1,
        fault: {
          fault: "modbus.slow",
          unit: 3,
          table: undefined,
          register: undefined,
          to: undefined,
          delayMs: 500,
          over: "connection",
        },
      },
    ]);
  });

  test.each([
    ["", "x.yaml:1: the file: a mapping is needed; begin with `steps:`."],
    ["steps: 5", "x.yaml:1: steps: a list is needed"],
    ["seed: 1\nsteps: []", "x.yaml:1: seed: this key is unknown"],
    ["steps:\n  - at: 1", "x.yaml:2: steps[0].fault: is missing; choose one of modbus.silent,"],
    ["steps:\n  - fault: modbus.silnt", "x.yaml:2: steps[0].fault: there is no fault `modbus.silnt`"],
    [
      "steps:\n  - fault: modbus.silent\n    delayMs: 5",
      "x.yaml:3: steps[0].delayMs: modbus.silent has no such key; its keys are fault, at, for, every, chance, unit,",
    ],
    ["steps:\n  - fault: modbus.slow", "x.yaml:2: steps[0].delayMs: is missing; write it: Delay of an answer"],
    ["steps:\n  - fault: modbus.slow\n    delayMs: 0", "does not fit; write a whole number from 1 to 600000."],
    ["steps:\n  - fault: modbus.slow\n    delayMs: 1.5", "does not fit; write a whole number from 1 to 600000."],
    ["steps:\n  - fault: modbus.slow\n    delayMs: [1]", "x.yaml:3: steps[0].delayMs: a single value is needed"],
    ["steps:\n  - fault: modbus.slow\n    delayMs:", "has no value"],
    [
      "steps:\n  - fault: opcua.kill\n    what: clients",
      "`clients` does not fit; choose one of sessions, subscriptions.",
    ],
    ["steps:\n  - fault: opcua.frozen\n    tag: 5", "`5` does not fit; write a text."],
    ["steps:\n  - { fault: opcua.cut, every: 5 }", "steps[0].every: the step would not end before it begins again"],
    ["steps:\n  - { fault: opcua.cut, every: 5, for: 6 }", "steps[0].every: the step would not end"],
    ["steps:\n  - fault: [", "x.yaml:2: "],
    ["steps:\n  - fault: opcua.cut\n    at: 1\n    at: 2", "x.yaml:4: Map keys must be unique"],
  ])("%j is refused with place, key and remedy", (source, message) => {
    expect(() => parseScenario(source, "x.yaml")).toThrow(message);
  });

  test("a file that is not there is refused", async () => {
    await expect(readScenario("nowhere.yaml")).rejects.toMatchObject({ code: "CONFIG" });
  });

  test("every scenario that lies here can be read, and each fault is in one of them", async () => {
    const files = await readdir(folder);
    expect(files.length).toBeGreaterThan(8);
    const scenarios = await Promise.all(files.map((file) => readScenario(folder + file)));
    const used = new Set(scenarios.flatMap(({ steps }) => steps.map(({ fault }) => fault.fault)));
    expect(faultNames.filter((name) => !used.has(name))).toEqual([]);
  });

  test("the reference names every fault and every key", async () => {
    const page = await readFile(fileURLToPath(new URL("../../docs/scenarios.md", import.meta.url)), "utf8");
    for (const key of Object.keys(timing)) expect(page).toContain(`\`${key}\``);
    for (const [name, { keys }] of Object.entries(faultKinds)) {
      const [, own = ""] = page.split(`### ${name}\n`);
      const section = own.split("\n### ")[0] ?? "";
      for (const key of Object.keys(keys)) expect(section, name).toContain(`\`${key}\``);
      expect(section.length, name).toBeGreaterThan(0);
    }
  });
});

const step = (at: number, length?: number, every?: number): Step => ({
  at,
  for: length,
  every,
  chance: 1,
  fault: { fault: "opcua.cut" },
});

describe("timeline", () => {
  test("a step is on from its begin until before its end, and again", () => {
    const one = step(10, 5, 20);
    const counts = [9.999, 10, 14.999, 15, 29.999, 30, 34.999, 35].map((s) => occurrenceAt(one, seconds(s))?.count);
    expect(counts).toEqual([undefined, 0, 0, undefined, undefined, 1, 1, undefined]);
  });

  test("a step without end stays on, one of no length is on at its begin", () => {
    expect(occurrenceAt(step(1), seconds(1_000_000))?.count).toBe(0);
    expect(occurrenceAt(step(1, 0), seconds(1))?.count).toBe(0);
    expect(occurrenceAt(step(1, 0), millis(1_001))).toBeUndefined();
  });

  test("walking from change to change meets every begin and end, whatever the steps", () => {
    const time = fc.integer({ min: 0, max: 3_000 }).map((ms) => ms / 1_000);
    const steps = fc.array(
      fc.tuple(time, time, time).map(([at, length, gap]) => step(at, length, length + gap + 0.001)),
      { minLength: 1, maxLength: 4 },
    );
    fc.assert(
      fc.property(steps, (all) => {
        const on = (ms: number) => all.map((one) => occurrenceAt(one, millis(ms))?.count).join();
        const changes: number[] = [];
        for (let at = millis(0); at < 4_000; ) {
          at = nextChange(all, at) ?? millis(5_000);
          changes.push(at);
        }
        // Between two changes nothing changes: looked at just behind the one and just before the other.
        for (const [i, from] of changes.entries()) {
          const to = changes[i + 1] ?? from;
          if (to - from > 2) expect(on(from + 1)).toBe(on(to - 1));
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe("player", () => {
  test("tells of every begin and end in turn, also those that it is late for", async () => {
    const clock = new ManualClock();
    const scenario = { steps: [step(1, 2), step(2, 0, 1)] };
    const player = createPlayer(scenario, clock, () => 0);
    const over = new AbortController();
    const seen: string[] = [];
    const following = player.follow(async (active) => {
      seen.push(active.map(({ step: one, count }) => `${scenario.steps.indexOf(one)}#${count}`).join(" "));
    }, over.signal);
    await clock.advance(seconds(1));
    expect(player.active()).toHaveLength(1);
    // More than one change in a single leap.
    await clock.advance(seconds(3));
    await expect.poll(() => seen).toEqual(["", "0#0", "0#0 1#0", "1#1", "1#2"]);
    over.abort();
    await following;
  });
});
