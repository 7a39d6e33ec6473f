import fc from "fast-check";
import { expect, test } from "vitest";
import type { TagStatistics } from "#shared/model/live.ts";
import type { Sample } from "#shared/model/sample.ts";
import { instant } from "#shared/model/time.ts";
import type { SampleReader } from "#shared/store/port.ts";
import { answerStatistics, HeldStatistics } from "../../dashboard/server/history/statistics.ts";
import { temp, testView } from "./plant.ts";
import { bad, good } from "./samples.ts";
import { startServer } from "./server.ts";

const [first] = testView().lines.flatMap(({ equipment }) => equipment.flatMap(({ tags }) => tags));
if (!first) throw new Error("The test plant has no tag.");
const info = { ...first, gapAfterMs: 30 };
const uncertain = (at: number, value: number): Sample => ({ ...good(at, value), quality: "uncertain" }) as Sample;
const figuresOf = (samples: readonly Sample[], from: number, to: number, stillHolds = false): TagStatistics => {
  const figures = new HeldStatistics(info, instant(from), instant(to));
  for (const sample of samples) figures.add(sample);
  return figures.finish(stillHolds);
};

test("a value weighs by the time for which it holds", () => {
  // 10 for 1 ms, 20 for 9 ms: sample by sample the mean would be 15.
  const found = figuresOf([good(0, 10), good(1, 20), good(10, 99)], 0, 10);
  expect(found).toMatchObject({ samples: 2, knownMs: 10, min: 10, max: 20, mean: 19, first: 10, last: 20 });
  expect(found.deviation).toBeCloseTo(3, 12);
});

test("what holds when the range begins counts; its edges cut; the value behind the range does not", () => {
  expect(figuresOf([good(-5, 4), good(5, 8), good(25, 1_000)], 0, 20)).toMatchObject({
    ...{ samples: 1, knownMs: 20, min: 4, max: 8, first: 4, last: 8 },
    mean: (4 * 5 + 8 * 15) / 20,
  });
});

test("a silence beyond the limit, a bad sample and an open end weigh nothing", () => {
  expect(figuresOf([good(0, 1), good(31, 5), bad(40), good(50, 7)], 0, 60)).toMatchObject({
    ...{ samples: 4, knownMs: 9, min: 5, max: 5, mean: 5, deviation: 0, first: null, last: null },
  });
  expect(figuresOf([good(0, 1), good(31, 5), bad(40), good(50, 7)], 0, 60, true)).toMatchObject({
    knownMs: 19,
    last: 7,
  });
  expect(figuresOf([bad(0)], 0, 60, true)).toMatchObject({ knownMs: 0, min: null, mean: null, deviation: null });
  expect(figuresOf([uncertain(0, 3), good(10, 4), good(20, 4)], 0, 20)).toMatchObject({ knownMs: 20, uncertainMs: 10 });
});

test("equals a look at every single millisecond", () => {
  const sample = fc.tuple(
    fc.integer({ min: 1, max: 45 }),
    fc.integer({ min: -50, max: 50 }),
    fc.constantFrom("g", "g", "b"),
  );
  fc.assert(
    fc.property(fc.array(sample, { minLength: 1, maxLength: 30 }), (steps) => {
      let at = -20;
      const samples = steps.map(([step, value, kind]) => {
        at += step;
        return kind === "g" ? good(at, value) : bad(at);
      });
      const [from, to] = [0, 400];
      const values: number[] = [];
      for (let ms = from; ms < to; ms++) {
        const k = samples.findLastIndex((one) => one.at <= ms);
        const [held, next] = [samples[k], samples[k + 1]];
        if (held?.quality === "good" && next && next.at - held.at <= info.gapAfterMs) values.push(Number(held.value));
      }
      const found = figuresOf(samples, from, to);
      expect(found.knownMs).toBe(values.length);
      if (values.length === 0) {
        expect(found.mean).toBeNull();
        return;
      }
      const mean = values.reduce((sum, one) => sum + one, 0) / values.length;
      const variance = values.reduce((sum, one) => sum + (one - mean) ** 2, 0) / values.length;
      expect(found.mean).toBeCloseTo(mean, 9);
      expect(found.deviation).toBeCloseTo(Math.sqrt(variance), 6);
      expect([found.min, found.max]).toEqual([Math.min(...values), Math.max(...values)]);
    }),
  );
});

test("the server reads every sample, however many, and ends at now", async () => {
  await using server = await startServer();
  const now = Date.now();
  const start = now - 6_000_000;
  const samples = Array.from({ length: 6_000 }, (_, i) => good(start + i * 1_000, i % 2 === 0 ? 1 : 3));
  await server.samples.write([{ name: null, samples }]);
  const cookie = await server.cookieOf("viewer");
  const ask = async (from: number, to: number) => {
    const reply = await server.app.inject({
      url: `/api/history/statistics?tag=${temp}&from=${from}&to=${to}`,
      headers: { cookie },
    });
    return { status: reply.statusCode, found: reply.json<TagStatistics>() };
  };
  expect((await ask(start + 500, start + 5_500_500)).found).toEqual({
    ...{ tag: temp, from: start + 500, to: start + 5_500_500, samples: 5_500, knownMs: 5_500_000, uncertainMs: 0 },
    ...{
      min: 1,
      max: 3,
      mean: expect.closeTo(2, 9),
      deviation: expect.closeTo(1, 9),
      first: 1,
      last: 1,
      thinned: false,
    },
  });
  const open = (await ask(now - 5_000, now + 60_000)).found;
  expect(open.to).toBeLessThan(now + 30_000);
  expect(open.knownMs).toBe(open.to - (now - 5_000));
  expect((await ask(now + 60_000, now + 70_000)).found).toMatchObject({ samples: 0, knownMs: 0, mean: null });
  expect((await ask(now, now)).status).toBe(400);
});

test("of a thinned part only the extremes are told; too many samples are refused, and whoever leaves ends the work", async () => {
  const [from, to] = [instant(0), instant(1_000)];
  let reads = 0;
  const reader = (count: number, thinned: boolean): SampleReader => ({
    tags: async () => [],
    count: async () => count,
    last: async () => new Map(),
    range: async () => {
      reads++;
      return { samples: [good(reads, 1)], more: true, thinned };
    },
    buckets: async () => new Map([[temp, [{ t: from, n: 7, bad: 1, min: -2, max: 9, mean: 3, first: 1, last: 4 }]]]),
    [Symbol.asyncDispose]: async () => {},
  });
  const never = new AbortController().signal;
  const sources = (samples: SampleReader) => ({ samples, now: instant(5_000) });
  expect(await answerStatistics(info, from, to, sources(reader(8, true)), never)).toMatchObject({
    ...{ samples: 8, min: -2, max: 9, mean: null, deviation: null, thinned: true },
  });
  await expect(answerStatistics(info, from, to, sources(reader(3_000_001, false)), never)).rejects.toThrow(
    /shorter range/,
  );
  const leaving = new AbortController();
  leaving.abort();
  reads = 0;
  await expect(answerStatistics(info, from, to, sources(reader(8, false)), leaving.signal)).rejects.toThrow();
  expect(reads).toBe(1);
});
