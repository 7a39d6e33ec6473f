import { systemClock } from "#shared/kit/clock.ts";
import { silentLog } from "#shared/kit/log.ts";
import { messageOf } from "#shared/model/errors.ts";
import { seconds } from "#shared/model/time.ts";
import { openEmbeddedWriter } from "#shared/store/embedded/open.ts";
import { batch, good, tag } from "./samples.ts";

/**
 * Writes batches until one is rejected; prints each acknowledged number, and the error. For tests that kill it.
 * Arguments: file, first batch number, samples per batch, points in the hot log that make it seal.
 */
const [file = "", first = "1", size = "200", maxHotPoints = "1500"] = process.argv.slice(2);
const writer = await openEmbeddedWriter(
  { file, clock: systemClock, log: silentLog },
  { maxHotPoints: Number(maxHotPoints), grace: seconds(1) },
);
const start = Date.UTC(2026, 5, 1);
/** A few at a time, as a host has them waiting. */
const workers = Array.from({ length: 4 }, async (_, worker) => {
  for (let number = Number(first) + worker; ; number += 4) {
    const samples = Array.from({ length: Number(size) }, (_, i) =>
      good(tag(`t${i % 20}`), start + (number * Number(size) + i) * 500, number + i / 1_000),
    );
    try {
      await writer.write([batch(samples, { queueId: "q", number })]);
      process.stdout.write(`${number}\n`);
    } catch (error) {
      process.stdout.write(`${messageOf(error)}\n`);
      return;
    }
  }
});
await Promise.all(workers);
await writer[Symbol.asyncDispose]();
