import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createFigures, type FigureEngine, type FiguresParts } from "../../ingest/indicators/computeFigures.ts";
import type { IndicatorResult } from "../../shared/model/indicator.ts";
import { type EpochMs, instant } from "../../shared/model/time.ts";
import { parsePlant } from "../../shared/plant/load.ts";
import type { Plant } from "../../shared/plant/plant.ts";
import { openFactFile } from "../../shared/store/facts/factFile.ts";
import type { SampleReader } from "../../shared/store/port.ts";
import type { RecordsWriter } from "../../shared/store/records/port.ts";
import { openRecordsWriter } from "../../shared/store/records/sqlite.ts";

/** The plant of the case file that has every key of figures. */
export function figuresPlant(): Plant {
  const file = "tests/cases/plant/figures.good.yaml";
  const parsed = parsePlant(readFileSync(file, "utf8"), file, {});
  if (!parsed.plant) throw new Error(JSON.stringify(parsed.problems));
  return parsed.plant;
}

export interface FigureBench extends AsyncDisposable {
  readonly records: RecordsWriter;
  readonly figures: FigureEngine;
  now: EpochMs;
  /** Another engine over the same store and records, its facts made anew. */
  fresh(): FigureEngine;
}

/** Figures over a store, with records and facts in files of `folder`. */
export async function figureBench(
  folder: string,
  reader: SampleReader,
  plant: Plant,
  now: EpochMs,
  more: Partial<FiguresParts> = {},
): Promise<FigureBench> {
  const stack = new AsyncDisposableStack();
  const records = stack.use(await openRecordsWriter(join(folder, "records.db")));
  let made = 0;
  const engine = (): FigureEngine => {
    const file = stack.use(openFactFile(join(folder, `facts-${made++}.db`), instant(0), () => {}));
    const clock = { now: () => bench.now, monotonic: () => 0 as never, sleep: async () => {} };
    return createFigures({ plant, reader, records, file, clock, ...more });
  };
  const bench: FigureBench = {
    records,
    now,
    get figures() {
      return figures;
    },
    fresh: engine,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
  const figures = engine();
  return bench;
}

export function pick(results: readonly IndicatorResult[], indicator: string, scope: string): IndicatorResult {
  const found = results.find((result) => result.indicator === indicator && result.scope === scope);
  if (!found) throw new Error(`no ${indicator} of ${scope}`);
  return found;
}
