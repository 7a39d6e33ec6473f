import { writeSync } from "node:fs";
import { systemClock } from "#shared/kit/clock.ts";
import { silentLog } from "#shared/kit/log.ts";
import { millis } from "#shared/model/time.ts";
import { openEmbeddedWriter } from "#shared/store/embedded/open.ts";
import { openInfluxWriter } from "#shared/store/influx/open.ts";
import { openRecordsWriter } from "#shared/store/records/sqlite.ts";
import { RefusedSamplesError } from "#shared/store/refused.ts";
import { sampleLetter } from "../../ingest/host/deadLetters.ts";
import { influxAt } from "./influxStub.ts";
import { refusedBatch } from "./refusedBatch.ts";

/**
 * Writes one batch, a sample of which the store refuses, and keeps that one in the dead letter. For tests that kill it
 * at a failpoint; prints what came of it. Arguments: records file, store, history file or server, database, newest time.
 */
const [recordsFile = "", store = "", place = "", database = "", newest = ""] = process.argv.slice(2);
const clock = systemClock;
const records = await openRecordsWriter(recordsFile);
const tuning = { groupWait: millis(0) };
const writer =
  store === "embedded"
    ? await openEmbeddedWriter({ file: place, clock, log: silentLog }, tuning)
    : await openInfluxWriter({ ...influxAt(place, { database }), clock, records }, tuning);
try {
  await writer.write([refusedBatch(Number(newest))], (refused) =>
    records.appendDeadLetters(refused.map(({ sample, why }) => sampleLetter(sample, why, clock.now()))),
  );
} catch (error) {
  if (!(error instanceof RefusedSamplesError)) throw error;
  writeSync(1, `refused ${error.refused.length}\n`);
}
await writer[Symbol.asyncDispose]();
await records[Symbol.asyncDispose]();
