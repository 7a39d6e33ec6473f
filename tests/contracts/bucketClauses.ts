import { expect } from "vitest";
import type { Sample, TagValue } from "#shared/model/sample.ts";
import { hours, instant, millis, minutes } from "#shared/model/time.ts";
import type { SampleReader, SampleWriter } from "#shared/store/port.ts";
import { bad, batch, good, NaiveStore, rounded, tag, uncertain, withoutGoodTime } from "../store/samples.ts";

/** One promise of a sample store, on an empty store of its own. */
export type Clause = (
  title: string,
  body: (store: { writer: SampleWriter; reader: SampleReader }) => Promise<void>,
) => void;

/** Some instant on no edge. */
export const contractStart = Date.UTC(2026, 5, 1, 7, 53, 20, 123);
export const always = instant(Date.UTC(2100, 0, 1));

const t0 = contractStart;
const at = instant;

/** What every sample store promises of its buckets: exact sums, no missed peak, half-open edges, good time. */
export function bucketClauses(clause: Clause): void {
  clause("buckets equal a naive computation, late data included", async ({ writer, reader }) => {
    const naive = new NaiveStore();
    const kinds = ["numbers", "booleans", "texts", "mixed"];
    const samplesOf = (step: number): Sample[] =>
      kinds.flatMap((kind, k) =>
        Array.from({ length: 200 }, (_, i) => {
          const when = t0 + i * 31_000 + (step % 2 === 0 ? 0 : 7_000) + k;
          const noise = (i * 7_919 + step * 104_729) % 97;
          if (noise % 11 === 0) return bad(tag(kind), when, "STALE");
          const value = [noise / 10, noise % 2 === 0, `s${noise % 5}`][kind === "mixed" ? i % 3 : k] as TagValue;
          return noise % 13 === 0 ? uncertain(tag(kind), when, value, "STALE") : good(tag(kind), when, value);
        }),
      );
    for (const step of [2, 1, 4]) {
      const batches = [batch(samplesOf(step), { queueId: "q", number: step })];
      await writer.write(batches);
      naive.write(batches);
    }
    const tags = [...kinds, "nowhere"].map(tag);
    for (const [from, to, width] of [
      [t0, t0 + hours(2), minutes(5)],
      [t0 - 12_345, t0 + minutes(61), millis(77_777)],
      [t0 + 5, t0 + 1_000_005, minutes(15)],
      [0, always, hours(1_000_000)],
    ] as const) {
      const found = await reader.buckets(tags, at(from), at(to), width);
      for (const of of tags) {
        expect(rounded(withoutGoodTime(found.get(of)))).toEqual(
          rounded(withoutGoodTime(naive.buckets(of, from, to, width))),
        );
        expect(await reader.count(of, at(from), at(to))).toBe(naive.range(of, from, to).length);
      }
    }
  });

  clause("a peak of a single sample is in its bucket, whatever the width", async ({ writer, reader }) => {
    const n = 4_000;
    const base = Math.floor(t0 / hours(1)) * hours(1);
    // At both ends of a quarter of an hour, of an hour, of all, and in between.
    const peaks = new Map(
      [0, 1, 899, 900, 901, 1_777, 3_599, 3_600, n - 1].map((i, k) => [i, (k % 2 ? -1 : 1) * (1_000 + k)]),
    );
    const samples = Array.from({ length: n }, (_, i) => good(tag("a"), base + i * 1_000, peaks.get(i) ?? i % 7));
    await writer.write([batch(samples)]);
    await writer.write([batch([good(tag("a"), base + 2_000_500, 5_000)])]);
    peaks.set(2_000.5, 5_000);
    for (const [from, width] of [
      [base, minutes(1)],
      [base, minutes(15)],
      [base, hours(1)],
      [base, hours(24)],
      [base - 1, millis(7_777)],
      [base - 86_399_999, millis(86_400_000)],
    ] as const) {
      const found = (await reader.buckets([tag("a")], at(from), at(base + n * 1_000), width)).get(tag("a")) ?? [];
      for (const [i, peak] of peaks) {
        const bucket = found.find(({ t }) => t <= base + i * 1_000 && base + i * 1_000 < t + width);
        if (peak > 0) expect(bucket?.max).toBeGreaterThanOrEqual(peak);
        else expect(bucket?.min).toBeLessThanOrEqual(peak);
      }
      expect(Math.max(...found.map(({ max }) => max ?? Number.NaN))).toBe(5_000);
      expect(Math.min(...found.map(({ min }) => min ?? Number.NaN))).toBe(-1_007);
    }
  });

  clause("a sample on an edge belongs to what it begins, and to nothing that it ends", async ({ writer, reader }) => {
    const base = Math.floor(t0 / hours(1)) * hours(1);
    const edges = [0, 15, 30, 45, 60].map((n) => base + minutes(n));
    // On each edge, and a millisecond on both sides of it; the greatest on the edge itself.
    const samples = edges.flatMap((edge, i) => [
      good(tag("a"), edge - 1, -i),
      good(tag("a"), edge, 100 + i),
      good(tag("a"), edge + 1, i),
    ]);
    await writer.write([batch(samples)]);
    const between = (from: number, to: number) => samples.filter((sample) => from <= sample.at && sample.at < to);
    for (const from of edges) {
      for (const to of edges.filter((edge) => edge > from)) {
        const expected = between(from, to);
        expect((await reader.range(tag("a"), at(from), at(to), 99)).samples).toEqual(expected);
        expect(await reader.count(tag("a"), at(from), at(to))).toBe(expected.length);
        expect((await reader.last([tag("a")], at(to))).get(tag("a"))).toEqual(expected.at(-1));
        for (const width of [minutes(15), hours(1)]) {
          const found = (await reader.buckets([tag("a")], at(from), at(to), width)).get(tag("a")) ?? [];
          const starts = edges.filter((edge) => from <= edge && edge < to && (edge - from) % width === 0);
          expect(found.map(({ t, n, max, last }) => ({ t, n, max, last }))).toEqual(
            starts.map((t) => {
              const own = between(t, Math.min(t + width, to)).map(({ value }) => Number(value));
              return { t, n: own.length, max: Math.max(...own), last: own.at(-1) };
            }),
          );
        }
      }
    }
  });

  clause("good time lasts from a good sample to the next one, and never over a silence", async ({ writer, reader }) => {
    const base = Math.floor(t0 / hours(1)) * hours(1);
    const after = (ms: number) => base + ms;
    const samples: readonly Sample[] = [
      good(tag("a"), after(10_000), 1),
      uncertain(tag("a"), after(40_000), 2), // 30 s good until here
      good(tag("a"), after(50_000), 3), // over the minute's end: 10 s of the first minute, 5 s of the second
      bad(tag("a"), after(65_000), "STALE"),
      good(tag("a"), after(100_000), 4),
      good(tag("a"), after(minutes(16.5)), 5), // 14 min 50 s later: held
      good(tag("a"), after(minutes(31.5) + 1), 6), // more than 15 min later: a silence
    ];
    await writer.write([batch(samples)]);
    const naive = new NaiveStore();
    naive.write([batch(samples)]);
    for (const width of [minutes(1), minutes(15), hours(1), millis(77_777)]) {
      const found = (await reader.buckets([tag("a")], at(base), at(after(hours(1))), width)).get(tag("a")) ?? [];
      expect(found).toEqual(naive.buckets(tag("a"), base, after(hours(1)), width));
    }
    const [whole] = (await reader.buckets([tag("a")], at(base), at(after(hours(1))), hours(1))).get(tag("a")) ?? [];
    expect(whole?.goodMs).toBe(30_000 + 15_000 + 890_000);
  });
}
