import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { systemClock } from "#shared/kit/clock.ts";
import { silentLog } from "#shared/kit/log.ts";
import { type Sample, type TagId, tagId } from "#shared/model/sample.ts";
import { instant } from "#shared/model/time.ts";
import { openEmbeddedWriter } from "#shared/store/embedded/open.ts";
import type { StoredBatch } from "#shared/store/port.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { type Benchmark, type Figure, figure } from "./figure.ts";
import { influxMissing, startInflux } from "./influx.ts";

const tagCount = 500;
const seconds = 2_400;
const perWrite = 5;

const tags: readonly TagId[] = Array.from({ length: tagCount }, (_, i) =>
  tagId({ platform: "bench", line: "line", equipment: `e${i >> 4}`, tag: `t${i}` }),
);
const start = instant(1_790_000_100_000);

/** A slow wave with noise, rounded as instruments round. */
const waveAt = (tag: number, second: number): number =>
  Math.round((50 + 20 * Math.sin((second + tag * 7) / 300) + ((second * 7_919 + tag * 104_729) % 97) / 200) * 100) /
  100;

function* batches(): Generator<readonly StoredBatch[]> {
  for (let second = 0, number = 1; second < seconds; second += perWrite, number++) {
    const samples: Sample[] = [];
    for (let s = second; s < second + perWrite; s++) {
      for (const [i, tag] of tags.entries()) {
        samples.push({ tag, at: instant(start + s * 1_000), quality: "good", value: waveAt(i, s) });
      }
    }
    yield [{ name: { queueId: "bench", number }, samples }];
  }
}

const folderBytes = async (folder: string): Promise<number> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const sizes = entries.filter((e) => e.isFile()).map(async (e) => (await stat(join(e.parentPath, e.name))).size);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
};

interface Measured {
  readonly pointsPerSecond: number;
  readonly bytesPerPoint: number;
}

async function embedded(): Promise<Measured> {
  await using folder = await temporaryFolder();
  const writer = await openEmbeddedWriter({
    file: join(folder.path, "history.db"),
    clock: systemClock,
    log: silentLog,
  });
  const begin = performance.now();
  const pending: Promise<void>[] = [];
  for (const batch of batches()) {
    pending.push(writer.write(batch));
    // A host keeps a bounded number of batches waiting, as here.
    if (pending.length > 16) await pending.shift();
  }
  await Promise.all(pending);
  const took = performance.now() - begin;
  await writer[Symbol.asyncDispose]();
  const points = tagCount * seconds;
  return { pointsPerSecond: (points / took) * 1_000, bytesPerPoint: (await folderBytes(folder.path)) / points };
}

/** What the server takes from a bare line-protocol loop. */
async function influx(): Promise<Measured> {
  await using folder = await temporaryFolder();
  const server = await startInflux(folder.path);
  await fetch(`${server.url}/query?q=${encodeURIComponent("CREATE DATABASE bench")}`, { method: "POST" });
  const begin = performance.now();
  for (const [batch] of batches()) {
    const lines = (batch?.samples ?? []).map(({ tag, value, at }) => `tag,id=${tag} f=${value} ${at}`).join("\n");
    const answer = await fetch(`${server.url}/write?db=bench&precision=ms`, { method: "POST", body: lines });
    if (answer.status !== 204) throw new Error(`InfluxDB answered ${answer.status}: ${await answer.text()}`);
  }
  const took = performance.now() - begin;
  await server[Symbol.asyncDispose]();
  const points = tagCount * seconds;
  return { pointsPerSecond: (points / took) * 1_000, bytesPerPoint: (await folderBytes(folder.path)) / points };
}

export const store: Benchmark = {
  summary: `Embedded store: ${tagCount} tags for ${seconds} s, durable, beside InfluxDB 1.6.`,
  run: async (say): Promise<readonly Figure[]> => {
    const ours = await embedded();
    if (influxMissing) say(`No reference: ${influxMissing}.`);
    const theirs = influxMissing ? null : await influx();
    const beside = (value: number | undefined) => (value === undefined ? null : { name: "InfluxDB 1.6", value });
    return [
      figure("store: durable writes", ours.pointsPerSecond, "points/s", beside(theirs?.pointsPerSecond)),
      figure("store: size (WAL included)", ours.bytesPerPoint, "bytes/point", beside(theirs?.bytesPerPoint)),
    ];
  },
};
