import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { CodedError } from "#shared/model/errors.ts";
import { keepEverything } from "#shared/model/retention.ts";
import type { Sample, TagValue } from "#shared/model/sample.ts";
import { instant, minutes, seconds } from "#shared/model/time.ts";
import { bucketsOf } from "#shared/store/embedded/bucketSums.ts";
import { groupOf } from "#shared/store/embedded/group.ts";
import { HistoryFile } from "#shared/store/embedded/historyFile.ts";
import { historyFormat } from "#shared/store/embedded/historyFormat.ts";
import { HistoryView } from "#shared/store/embedded/historyView.ts";
import { sampleAt } from "#shared/store/embedded/points.ts";
import { bucketWidth } from "#shared/store/embedded/schema.ts";
import type { StoredBatch } from "#shared/store/port.ts";
import { ReaderFile } from "#shared/store/sqlite/readerFile.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { bad, good, NaiveStore, rounded, tag, uncertain } from "./samples.ts";

/**
 * The embedded store against a naive one, over random histories: samples in any order over some buckets, overwritten,
 * redelivered, far in the future, with clock jumps, seals cut off at any step, and the file reopened in between.
 */
const start = Date.UTC(2026, 5, 1, 8);
const span = 4 * bucketWidth;
const tags = ["a", "b", "c"].map(tag);
const policy = { grace: seconds(45), maxHotPoints: 60 };

const value = fc.oneof<fc.Arbitrary<TagValue>[]>(
  fc.integer({ min: -5_000, max: 5_000 }).map((n) => n / 100),
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e12, max: 1e12 }),
  fc.boolean(),
  fc.constantFrom("RUN", "IDLE", "配料"),
);
const time = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: 0, max: span / 10_000 }).map((n) => start + n * 10_000) },
  { weight: 3, arbitrary: fc.constantFrom(0, bucketWidth, 2 * bucketWidth).map((n) => start + n) },
  { weight: 1, arbitrary: fc.constantFrom(1, start - 365 * 86_400_000, start + 50 * 365 * 86_400_000) },
);
const sample: fc.Arbitrary<Sample> = fc
  .record({ of: fc.constantFrom(...tags), at: time, value, kind: fc.nat(5) })
  .map(({ of, at, value, kind }) =>
    kind === 0 ? bad(of, at, "STALE") : kind === 1 ? uncertain(of, at, value, "TIMEOUT") : good(of, at, value),
  );

type Step =
  | { readonly do: "write"; readonly number: number; readonly samples: readonly Sample[] }
  | { readonly do: "seal"; readonly steps: number; readonly later: number; readonly during: readonly Sample[] }
  | { readonly do: "reopen" }
  | { readonly do: "look"; readonly from: number; readonly length: number; readonly width: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("write" as const),
      number: fc.integer({ min: 1, max: 12 }), // few numbers, so that batches are redelivered often
      samples: fc.array(sample, { minLength: 1, maxLength: 25, size: "max" }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("seal" as const),
      steps: fc.constantFrom(0, 1, 2, 99),
      later: fc.nat(25),
      during: fc.array(sample, { maxLength: 8, size: "max" }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("reopen" as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("look" as const),
      from: fc.integer({ min: -1_000_000, max: span }),
      length: fc.nat(span),
      width: fc.constantFrom(1_000, 77_777, bucketWidth / 3, bucketWidth, 3 * bucketWidth),
    }),
  },
);

const damaged = (error: CodedError): never => {
  throw error;
};

/** Seals as the writer's thread does, with a commit between two steps; gives up after some, as a crash would. */
function seal(file: HistoryFile, now: number, steps: number, between: () => void = () => {}): void {
  let left = steps;
  for (const _ of file.seal(instant(now))) {
    if (left === steps) between();
    if (left-- <= 0) return;
  }
}

