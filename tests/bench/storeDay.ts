import { stat } from "node:fs/promises";
import { join } from "node:path";
import { systemClock } from "#shared/kit/clock.ts";
import { silentLog } from "#shared/kit/log.ts";
import { type Sample, tagId } from "#shared/model/sample.ts";
import { hours, instant } from "#shared/model/time.ts";
import { openEmbeddedReader, openEmbeddedWriter } from "#shared/store/embedded/open.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { type Benchmark, type Figure, figure } from "./figure.ts";
import { waveAt } from "./store.ts";

const tagCount = 2_000;
const daySeconds = 86_400;
const perWrite = 5;
const mib = 2 ** 20;

const tags = Array.from({ length: tagCount }, (_, i) =>
  tagId({ platform: "bench", line: "line", equipment: `e${i >> 4}`, tag: `t${i}` }),
);
const start = Math.ceil(1_790_000_100_000 / 3_600_000) * 3_600_000;

function samplesFrom(second: number): Sample[] {
  const samples: Sample[] = [];
  for (let s = second; s < second + perWrite; s++) {
    for (const [i, tag] of tags.entries()) {
      samples.push({ tag, at: instant(start + s * 1_000), quality: "good", value: waveAt(i, s, "rounded") });
    }
  }
  return samples;
}

/** A day as fast as it goes, through the writer that ingest uses; memory of the process at each quarter of the day. */
export const storeDay: Benchmark = {
  summary: `Embedded store: 24 h of ${tagCount} tags at 1 Hz, ${(tagCount * daySeconds) / 1e6} M points, and its memory. Takes minutes.`,
  onDemand: true,
  run: async (say): Promise<readonly Figure[]> => {
    await using folder = await temporaryFolder();
    const options = { file: join(folder.path, "history.db"), clock: systemClock, log: silentLog };
    const quarters: number[] = [];
    const begin = performance.now();
    {
      await using writer = await openEmbeddedWriter(options);
      const pending: Promise<void>[] = [];
      let highest = 0;
      for (let second = 0, number = 1; second < daySeconds; second += perWrite, number++) {
        pending.push(writer.write([{ name: { queueId: "day", number }, samples: samplesFrom(second) }]));
        if (pending.length > 16) await pending.shift();
        highest = Math.max(highest, process.memoryUsage.rss());
        if ((second + perWrite) % (daySeconds / 4) > 0) continue;
        quarters.push(highest / mib);
        say(
          `${quarters.length * 6} h: at most ${Math.round(highest / mib)} MiB, ${Math.round((performance.now() - begin) / 1_000)} s`,
        );
        highest = 0;
      }
      await Promise.all(pending);
    }
    const took = performance.now() - begin;
    await using reader = await openEmbeddedReader(options);
    const counts = await Promise.all(tags.map((tag) => reader.count(tag, instant(start), instant(start + hours(24)))));
    const stored = counts.reduce((sum, n) => sum + n, 0);
    if (stored !== tagCount * daySeconds) throw new Error(`${stored} of ${tagCount * daySeconds} points are stored`);
    const [first = Number.NaN] = quarters;
    return [
      figure("store, a day: durable writes", (stored / took) * 1_000, "points/s"),
      figure("store, a day: file", (await stat(options.file)).size / stored, "bytes/point"),
      ...quarters.map((most, i) =>
        figure(`store, a day: most memory, quarter ${i + 1}`, most, "MiB", { name: "quarter 1", value: first }),
      ),
    ];
  },
};
