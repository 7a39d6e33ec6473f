import { expect, test } from "vitest";
import { activeAlarms } from "../../ingest/indicators/activeAlarms.ts";
import { createIndicatorRound } from "../../ingest/indicators/round.ts";
import { silentLog } from "../../shared/kit/log.ts";
import type { IndicatorResult } from "../../shared/model/indicator.ts";
import { type Sample, type TagId, tagId } from "../../shared/model/sample.ts";
import { type DurationMs, instant, millis } from "../../shared/model/time.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { memoryReader } from "../ingest/memoryReader.ts";
import { plantYaml, testPlant } from "../ingest/plantFixture.ts";
import { figureBench, pick } from "./bench.ts";

const midnight = Date.parse("2025-05-01T00:00:00+08:00");
const minute = 60_000;
const tag = (equipment: string, name: string): TagId => tagId({ platform: "demo", line: "chem", equipment, tag: name });
const good = (id: TagId, at: number, value: number): Sample => ({ tag: id, at: instant(at), quality: "good", value });
/** The same value every ten seconds, as a heartbeat brings it; both ends included. */
const held = (id: TagId, from: number, to: number, value: number): Sample[] =>
  Array.from({ length: Math.floor((to - from) / 10_000) + 1 }, (_, i) => good(id, from + i * 10_000, value));

/** The round of today's figures over a store; `monotonic` moves by what a look is said to take. */
async function today(folder: string, plant = testPlant(), takes = millis(0)) {
  const store = memoryReader();
  const bench = await figureBench(folder, store, plant, instant(midnight));
  const published = new Map<string, readonly IndicatorResult[]>();
  let [monotonic, looks] = [0, 0];
  const round = createIndicatorRound({
    plant,
    figures: {
      calendar: bench.figures.calendar,
      of: async (...asked) => {
        looks += 1;
        monotonic += takes;
        return bench.figures.of(...asked);
      },
    },
    alarms: { listed: () => [] },
    live: { isGood: () => true },
    publisher: { indicators: (line, _at, results) => void published.set(line, results) },
    clock: { now: () => bench.now, monotonic: () => millis(monotonic), sleep: async () => {} },
    log: silentLog,
  });
  return {
    bench,
    store,
    looks: () => looks,
    rest: (ms: DurationMs): void => {
      monotonic += ms;
    },
    look: async (at: number): Promise<ReadonlyMap<string, readonly IndicatorResult[]>> => {
      bench.now = instant(at);
      await round.publish();
      return published;
    },
    [Symbol.asyncDispose]: () => bench[Symbol.asyncDispose](),
  };
}
const of = (published: ReadonlyMap<string, readonly IndicatorResult[]>, indicator: string): IndicatorResult =>
  pick(published.get("chem") ?? [], indicator, "demo/chem");

