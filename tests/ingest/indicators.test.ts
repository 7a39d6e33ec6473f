import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { LineAlarms } from "../../ingest/indicators/definition.ts";
import { createIndicatorEngine } from "../../ingest/indicators/engine.ts";
import type { IndicatorResult } from "../../shared/model/indicator.ts";
import { type Sample, type TagId, tagId } from "../../shared/model/sample.ts";
import { type EpochMs, instant } from "../../shared/model/time.ts";
import { memoryReader } from "./memoryReader.ts";
import { testPlant } from "./plantFixture.ts";

const plant = testPlant();
const midnight = Date.parse("2025-05-01T00:00:00+08:00");
const minute = 60_000;
const clockAt = (ms: number) => ({ now: () => instant(ms) });
const calm: LineAlarms = { rules: 2, watched: 2, active: 0 };

const tag = (equipment: string, name: string): TagId => tagId({ platform: "demo", line: "chem", equipment, tag: name });
const good = (id: TagId, at: number, value: number): Sample => ({ tag: id, at: instant(at), quality: "good", value });
const pick = (results: ReadonlyMap<string, readonly IndicatorResult[]>, indicator: string): IndicatorResult => {
  const found = results.get("chem")?.find((result) => result.indicator === indicator);
  if (!found) throw new Error(`no ${indicator}`);
  return found;
};

/** The same value every ten seconds, as a heartbeat brings it; both ends included. */
const held = (id: TagId, from: number, to: number, value: number): Sample[] =>
  Array.from({ length: Math.floor((to - from) / 10_000) + 1 }, (_, i) => good(id, from + i * 10_000, value));

describe("today's indicators of a line", () => {
  test("utilisation over two equipment, with its pair, bounds and coverage", async () => {
    const store = memoryReader();
    store.write([
      ...held(tag("r101", "mode"), midnight, midnight + 30 * minute - 10_000, 1),
      ...held(tag("r101", "mode"), midnight + 30 * minute, midnight + 60 * minute, 2),
      ...held(tag("r102", "mode"), midnight, midnight + 30 * minute, 6),
    ]);
    const engine = createIndicatorEngine(plant, store);
    const result = pick(await engine.results(clockAt(midnight + 60 * minute), () => calm), "U-02");
    // r102 is silent after 30 min; its last state holds for 3 heartbeats = 30 s.
    expect(result).toMatchObject({
      scope: "demo/chem",
      period: "2025-05-01",
      from: midnight,
      to: midnight + 24 * 60 * minute,
      until: midnight + 60 * minute,
      unit: "1",
      numerator: 1_800,
      denominator: 3_600,
      value: 0.5,
      status: "low_coverage",
      reason: null,
    });
    const unknown = 29.5 * 60;
    expect(result.lower).toBeCloseTo(1_800 / (3_600 + unknown), 9);
    expect(result.upper).toBeCloseTo((1_800 + unknown) / (3_600 + unknown), 9);
    expect(result.coverage).toBeCloseTo(1 - unknown / 7_200, 9);
  });

  test("no evidence is no value, and says why", async () => {
    const engine = createIndicatorEngine(plant, memoryReader());
    const results = await engine.results(clockAt(midnight + minute), () => calm);
    expect(pick(results, "U-02")).toMatchObject({ value: null, reason: "zero_denominator", coverage: 0 });
    expect(pick(results, "G-01")).toMatchObject({ value: null, reason: "no_data", coverage: 0 });
    expect(results.get("ferment")?.map(({ value, reason }) => [value, reason])).toEqual([
      [null, "no_input"],
      [null, "no_input"],
      [0, null],
    ]);
  });

  test("energy counts from midnight, the interval around it apportioned", async () => {
    const store = memoryReader();
    const kwh = tag("r101", "kwh");
    store.write([
      good(kwh, midnight - 10_000, 100),
      good(kwh, midnight + 10_000, 100.2),
      good(kwh, midnight + 20_000, 100.3),
    ]);
    const result = pick(
      await createIndicatorEngine(plant, store).results(clockAt(midnight + 25_000), () => calm),
      "G-01",
    );
    expect(result.value).toBeCloseTo(0.2, 9);
    expect(result).toMatchObject({ unit: "kW.h", coverage: 1, status: "ok", flags: [] });
  });

  test("a new day begins at local midnight with the state carried in", async () => {
    const store = memoryReader();
    const mode = tag("r101", "mode");
    const engine = createIndicatorEngine(plant, store);
    const keep = (samples: Sample[]): void => {
      store.write(samples);
      engine.stored(samples);
    };
    await engine.results(clockAt(midnight - minute), () => calm);
    keep(held(mode, midnight - minute, midnight - 5_000, 1));
    expect(pick(await engine.results(clockAt(midnight - 1), () => calm), "U-02").period).toBe("2025-04-30");
    keep([good(mode, midnight + 5_000, 1)]);
    const result = pick(await engine.results(clockAt(midnight + 20_000), () => calm), "U-02");
    expect(result).toMatchObject({ period: "2025-05-01", numerator: 20, value: 1 });
  });

  test("active alarms, with silent instruments in the coverage", async () => {
    const engine = createIndicatorEngine(plant, memoryReader());
    const results = await engine.results(clockAt(midnight), () => ({ rules: 4, watched: 2, active: 1 }));
    expect(pick(results, "S-10-NOW")).toMatchObject({ value: 1, upper: 3, coverage: 0.5, status: "insufficient" });
  });
});

