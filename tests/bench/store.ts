import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { systemClock } from "#shared/kit/clock.ts";
import { silentLog } from "#shared/kit/log.ts";
import { type Sample, type TagId, tagId } from "#shared/model/sample.ts";
import { instant, minutes } from "#shared/model/time.ts";
import { openEmbeddedReader, openEmbeddedWriter } from "#shared/store/embedded/open.ts";
import type { StoredBatch } from "#shared/store/port.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { type Benchmark, type Figure, figure, median } from "./figure.ts";
import { influxMissing, startInflux } from "./influx.ts";

const tagCount = 60;
/** Tags whose last value is asked for at once; those beyond `tagCount` have one sample each. */
const lastCount = 2_000;
const seconds = 21_600;
const perWrite = 40;
/** Each query is asked so often; the median counts, without the first ones: a fresh process compiles what it runs. */
const repeats = 15;
const warmUps = 5;

const allTags: readonly TagId[] = Array.from({ length: lastCount }, (_, i) =>
  tagId({ platform: "bench", line: "line", equipment: `e${i >> 4}`, tag: `t${i}` }),
);
const tags = allTags.slice(0, tagCount);
const start = instant(Math.ceil(1_790_000_100_000 / 3_600_000) * 3_600_000);
const end = instant(start + seconds * 1_000);
const points = tagCount * seconds;

type Shape = "rounded" | "full mantissa";

/** A slow wave with noise; rounded as instruments round, or with every bit of a double. */
export const waveAt = (tag: number, second: number, shape: Shape): number => {
  const value = 50 + 20 * Math.sin((second + tag * 7) / 300) + ((second * 7_919 + tag * 104_729) % 97) / 200;
  return shape === "rounded" ? Math.round(value * 100) / 100 : value + Math.sin(second * 12.9898 + tag) / 97;
};

function* batches(shape: Shape): Generator<StoredBatch> {
  for (let second = 0, number = 1; second < seconds; second += perWrite, number++) {
    const samples: Sample[] = [];
    for (let s = second; s < second + perWrite; s++) {
      for (const [i, tag] of tags.entries()) {
        samples.push({ tag, at: instant(start + s * 1_000), quality: "good", value: waveAt(i, s, shape) });
      }
    }
    yield { name: { queueId: "bench", number }, samples };
  }
}

/** What only the last values are asked of: written when throughput and size have been measured. */
const lastSamples = (): readonly Sample[] =>
  allTags.slice(tagCount).map((tag, i) => ({
    tag,
    at: instant(end - 1_000),
    quality: "good",
    value: waveAt(tagCount + i, seconds, "rounded"),
  }));

/** Bytes of the pages in use: those that the hot log has left are taken by the next chunks. */
function usedBytes(file: string): number {
  using database = new DatabaseSync(file, { readOnly: true });
  const of = (pragma: string): number => Number(Object.values(database.prepare(`PRAGMA ${pragma}`).get() ?? {})[0]);
  return (of("page_count") - of("freelist_count")) * of("page_size");
}

interface Measured {
  readonly pointsPerSecond: number;
  /** Median time by query, ms. */
  readonly queries: readonly number[];
}

const queryNames = [
  "q1: 1 tag, 1 h, raw",
  "q2: 1 tag, 6 h, 1-min buckets",
  "q3: 50 tags, 6 h, 5-min buckets",
  `q4: last of ${lastCount} tags`,
] as const;

async function timed(queries: readonly (() => Promise<number>)[]): Promise<number[]> {
  const medians: number[] = [];
  for (const query of queries) {
    const times: number[] = [];
    for (let i = 0; i < warmUps + repeats; i++) {
      const begin = performance.now();
      if ((await query()) === 0) throw new Error("a query of the benchmark found nothing");
      if (i >= warmUps) times.push(performance.now() - begin);
    }
    medians.push(median(times));
  }
  return medians;
}

