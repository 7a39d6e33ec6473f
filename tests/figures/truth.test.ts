import { join } from "node:path";
import { expect, test } from "vitest";
import { createFigures } from "../../ingest/indicators/computeFigures.ts";
import { silentLog } from "../../shared/kit/log.ts";
import type { IndicatorResult } from "../../shared/model/indicator.ts";
import { type Sample, tagId } from "../../shared/model/sample.ts";
import { instant } from "../../shared/model/time.ts";
import { parsePlant } from "../../shared/plant/load.ts";
import type { Plant } from "../../shared/plant/plant.ts";
import { openEmbeddedReader, openEmbeddedWriter } from "../../shared/store/embedded/open.ts";
import { openFactFile } from "../../shared/store/facts/factFile.ts";
import { openRecordsWriter } from "../../shared/store/records/sqlite.ts";
import { demoPlantFile } from "../../simulators/plantFile/demo.ts";
import { startPlants } from "../../simulators/plants/registry.ts";
import { followTruth } from "../../simulators/truth/follow.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { pick } from "./bench.ts";

/** A local day, over the end of a month. */
const start = Date.parse("2026-01-31T12:00:00+08:00");
const seconds = 86_400;
const hour = 3_600;
/** The gateway is away for six hours, over midnight: what it kept comes afterwards. */
const away = [10 * hour, 16 * hour] as const;
/** An hour of one equipment that nobody can bring back. */
const lost = { equipment: "steam", from: 18 * hour, to: 19 * hour } as const;
/** A meter is replaced: the register begins anew. */
const replaced = { equipment: "chiller", at: 6 * hour + 30, initial: 5 } as const;

/** The demo's line, its meter replacement recorded. A sample a minute is no gap. */
function plantOf(text: string, final: number): Plant {
  const { plant, problems } = parsePlant(text, "plant.yaml", {});
  if (!plant) throw new Error(JSON.stringify(problems));
  const at = new Date(start + replaced.at * 1_000).toISOString();
  return {
    ...plant,
    lines: plant.lines.map((line) => ({
      ...line,
      equipment: line.equipment.map(({ energyMeter, ...equipment }) => ({
        ...equipment,
        tags: equipment.tags.map((tag) => ({ ...tag, gapAfterMs: 90_000 })),
        ...(equipment.id !== replaced.equipment && energyMeter !== undefined ? { energyMeter } : {}),
        ...(equipment.id === replaced.equipment && energyMeter !== undefined
          ? {
              meters: [
                {
                  tag: energyMeter,
                  carrier: "electricity" as const,
                  flow: "import" as const,
                  measures: "equipment" as const,
                  purchased: true,
                  multiplier: 1,
                  replacements: [{ at, final, initial: replaced.initial }],
                },
              ],
            }
          : {}),
      })),
    })),
  };
}

const e10: Readonly<Record<string, string>> = {
  idle: "SBY",
  "set-up": "SDT",
  running: "PRD",
  fault: "UDT",
  maintenance: "SDT",
};