function lookAt(view: HistoryView, naive: NaiveStore, from: number, to: number, width: number): void {
  const columns = view.buckets(tags, from, to, width);
  for (const [i, of] of tags.entries()) {
    const expected = naive.range(of, from, to);
    const { points, more } = view.range(of, from, to, 10_000);
    expect(Array.from({ length: points.n }, (_, k) => sampleAt(of, points, k))).toEqual(expected);
    expect(more).toBe(false);
    const limited = view.range(of, from, to, 3);
    expect([limited.points.n, limited.more]).toEqual([Math.min(3, expected.length), expected.length > 3]);
    expect(view.count(of, from, to)).toBe(expected.length);
    expect(rounded(bucketsOf(columns[i] as Float64Array))).toEqual(rounded(naive.buckets(of, from, to, width)));
    for (const before of [from, to]) {
      const [last] = view.last([of], before);
      expect(last && last.n > 0 ? sampleAt(of, last, 0) : undefined).toEqual(naive.last(of, before));
    }
  }
}

test("any history reads as a naive store would answer", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40, size: "max" }), async (steps) => {
      await using folder = await temporaryFolder();
      const path = join(folder.path, "history.db");
      const naive = new NaiveStore();
      let file = new HistoryFile(path, policy, keepEverything, damaged);
      using reader = new ReaderFile(path, historyFormat, (database) => new HistoryView(database));
      let now = start + bucketWidth;
      for (const one of steps) {
        switch (one.do) {
          case "write": {
            const batches: StoredBatch[] = [{ name: { queueId: "q", number: one.number }, samples: one.samples }];
            file.commit(groupOf(batches));
            naive.write(batches);
            break;
          }
          case "seal":
            now += minutes(one.later);
            seal(file, now, one.steps, () => {
              const batches = [{ name: null, samples: one.during }];
              file.commit(groupOf(batches));
              naive.write(batches);
            });
            break;
          case "reopen":
            file[Symbol.dispose]();
            file = new HistoryFile(path, policy, keepEverything, damaged);
            break;
          case "look":
            lookAt(reader.current() as HistoryView, naive, start + one.from, start + one.from + one.length, one.width);
        }
      }
      lookAt(reader.current() as HistoryView, naive, 0, start + 100 * 365 * 86_400_000, 1e12);
      seal(file, now + 10 * bucketWidth, 1_000);
      lookAt(reader.current() as HistoryView, naive, 0, start + span, bucketWidth);
      file[Symbol.dispose]();
    }),
    { numRuns: 60 },
  );
}, 120_000);

test("a sealed history holds nothing back: not for late data, not for samples far in the future", async () => {
  await using folder = await temporaryFolder();
  using file = new HistoryFile(
    join(folder.path, "history.db"),
    { ...policy, maxHotPoints: 1e6 },
    keepEverything,
    damaged,
  );
  using reader = new ReaderFile(
    join(folder.path, "history.db"),
    historyFormat,
    (database) => new HistoryView(database),
  );
  const now = start + 60_000;
  const samples = [start - 9e8, start - 1, start, now, start + 40 * 365 * 86_400_000].map((at) =>
    good(tag("a"), at, 1),
  );
  file.commit(groupOf([{ name: null, samples }]));
  seal(file, now, 1_000);
  const { database } = reader.current() as HistoryView;
  expect(database.prepare("SELECT sum(n) AS n FROM hot").get()?.n).toBe(2); // the open bucket's two
  expect(database.prepare("SELECT count(*) AS n FROM chunk").get()?.n).toBe(3);
  seal(file, start + bucketWidth + policy.grace, 1_000);
  expect(database.prepare("SELECT count(*) AS n FROM hot").get()?.n).toBe(0);
});

test("a check that throws ends a query between two chunks, and the view goes on", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "history.db");
  using file = new HistoryFile(path, { ...policy, maxHotPoints: 0 }, keepEverything, damaged);
  using reader = new ReaderFile(path, historyFormat, (database) => new HistoryView(database));
  const samples = Array.from({ length: 12 }, (_, i) => good(tag("a"), start + i * bucketWidth, i));
  file.commit(groupOf([{ name: null, samples }]));
  seal(file, start, 1_000);
  const view = reader.current() as HistoryView;
  let checks = 0;
  const nobodyWaits = () => {
    if (++checks === 3) throw new Error("nobody waits");
  };
  expect(() => view.range("p/l/e/a", start, start + 1e9, 100, nobodyWaits)).toThrow("nobody waits");
  expect(checks).toBe(3);
  expect(view.count("p/l/e/a", start, start + 1e9)).toBe(12);
});
