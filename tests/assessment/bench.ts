import { join } from "node:path";
import { createRegistrar, type Registrar } from "../../ingest/assessment/registrar.ts";
import { createFigures } from "../../ingest/indicators/computeFigures.ts";
import type { Figures } from "../../ingest/indicators/figures.ts";
import type { Clock } from "../../shared/kit/clock.ts";
import { signingKey } from "../../shared/kit/hashChain.ts";
import { silentLog } from "../../shared/kit/log.ts";
import { calendar } from "../../shared/model/calendar.ts";
import { type Sample, type TagId, tagId } from "../../shared/model/sample.ts";
import { hours, instant, minutes } from "../../shared/model/time.ts";
import type { PlatformScoring } from "../../shared/plant/assessmentProfile.ts";
import type { Plant } from "../../shared/plant/plant.ts";
import { openEmbeddedReader, openEmbeddedWriter } from "../../shared/store/embedded/open.ts";
import { openFactsAnew } from "../../shared/store/facts/factFile.ts";
import type { SampleReader, SampleWriter } from "../../shared/store/port.ts";
import type { RecordsReader, RecordsWriter } from "../../shared/store/records/port.ts";
import { openRecordsWriter } from "../../shared/store/records/sqlite.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { plantYaml, testPlant } from "../ingest/plantFixture.ts";

export const october = calendar("Asia/Shanghai").period("2026-10");
export const closing = instant(october.to + hours(72));
export const key = signingKey(Buffer.alloc(32, 7));
/** Polled slowly: a value holds for 15 minutes. */
export const plantText = plantYaml
  .replaceAll("type: int, meaning: state", "type: int, meaning: state, gapAfterMs: 900000")
  .replaceAll("unit: kW.h, meaning: energy", "unit: kW.h, meaning: energy, gapAfterMs: 900000");
export const plant = testPlant(plantText);

/** The engine of figures, every fact made anew for each set of figures. */
export function freshFigures(reader: SampleReader, records: RecordsReader, clock: Clock, of: Plant = plant): Figures {
  const engine = createFigures({ plant: of, reader, records, file: openFactsAnew("/nowhere"), clock });
  return { of: engine.recomputed, inputs: engine.inputs, readings: engine.readings, states: engine.states };
}

export const mode = tagId({ platform: "demo", line: "chem", equipment: "r101", tag: "mode" });
export const kwh = tagId({ platform: "demo", line: "chem", equipment: "r101", tag: "kwh" });

export const good = (tag: TagId, at: number, value: number): Sample => ({
  tag,
  at: instant(at),
  quality: "good",
  value,
});

/** October of one reactor: a sample of state and register every ten minutes; productive in every third of them. */
export function octoberSamples(): readonly Sample[] {
  const samples: Sample[] = [];
  for (let at = Number(october.from), k = 0; at < october.to; at += minutes(10), k++) {
    samples.push(good(mode, at, k % 3 === 0 ? 1 : 2), good(kwh, at, 1_000 + k / 2));
  }
  return samples;
}

export interface Bench extends AsyncDisposable {
  readonly folder: string;
  readonly registrar: Registrar;
  readonly records: RecordsWriter;
  readonly samples: SampleWriter;
  readonly reader: SampleReader;
  /** What was published as official, in order. */
  readonly announced: string[];
  readonly clock: Clock;
  now: number;
}

/** A registrar over a real embedded store and real records, with October in it; the clock stands at its closing. */
export async function startBench(scoring: PlatformScoring | null = null): Promise<Bench> {
  const stack = new AsyncDisposableStack();
  const folder = stack.use(await temporaryFolder()).path;
  const state = { now: Number(closing) };
  const clock: Clock = { now: () => instant(state.now), monotonic: () => minutes(0), sleep: async () => {} };
  const file = join(folder, "ingest", "history.db");
  const samples = stack.use(await openEmbeddedWriter({ file, clock, log: silentLog }));
  const reader = stack.use(await openEmbeddedReader({ file, clock, log: silentLog }));
  const records = stack.use(await openRecordsWriter(join(folder, "ingest", "records.db")));
  await samples.write([{ name: null, samples: octoberSamples() }]);
  const announced: string[] = [];
  const make = (): Registrar =>
    createRegistrar({
      plant,
      records,
      figures: freshFigures(reader, records, clock),
      scoring,
      key,
      clock,
      log: silentLog,
      onOfficial: ({ document }) => announced.push(`${document.period} v${document.version}`),
    });
  return {
    folder,
    registrar: make(),
    records,
    samples,
    reader,
    announced,
    clock,
    get now() {
      return state.now;
    },
    set now(at) {
      state.now = at;
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
