import { join } from "node:path";
import { type Clock, systemClock } from "#shared/kit/clock.ts";
import { silentLog } from "#shared/kit/log.ts";
import { createMetrics } from "#shared/kit/metrics.ts";
import type { Plant } from "#shared/plant/plant.ts";
import type { RecordsWriter } from "#shared/store/records/port.ts";
import { openRecordsWriter } from "#shared/store/records/sqlite.ts";
import { createNotifier, type Notifier } from "../../ingest/notify/notifier.ts";
import { secretsOf } from "../../ingest/notify/secrets.ts";

export interface NotifierRig extends AsyncDisposable {
  readonly records: RecordsWriter;
  readonly notifier: Notifier;
}

/** The notifier of a plant as it runs in ingest, on records of its own in `folder`. */
export async function startNotifier(
  folder: string,
  plant: Plant,
  clock: Clock = systemClock,
  newId: () => string = counted(),
): Promise<NotifierRig> {
  await using stack = new AsyncDisposableStack();
  const records = stack.use(await openRecordsWriter(join(folder, "records.db")));
  const notifier = createNotifier({
    plant,
    records,
    env: {
      clock,
      fetch,
      ...secretsOf({}, folder),
      publish: async () => {},
      platform: plant.platform.id,
    },
    clock,
    // No round figure: waits with a fraction of a millisecond must do no harm.
    random: () => 1 / 3,
    newId,
    log: silentLog,
    metrics: createMetrics(),
  });
  if (!notifier) throw new Error("The plant has no notification.");
  const stop = new AbortController();
  const running = notifier.run(stop.signal);
  stack.defer(async () => {
    stop.abort();
    await running;
  });
  const held = stack.move();
  return { records, notifier, [Symbol.asyncDispose]: () => held.disposeAsync() };
}

/** m1, m2 and so on. */
function counted(): () => string {
  let ids = 0;
  return () => `m${++ids}`;
}
