import { join } from "node:path";
import { type Clock, systemClock } from "#shared/kit/clock.ts";
import { millis } from "#shared/model/time.ts";
import { type InfluxTuning, openInfluxWriter } from "#shared/store/influx/open.ts";
import type { InfluxAddress } from "#shared/store/influx/version.ts";
import type { SampleWriter } from "#shared/store/port.ts";
import { openRecordsWriter } from "#shared/store/records/sqlite.ts";
import { temporaryFolder } from "../fakes/folder.ts";

/** A writer to an InfluxDB, with records of its own. */
export interface InfluxRig extends AsyncDisposable {
  readonly writer: SampleWriter;
}

/** Opens a writer that waits for nobody, and pauses only where told. */
export async function influxWriter(
  address: InfluxAddress,
  tuning: Partial<InfluxTuning> = {},
  clock: Clock = systemClock,
): Promise<InfluxRig> {
  await using opened = new AsyncDisposableStack();
  const folder = opened.use(await temporaryFolder());
  const records = opened.use(await openRecordsWriter(join(folder.path, "records.db")));
  const writer = opened.use(
    await openInfluxWriter({ ...address, clock, records }, { groupWait: millis(1), lockedPause: millis(0), ...tuning }),
  );
  const closing = opened.move();
  return { writer, [Symbol.asyncDispose]: () => closing.disposeAsync() };
}