test("what is added up while the store is being read is of the time that has gone by, not of a future", async () => {
  const store = memoryReader();
  let now = midnight + 10_000;
  let isReading = false;
  const late = held(tag("r101", "mode"), midnight, midnight + 60 * minute, 1);
  const slow: typeof store = {
    ...store,
    last: async (tags, before) => {
      if (isReading && tags.includes(tag("r102", "mode"))) {
        now = midnight + 60 * minute;
        engine.stored(late);
      }
      return store.last(tags, before);
    },
  };
  store.write(late.slice(0, 1));
  const engine = createIndicatorEngine(plant, slow);
  await engine.results({ now: () => instant(now) }, () => calm);
  // Out of its order: what was added up of it is read anew.
  engine.stored([good(tag("r102", "mode"), midnight + 5_000, 1), good(tag("r102", "mode"), midnight + 4_000, 1)]);
  isReading = true;
  const result = pick(await engine.results({ now: () => instant(now) }, () => calm), "U-02");
  expect(result.until).toBe(midnight + 60 * minute);
});

const arrivals = fc.array(
  fc.record({
    which: fc.constantFrom(["r101", "mode"], ["r102", "mode"], ["r101", "kwh"]),
    at: fc.integer({ min: -20, max: 60 }),
    value: fc.integer({ min: 0, max: 7 }),
    isBad: fc.boolean(),
    publish: fc.boolean(),
  }),
  { maxLength: 60 },
);

test("adding up in any order of arrival equals a recomputation from the store", async () => {
  await fc.assert(
    fc.asyncProperty(arrivals, async (rows) => {
      const store = memoryReader();
      const engine = createIndicatorEngine(plant, store);
      const now = (): EpochMs => instant(midnight + 60 * 10_000);
      for (const { which, at, value, isBad, publish } of rows) {
        const [equipment = "", name = ""] = which;
        const stamp = { tag: tag(equipment, name), at: instant(midnight + at * 10_000) };
        const sample: Sample = isBad
          ? { ...stamp, quality: "bad", value: null, reason: "TIMEOUT" }
          : { ...stamp, quality: "good", value: name === "kwh" ? value * 3 + Math.max(0, at) : value };
        store.write([sample]);
        engine.stored([sample]);
        if (publish) await engine.results({ now }, () => calm);
      }
      const incremental = await engine.results({ now }, () => calm);
      const recomputed = await createIndicatorEngine(plant, store).results({ now }, () => calm);
      expect(incremental).toEqual(recomputed);
    }),
    { numRuns: 200 },
  );
});