async function embedded(shape: Shape): Promise<Measured & { readonly bytesPerPoint: number }> {
  await using folder = await temporaryFolder();
  const options = { file: join(folder.path, "history.db"), clock: systemClock, log: silentLog };
  const begin = performance.now();
  {
    await using writer = await openEmbeddedWriter(options);
    const pending: Promise<void>[] = [];
    for (const batch of batches(shape)) {
      pending.push(writer.write([batch]));
      // A host keeps a bounded number of batches waiting, as here.
      if (pending.length > 16) await pending.shift();
    }
    await Promise.all(pending);
  }
  {
    // What a running writer seals by and by is sealed here at once, and counts.
    await using writer = await openEmbeddedWriter(options, { maxHotPoints: 0 });
    await writer.write([{ name: null, samples: [{ tag: tags[0] as TagId, at: end, quality: "good", value: 0 }] }]);
    using database = new DatabaseSync(options.file, { readOnly: true });
    const hot = database.prepare("SELECT count(*) AS n FROM hot");
    while (hot.get()?.n !== 0) await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const took = performance.now() - begin;
  const bytes = usedBytes(options.file);
  await using writer = await openEmbeddedWriter(options);
  await writer.write([{ name: null, samples: lastSamples() }]);
  await using reader = await openEmbeddedReader(options);
  const from = (hours: number) => instant(end - hours * 3_600_000);
  const [one = tags[0] as TagId] = tags;
  const rows = (found: ReadonlyMap<TagId, readonly unknown[]>) => [...found.values()].reduce((n, b) => n + b.length, 0);
  const queries = await timed([
    async () => (await reader.range(one, from(1), end, 10_000)).samples.length,
    async () => rows(await reader.buckets([one], from(6), end, minutes(1))),
    async () => rows(await reader.buckets(tags.slice(0, 50), from(6), end, minutes(5))),
    async () => (await reader.last(allTags, end)).size,
  ]);
  return {
    pointsPerSecond: (points / took) * 1_000,
    bytesPerPoint: bytes / points,
    queries,
  };
}

/** What the server takes from a bare line-protocol loop, and how it answers. Its files are packed much later: no size. */
async function influx(shape: Shape): Promise<Measured> {
  await using folder = await temporaryFolder();
  const server = await startInflux(folder.path);
  const ask = async (statement: string): Promise<number> => {
    const body = new URLSearchParams({ db: "bench", epoch: "ms", q: statement });
    const answer = await fetch(`${server.url}/query`, { method: "POST", body });
    const { results, error } = (await answer.json()) as {
      readonly results?: readonly { readonly series?: readonly { readonly values: unknown[] }[] }[];
      readonly error?: string;
    };
    if (error !== undefined) throw new Error(`InfluxDB answered ${error} to ${statement}`);
    return (results?.[0]?.series ?? []).reduce((n, { values }) => n + values.length, 0);
  };
  await ask("CREATE DATABASE bench");
  const write = async (samples: readonly Sample[]): Promise<void> => {
    const lines = samples.map(({ tag, value, at }) => `sample,id=${tag} f=${value} ${at}`).join("\n");
    const answer = await fetch(`${server.url}/write?db=bench&precision=ms`, { method: "POST", body: lines });
    if (answer.status !== 204) throw new Error(`InfluxDB answered ${answer.status}: ${await answer.text()}`);
  };
  const begin = performance.now();
  for (const { samples } of batches(shape)) await write(samples);
  const took = performance.now() - begin;
  await write(lastSamples());
  const within = (hours: number) => `time >= ${end - hours * 3_600_000}ms AND time < ${end}ms`;
  const [one] = tags;
  const fifty = tags.slice(0, 50).join("|").replaceAll("/", "\\/");
  const queries = await timed([
    () => ask(`SELECT f FROM sample WHERE id = '${one}' AND ${within(1)}`),
    () => ask(`SELECT mean(f) FROM sample WHERE id = '${one}' AND ${within(6)} GROUP BY time(1m)`),
    () => ask(`SELECT mean(f) FROM sample WHERE id =~ /^(${fifty})$/ AND ${within(6)} GROUP BY time(5m), id`),
    () => ask(`SELECT last(f) FROM sample WHERE time < ${end}ms GROUP BY id`),
  ]);
  await server[Symbol.asyncDispose]();
  return {
    pointsPerSecond: (points / took) * 1_000,
    queries,
  };
}

export const store: Benchmark = {
  summary: `Embedded store: ${tagCount} tags at 1 Hz for 6 h, durable and sealed, and queries, beside InfluxDB 1.6.`,
  run: async (say): Promise<readonly Figure[]> => {
    if (influxMissing) say(`No reference: ${influxMissing}.`);
    const figures: Figure[] = [];
    for (const shape of ["rounded", "full mantissa"] as const) {
      const ours = await embedded(shape);
      const theirs = influxMissing ? null : await influx(shape);
      const beside = (value: number | undefined) => (value === undefined ? null : { name: "InfluxDB 1.6", value });
      figures.push(
        figure(`store: durable writes, ${shape}`, ours.pointsPerSecond, "points/s", beside(theirs?.pointsPerSecond)),
        figure(`store: size, ${shape}`, ours.bytesPerPoint, "bytes/point"),
      );
      if (shape !== "rounded") continue;
      for (const [i, name] of queryNames.entries()) {
        figures.push(figure(`store: ${name}`, ours.queries[i] ?? Number.NaN, "ms", beside(theirs?.queries[i])));
      }
    }
    return figures;
  },
};
