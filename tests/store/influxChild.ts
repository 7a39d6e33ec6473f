import { systemClock } from "#shared/kit/clock.ts";
import { messageOf } from "#shared/model/errors.ts";
import { millis } from "#shared/model/time.ts";
import { openInfluxWriter } from "#shared/store/influx/open.ts";
import { openRecordsWriter } from "#shared/store/records/sqlite.ts";
import { childBatch } from "./influxChildBatch.ts";
import { influxAt } from "./influxStub.ts";

/**
 * Writes batches to InfluxDB and prints each acknowledged number. For tests that kill it.
 * Arguments: server, database, records file, first batch number, and "before" or "after" to be killed by its own hand there: when
 * the server has the samples and the records have not yet the names of the batches, or have just got them.
 */
const [url = "", database = "", file = "", first = "1", point = ""] = process.argv.slice(2);
const records = await openRecordsWriter(file);
const die = () => process.kill(process.pid, "SIGKILL");
const writer = await openInfluxWriter(
  {
    ...influxAt(url, { database }),
    clock: systemClock,
    records: {
      storedBatches: () => records.storedBatches(),
      saveStoredBatches: (queueId, ranges) => {
        if (point === "before") die();
        records.saveStoredBatches(queueId, ranges);
        if (point === "after") die();
      },
    },
  },
  { groupWait: millis(5) },
);
/** A few at a time, as a host has them waiting. */
const workers = Array.from({ length: 4 }, async (_, worker) => {
  for (let number = Number(first) + worker; ; number += 4) {
    try {
      await writer.write([childBatch(number)]);
      process.stdout.write(`${number}\n`);
    } catch (error) {
      process.stderr.write(`${messageOf(error)}\n`);
      return;
    }
  }
});
await Promise.all(workers);
