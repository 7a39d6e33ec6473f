import type { Clock } from "#shared/kit/clock.ts";
import { type DurationMs, later, millis, minutes } from "#shared/model/time.ts";
import { GroupCommit } from "../groupCommit.ts";
import type { SampleWriter } from "../port.ts";
import type { RecordsWriter } from "../records/port.ts";
import { samplesOfCall, type WriteCall, writeCall } from "../writeCall.ts";
import { lineRefusalOf } from "./lineProtocol.ts";
import { newestStored } from "./newestStored.ts";
import { InfluxServer, type InfluxTimes } from "./server.ts";
import type { InfluxAddress } from "./version.ts";
import { InfluxGroupWriter, linesPerRequest } from "./writer.ts";

export interface InfluxTuning extends InfluxTimes {
  /** A `write` waits at most this long for others to share its request. */
  readonly groupWait: DurationMs;
}

const defaultGroupWait = millis(100);
/** Source clocks may run ahead of ours: so much later than now an earlier run may have stored samples. */
const ahead = minutes(1);

export interface InfluxWriterOptions extends InfluxAddress {
  readonly clock: Clock;
  /** Keeps the names of stored batches, which InfluxDB has no transaction for. */
  readonly records: Pick<RecordsWriter, "storedBatches" | "saveStoredBatches">;
}

/**
 * Opens InfluxDB for writing; the server need not be there yet. `write` resolves when the server has the samples and
 * the records have the batches' names. Rejects with `STORE_UNAVAILABLE` (verdict retry) or `RefusedSamplesError`.
 */
export async function openInfluxWriter(
  options: InfluxWriterOptions,
  { groupWait = defaultGroupWait, ...times }: Partial<InfluxTuning> = {},
): Promise<SampleWriter> {
  const { clock, records } = options;
  const server = new InfluxServer(options, clock, times);
  const opened = later(clock.now(), ahead);
  const writer = new InfluxGroupWriter({
    server,
    records,
    clock,
    newestStored: (tags) => newestStored(server, tags, opened),
  });
  const group = new GroupCommit<WriteCall>({
    clock,
    maxWait: groupWait,
    maxSize: linesPerRequest,
    sizeOf: samplesOfCall,
    commit: (calls) => writer.commit(calls),
  });
  return {
    write: (batches, keepRefused) => group.add(writeCall(batches, keepRefused, lineRefusalOf)),
    storedBatches: async () => records.storedBatches(),
    [Symbol.asyncDispose]: () => group[Symbol.asyncDispose](),
  };
}
