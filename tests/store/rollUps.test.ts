import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { expect, test } from "vitest";
import { keepEverything } from "#shared/model/retention.ts";
import type { Sample } from "#shared/model/sample.ts";
import { hours, instant, minutes, seconds } from "#shared/model/time.ts";
import { encodeBlock } from "#shared/store/embedded/blockCodec.ts";
import { bucketsOf } from "#shared/store/embedded/bucketSums.ts";
import { ChunkWriter } from "#shared/store/embedded/chunkWriter.ts";
import { groupOf } from "#shared/store/embedded/group.ts";
import { HistoryFile } from "#shared/store/embedded/historyFile.ts";
import { historyFormat } from "#shared/store/embedded/historyFormat.ts";
import { HistoryView } from "#shared/store/embedded/historyView.ts";
import { sampleAt } from "#shared/store/embedded/points.ts";
import { rollUpOfRow } from "#shared/store/embedded/rollUp.ts";
import { bucketOf, bucketOfChunk, bucketWidth, chunkId, seriesOfChunk } from "#shared/store/embedded/schema.ts";
import { openForReading, openForWriting } from "#shared/store/sqlite/database.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { bad, good, NaiveStore, rounded, tag, uncertain } from "./samples.ts";

const hour = hours(1);
const start = Math.ceil(Date.UTC(2026, 5, 1) / hour) * hour;
const policy = { grace: seconds(45), maxHotPoints: 0 };
const damaged = () => {
  throw new Error("nothing is damaged here");
};
const opened = (path: string) => new HistoryFile(path, policy, keepEverything, damaged);
const viewOf = (path: string) => new HistoryView(openForReading(path, historyFormat) as DatabaseSync);

function seal(file: HistoryFile, steps = Number.POSITIVE_INFINITY): void {
  let left = steps;
  for (const _ of file.seal(instant(start))) if (left-- <= 0) return;
}

const sample: fc.Arbitrary<Sample> = fc
  .record({
    of: fc.constantFrom("a", "b").map(tag),
    at: fc.integer({ min: 0, max: 700 }).map((n) => start + n * 20_000), // about four hours, times met more than once
    value: fc.oneof(fc.integer({ min: -900, max: 900 }), fc.boolean(), fc.constantFrom("RUN", "IDLE")),
    kind: fc.nat(5),
  })
  .map(({ of, at, value, kind }) =>
    kind === 0 ? bad(of, at, "STALE") : kind === 1 ? uncertain(of, at, value) : good(of, at, value),
  );
const visit = fc.record({
  samples: fc.array(sample, { minLength: 1, maxLength: 60, size: "max" }),
  sealSteps: fc.constantFrom(0, 1, 3, 99),
  reopen: fc.boolean(),
});

test("roll-ups equal those of the samples, after any order, late data, overwriting, cut-off seals and reopening", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(visit, { minLength: 1, maxLength: 12, size: "max" }), async (visits) => {
      await using folder = await temporaryFolder();
      const path = join(folder.path, "history.db");
      const naive = new NaiveStore();
      let file = opened(path);
      for (const { samples, sealSteps, reopen } of visits) {
        file.commit(groupOf([{ name: null, samples }]));
        naive.write([{ name: null, samples }]);
        seal(file, sealSteps);
        if (!reopen) continue;
        file[Symbol.dispose]();
        file = opened(path);
      }
      seal(file);
      file[Symbol.dispose]();
      using database = new DatabaseSync(path);
      const tags = new Map(
        database
          .prepare("SELECT id, tag FROM series")
          .all()
          .map((row) => [row.id, row.tag]),
      );
      for (const [table, width] of [
        ["chunk", bucketWidth],
        ["hour", hour],
      ] as const) {
        const rows = database.prepare(`SELECT * FROM ${table}`).all();
        const buckets = new Set<string>();
        for (const row of rows) {
          const of = tag(String(tags.get(seriesOfChunk(Number(row.id)))).split("/")[3] ?? "");
          const from = bucketOfChunk(Number(row.id)) * width;
          buckets.add(`${of} ${from}`);
          const [expected] = naive.buckets(of, from, from + width, width);
          const all = naive.range(of, from, from + width);
          const { n, bad, min, max, sum, numeric, first, last, goodMs, ...ends } = rollUpOfRow(row);
          const mean = sum === null ? null : sum / numeric;
          const found = { t: instant(from), n, bad, min, max, mean, first, last, goodMs };
          expect(rounded([found])).toEqual(rounded(expected ? [expected] : []));
          expect(ends).toEqual({
            from: all[0]?.at,
            to: all.at(-1)?.at,
            endsGood: all.at(-1)?.quality === "good",
          });
        }
        const expected = ["a", "b"]
          .map(tag)
          .flatMap((of) => naive.buckets(of, start, start + 6 * hour, width).map(({ t }) => `${of} ${t}`));
        expect([...buckets].sort()).toEqual(expected.sort());
      }
    }),
    { numRuns: 25 },
  );
}, 120_000);