test("figures equal the line's own truth: exactly where all is known, within their bounds where time is unknown", async () => {
  await using folder = await temporaryFolder();
  const [line] = startPlants(["fermentation"], 20_261);
  if (!line) throw new Error("no line");
  const followed = followTruth(line);
  const wanted = line.signals.flatMap((signal, i) =>
    signal.meaning === "state" || (signal.meaning === "energy" && signal.unit === "kW.h") || signal.id === "water"
      ? [{ signal, i }]
      : [],
  );
  const [live, late]: [Sample[], Sample[]] = [[], []];
  let final = Number.NaN;
  let before = followed.first;
  const take = (second: number, readings: typeof before): void => {
    for (const { signal, i } of wanted) {
      const value = readings[i]?.value;
      if (value === null || value === undefined) continue;
      const isState = signal.meaning === "state";
      // By exception with a heartbeat of a minute, as gateways report.
      if (second % 60 !== 0 && !(isState && before[i]?.value !== value)) continue;
      if (signal.equipment === lost.equipment && second > lost.from && second < lost.to) continue;
      const isReplaced =
        signal.equipment === replaced.equipment && signal.meaning === "energy" && second >= replaced.at;
      const shown = isReplaced && typeof value === "number" ? value - final + replaced.initial : value;
      const tag = tagId({ platform: "demo", line: signal.line, equipment: signal.equipment, tag: signal.id });
      const isLate = second > away[0] && second < away[1];
      (isLate ? late : live).push({ tag, at: instant(start + second * 1_000), quality: "good", value: shown });
    }
    before = readings;
  };
  take(0, followed.first);
  for (let second = 1; second <= seconds; second++) {
    const readings = followed.second();
    if (second === replaced.at) {
      const at = line.signals.findIndex(
        ({ equipment, meaning, unit }) => equipment === replaced.equipment && meaning === "energy" && unit === "kW.h",
      );
      final = Number(readings[at]?.value);
    }
    take(second, readings);
  }
  const truth = followed.truth().equipment;

  const file = join(folder.path, "history.db");
  const clock = { now: () => instant(start + seconds * 1_000 + 1), monotonic: () => 0 as never, sleep: async () => {} };
  await using writer = await openEmbeddedWriter({ file, clock, log: silentLog });
  await using reader = await openEmbeddedReader({ file, clock, log: silentLog });
  await using records = await openRecordsWriter(join(folder.path, "records.db"));
  using facts = openFactFile(join(folder.path, "facts.db"), instant(0), () => {});
  const plant = plantOf(demoPlantFile([line]), final);
  const figures = createFigures({ plant, reader, records, file: facts, clock });
  const quarter = figures.calendar.period("2026-Q1");
  const bring = async (samples: readonly Sample[]): Promise<void> => {
    for (let i = 0; i < samples.length; i += 5_000) {
      await writer.write([{ name: null, samples: samples.slice(i, i + 5_000) }]);
      figures.stored(samples.slice(i, i + 5_000));
    }
  };
  await bring(live);
  const without = await figures.of(quarter);
  await bring(late);
  const results = await figures.of(quarter);

  const scopeOf = (equipment: string) => `demo/fermentation/${equipment}`;
  const partOf = (from: readonly IndicatorResult[], equipment: string, state: string) =>
    pick(from, "U-TM", scopeOf(equipment)).parts[state] ?? 0;
  const spanS = (result: IndicatorResult) => (result.until - result.from) / 1_000;
  let [sumKwh, compared] = [0, 0];
  for (const { id, state, energyMeter, meters } of plant.lines[0]?.equipment ?? []) {
    const own = truth[id];
    if (!own) continue;
    if (energyMeter !== undefined || meters?.some(({ carrier }) => carrier === "electricity")) {
      sumKwh += own.kwh;
      expect(pick(results, "G-01", scopeOf(id)).value, `energy of ${id}`).toBeCloseTo(own.kwh, 6);
    }
    if (!state) continue;
    const byState: Record<string, number> = {};
    for (const [name, s] of Object.entries(own.stateS))
      byState[e10[name] ?? "UNK"] = (byState[e10[name] ?? "UNK"] ?? 0) + s;
    const unknown = partOf(results, id, "UNK") - (spanS(pick(results, "U-TM", scopeOf(id))) - seconds);
    for (const name of ["PRD", "SBY", "SDT", "UDT"]) {
      const [found, is] = [partOf(results, id, name), byState[name] ?? 0];
      if (id === lost.equipment) {
        expect(found, `${name} of ${id}`).toBeLessThanOrEqual(is + 90);
        expect(found + unknown, `${name} of ${id}`).toBeGreaterThanOrEqual(is - 90);
      } else expect(found, `${name} of ${id}`).toBeCloseTo(is, 2);
    }
    // The last sample before the loss holds for its 90 s.
    const lostS = id === lost.equipment ? hour - 90 : 0;
    expect(Math.abs(unknown - lostS), `unknown of ${id}`).toBeLessThan(lostS > 0 ? 60 : 0.01);
    compared++;
  }
  expect(compared).toBeGreaterThan(5);
  expect(pick(results, "G-01", "demo/fermentation").value).toBeCloseTo(sumKwh, 5);
  expect(pick(results, "G-01", scopeOf(replaced.equipment)).flags).toContain("replacement");
  expect(pick(results, "G-01", "demo").parts.water).toBeCloseTo(truth.steam?.waterM3 ?? Number.NaN, 6);
  // Before the gateway came back six hours were unknown, and the bounds held what has proved true since.
  const [early, known] = [pick(without, "U-02", scopeOf("fermenter")), pick(results, "U-02", scopeOf("fermenter"))];
  expect(early.coverage).toBeLessThan(known.coverage);
  expect(early.lower ?? 1).toBeLessThanOrEqual(known.lower ?? 0);
  expect(early.upper ?? 0).toBeGreaterThanOrEqual(known.upper ?? 1);
  // Months add up to the quarter, over a midnight without data.
  const [january, february] = [
    await figures.of(figures.calendar.period("2026-01")),
    await figures.of(figures.calendar.period("2026-02")),
  ];
  const energyOf = (from: readonly IndicatorResult[]) => pick(from, "G-01", "demo").value ?? Number.NaN;
  expect(energyOf(january) + energyOf(february)).toBeCloseTo(energyOf(results), 6);
  expect(JSON.stringify(await figures.recomputed(quarter))).toBe(JSON.stringify(results));
}, 300_000);
