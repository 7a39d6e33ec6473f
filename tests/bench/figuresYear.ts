import { join } from "node:path";
import { systemClock } from "#shared/kit/clock.ts";
import { silentLog } from "#shared/kit/log.ts";
import { type Sample, tagId } from "#shared/model/sample.ts";
import { instant } from "#shared/model/time.ts";
import { parsePlant } from "#shared/plant/load.ts";
import { openEmbeddedReader, openEmbeddedWriter } from "#shared/store/embedded/open.ts";
import { openFactFile } from "#shared/store/facts/factFile.ts";
import { openRecordsWriter } from "#shared/store/records/sqlite.ts";
import { createFigures } from "../../ingest/indicators/computeFigures.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { type Benchmark, type Figure, figure } from "./figure.ts";

const machines = 60;
const minute = 60_000;
const start = Date.parse("2025-01-01T00:00:00+08:00");

const ids = Array.from({ length: machines }, (_, i) => `m${i + 1}`);
const plantText = `
platform: { id: bench, name: { zh: 基准 } }
gateways: [{ id: edge }]
devices: [{ id: plc, gateway: edge, protocol: modbus, connection: { host: 127.0.0.1 } }]
gridRegion: shandong
lines:
  - id: line
    name: { zh: 线 }
    equipment:
${ids
  .map(
    (id) => `      - id: ${id}
        name: { zh: ${id} }
        kind: machine
        state: { tag: state, map: { 0: SBY, 1: PRD, 2: SDT, 3: UDT } }
        energyMeter: energy
        tags:
          - { id: state, name: { zh: 状态 }, device: plc, address: { table: holding, register: ${ids.indexOf(id) * 8}, format: uint16 }, type: int, gapAfterMs: 900000 }
          - { id: energy, name: { zh: 电能 }, device: plc, address: { table: holding, register: ${ids.indexOf(id) * 8 + 2}, format: float64 }, unit: kW.h, gapAfterMs: 900000 }`,
  )
  .join("\n")}
`;

/** A year, or as many days as PILOTLINE_BENCH_DAYS says, from raw samples and then from kept facts. */
export const figuresYear: Benchmark = {
  summary: `Figures: a year of ${machines} equipment (state each 2 min, register each minute), from samples and from facts. Takes minutes.`,
  onDemand: true,
  run: async (say): Promise<readonly Figure[]> => {
    const days = Number(process.env.PILOTLINE_BENCH_DAYS ?? 365);
    const { plant, problems } = parsePlant(plantText, "bench.yaml", {});
    if (!plant) throw new Error(JSON.stringify(problems));
    await using folder = await temporaryFolder();
    const file = join(folder.path, "history.db");
    const options = { file, clock: systemClock, log: silentLog };
    await using writer = await openEmbeddedWriter(options);
    for (let day = 0; day < days; day++) {
      const samples: Sample[] = [];
      for (const [m, equipment] of ids.entries()) {
        const [state, energy] = ["state", "energy"].map((tag) =>
          tagId({ platform: "bench", line: "line", equipment, tag }),
        );
        if (!state || !energy) continue;
        for (let i = 0; i < 1_440; i++) {
          const n = day * 1_440 + i;
          const at = instant(start + n * minute);
          samples.push({ tag: energy, at, quality: "good", value: n / 10 + m });
          if (i % 2 === 0) samples.push({ tag: state, at, quality: "good", value: (n / 2 + m) % 4 });
        }
      }
      await writer.write([{ name: { queueId: "bench", number: day + 1 }, samples }]);
      if ((day + 1) % 30 === 0) say(`${day + 1} days written`);
    }
    await using reader = await openEmbeddedReader(options);
    await using records = await openRecordsWriter(join(folder.path, "records.db"));
    using facts = openFactFile(join(folder.path, "facts.db"), instant(0), () => {});
    const clock = { ...systemClock, now: () => instant(start + days * 86_400_000) };
    const year = async (): Promise<number> => {
      const engine = createFigures({ plant, reader, records, file: facts, clock });
      const begin = performance.now();
      await engine.of(engine.calendar.period("2025"));
      const took = (performance.now() - begin) / 1_000;
      // Once more with the days trusted: what a page waits for.
      const again = performance.now();
      await engine.of(engine.calendar.period("2025"));
      say(`${took.toFixed(1)} s, again ${((performance.now() - again) / 1_000).toFixed(2)} s`);
      return (performance.now() - again) / 1_000;
    };
    const begin = performance.now();
    const fromFacts = await year();
    const fromRaw = (performance.now() - begin) / 1_000 - fromFacts;
    return [figure(`${days} days from samples`, fromRaw, "s"), figure(`${days} days from facts`, fromFacts, "s")];
  },
};