test("a year at 1,000 pixels reads the hours' roll-ups and decodes no chunk", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "history.db");
  const naive = new NaiveStore();
  const samples = Array.from({ length: 366 * 24 }, (_, i) =>
    i % 50 === 0
      ? bad(tag("a"), start + i * hour + 7, "STALE")
      : good(tag("a"), start + i * hour + 7, (i * 37) % 1_001),
  );
  naive.write([{ name: null, samples }]);
  {
    using file = opened(path);
    file.commit(groupOf([{ name: null, samples }]));
    seal(file);
  }
  {
    using database = new DatabaseSync(path);
    database.exec("UPDATE chunk SET body = zeroblob(9)");
  }
  const view = viewOf(path);
  for (const width of [hours(12), hours(24)]) {
    const [columns = new Float64Array()] = view.buckets([tag("a")], start, start + 366 * 24 * hour, width);
    const expected = naive.buckets(tag("a"), start, start + 366 * 24 * hour, width);
    expect(rounded(bucketsOf(columns))).toEqual(rounded(expected));
  }
  expect(() => view.range(tag("a"), start, start + hour, 10)).toThrow("DAMAGED");
  view.database.close();
}, 60_000);

test("widths of whole hours over edges that are not, and over hours with newer samples in the hot log", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "history.db");
  const naive = new NaiveStore();
  using file = new HistoryFile(path, { ...policy, maxHotPoints: 1_300 }, keepEverything, damaged);
  const write = (samples: readonly Sample[]) => {
    file.commit(groupOf([{ name: null, samples }]));
    naive.write([{ name: null, samples }]);
  };
  write(Array.from({ length: 1_400 }, (_, i) => good(tag("a"), start + i * minutes(1), i % 97)));
  seal(file);
  write([30.5, 30, 61, 400, 1_399, 1_500].map((m) => good(tag("a"), start + minutes(m), 5_000 + m)));
  const view = viewOf(path);
  for (const [from, to, width] of [
    [start, start + 26 * hour, hour],
    [start + minutes(7), start + minutes(1_203), hours(3)],
    [start - minutes(31), start + minutes(1_600), hours(2)],
    [start, start + hours(1_000), hours(1_000)],
  ] as const) {
    const [columns = new Float64Array()] = view.buckets([tag("a")], from, to, width);
    expect(rounded(bucketsOf(columns))).toEqual(rounded(naive.buckets(tag("a"), from, to, width)));
  }
  view.database.close();
});

test("a file of version 1 is brought to this version, its roll-ups made anew", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "history.db");
  const naive = new NaiveStore();
  const samples = Array.from({ length: 300 }, (_, i) => good(tag("a"), start + i * seconds(30), i / 10));
  naive.write([{ name: null, samples }]);
  {
    using old = openForWriting(path, { name: "history", migrations: historyFormat.migrations.slice(0, 1) }, () => {});
    old.exec(`INSERT INTO series VALUES (1, '${tag("a")}', ${bucketOf(start)}, ${bucketOf(start) + 9})`);
    const insert = old.prepare("INSERT INTO chunk VALUES (?, 30, 0, 30, 0, 0, 0, 0, 0, 0, 0, ?)");
    for (let k = 0; k < 10; k++) {
      const { points } = groupOf([{ name: null, samples: samples.slice(k * 30, k * 30 + 30) }]);
      insert.run(chunkId(bucketOf(start) + k, 1), encodeBlock({ points, series: null }));
    }
    insert.run(chunkId(bucketOf(start) + 20, 1), Uint8Array.of(1, 2, 3));
  }
  {
    using file = opened(path);
    expect(file.storedBatches().size).toBe(0);
  }
  using database = new DatabaseSync(path);
  expect(database.prepare("SELECT origin FROM damaged_block").all()).toHaveLength(1);
  const view = viewOf(path);
  for (const width of [minutes(1), bucketWidth, hour]) {
    const [columns = new Float64Array()] = view.buckets([tag("a")], start, start + hours(3), width);
    expect(rounded(bucketsOf(columns))).toEqual(rounded(naive.buckets(tag("a"), start, start + hours(3), width)));
  }
  view.database.close();
});

test("late data joins a chunk that the software of version 2 sealed", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "history.db");
  const samples = Array.from({ length: 20 }, (_, i) => good(tag("a"), start + i * seconds(30), Math.sqrt(i)));
  const [late = samples[0], ...early] = samples;
  {
    using old = openForWriting(path, { name: "history", migrations: historyFormat.migrations.slice(0, 2) }, () => {});
    const { points } = groupOf([{ name: null, samples: early }]);
    new ChunkWriter(old, damaged).merge([{ series: 1, bucket: bucketOf(start), points }]);
    old.exec(
      `INSERT INTO series (id, tag, first_bucket, last_bucket) VALUES (1, '${tag("a")}', ${bucketOf(start)}, ${bucketOf(start)})`,
    );
  }
  {
    using file = opened(path);
    file.commit(groupOf([{ name: null, samples: [late as Sample] }]));
    seal(file);
  }
  const view = viewOf(path);
  const { points } = view.range(tag("a"), start, start + hour, 100);
  expect(Array.from({ length: points.n }, (_, i) => sampleAt(tag("a"), points, i))).toEqual(samples);
  view.database.close();
});