test("utilisation over two equipment, with its pair, bounds and coverage; a correction counts at once", async () => {
  await using folder = await temporaryFolder();
  await using line = await today(folder.path);
  line.store.write([
    ...held(tag("r101", "mode"), midnight, midnight + 30 * minute - 10_000, 1),
    ...held(tag("r101", "mode"), midnight + 30 * minute, midnight + 60 * minute, 2),
    ...held(tag("r102", "mode"), midnight, midnight + 30 * minute, 6),
  ]);
  const shown = of(await line.look(midnight + 60 * minute), "U-02");
  // r102 is silent after 30 min; its last state holds for 3 heartbeats = 30 s.
  expect(shown).toMatchObject({
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
  expect(shown.lower).toBeCloseTo(1_800 / (3_600 + unknown), 9);
  expect(shown.upper).toBeCloseTo((1_800 + unknown) / (3_600 + unknown), 9);
  expect(shown.coverage).toBeCloseTo(1 - unknown / 7_200, 9);

  const span = { from: instant(midnight + 30 * minute), to: instant(midnight + 45 * minute) };
  const record = {
    line: "chem",
    equipment: "r101",
    ...span,
    state: "PRD",
    reason: "seen",
    isWithdrawn: false,
  } as const;
  line.bench.records.addStateCorrections([
    { id: "c1", at: instant(midnight + 60 * minute), by: "anna", why: "seen", origin: "c1", record },
  ]);
  expect(of(await line.look(midnight + 60 * minute), "U-02")).toMatchObject({ numerator: 2_700, value: 0.75 });
});

test("no evidence is no value, and says why", async () => {
  await using folder = await temporaryFolder();
  await using line = await today(folder.path);
  const published = await line.look(midnight + minute);
  expect(of(published, "U-02")).toMatchObject({ value: null, reason: "zero_denominator", coverage: 0 });
  expect(of(published, "G-01")).toMatchObject({ value: null, reason: "no_data", coverage: 0 });
  expect(published.get("ferment")?.map(({ value, reason }) => [value, reason])).toEqual([
    [null, "no_input"],
    [null, "no_input"],
    [null, "no_input"],
  ]);
});

test("a new day begins at local midnight with the state carried in, and energy apportioned", async () => {
  await using folder = await temporaryFolder();
  await using line = await today(folder.path);
  const [mode, kwh] = [tag("r101", "mode"), tag("r101", "kwh")];
  const keep = (samples: Sample[]): void => {
    line.store.write(samples);
    line.bench.figures.stored(samples);
  };
  keep([...held(mode, midnight - minute, midnight - 5_000, 1), good(kwh, midnight - 10_000, 100)]);
  expect(of(await line.look(midnight - 1), "U-02").period).toBe("2025-04-30");
  keep([good(mode, midnight + 5_000, 1), good(kwh, midnight + 10_000, 100.2), good(kwh, midnight + 20_000, 100.3)]);
  const published = await line.look(midnight + 20_001);
  expect(of(published, "U-02")).toMatchObject({ period: "2025-05-01", numerator: 20.001, value: 1 });
  expect(of(published, "G-01").value).toBeCloseTo(0.2, 9);
});

test("active alarms, with silent instruments in the coverage", () => {
  const [from, until, to] = [instant(midnight), instant(midnight + 1), instant(midnight + 2)];
  const about = { scope: "demo/chem", period: "2025-05-01", from, to, until };
  expect(activeAlarms({ rules: 4, watched: 2, active: 1 }, about)).toMatchObject({
    value: 1,
    upper: 3,
    coverage: 0.5,
    status: "insufficient",
  });
});

test("a look that takes long is followed by nine times as much rest", async () => {
  await using folder = await temporaryFolder();
  await using line = await today(folder.path, testPlant(), millis(1_000));
  await line.look(midnight);
  line.rest(millis(8_900));
  await line.look(midnight);
  expect(line.looks()).toBe(1);
  line.rest(millis(100));
  await line.look(midnight);
  expect(line.looks()).toBe(2);
});

/** Metered energy of a register that goes from 100 to 100.2 in ten seconds, at most 50 kW being possible or not. */
async function energyWith(unit: string, power: string): Promise<IndicatorResult> {
  const yaml = plantYaml.replace("unit: kW.h", `unit: ${unit}`).replace("unit: kW,", `unit: ${power},`);
  await using folder = await temporaryFolder();
  await using line = await today(folder.path, testPlant(yaml));
  line.store.write([100, 100.05, 100.2].map((value, i) => good(tag("r101", "kwh"), midnight + i * 10_000, value)));
  return of(await line.look(midnight + 20_001), "G-01");
}

test.each([
  ["kW.h", 0.2],
  ["MJ", 0.2 / 3.6],
  ["W.h", 0.2 / 1_000],
])("a register in %s is reported in kW.h", async (unit, expected) => {
  const result = await energyWith(unit, "kW");
  expect(result.unit).toBe("kW.h");
  expect(result.value).toBeCloseTo(expected, 9);
  expect(result.lower).toBeCloseTo(expected, 9);
  expect(result.flags).toEqual([]);
});

test.each([
  ["MW.h", "kW"],
  ["kW.h", "W"],
])("what is too much for the instrument is told in the register's own unit: %s against %s", async (unit, power) => {
  expect((await energyWith(unit, power)).flags).toContain("spike");
});
