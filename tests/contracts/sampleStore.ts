import { expect, test } from "vitest";
import { CodedError } from "#shared/model/errors.ts";
import { exactInteger } from "#shared/model/exactInteger.ts";
import type { Sample, TagId, TagValue } from "#shared/model/sample.ts";
import { hours, instant, millis, minutes } from "#shared/model/time.ts";
import type { SampleReader, SampleWriter } from "#shared/store/port.ts";
import { RefusedSamplesError } from "#shared/store/refused.ts";
import { bad, batch, good, NaiveStore, tag, uncertain, withoutGoodTime } from "../store/samples.ts";
import { always, bucketClauses, type Clause, contractStart } from "./bucketClauses.ts";

/** An empty store of its own. The writer may be closed and opened again; readers are handles of their own. */
export interface StoreUnderTest extends AsyncDisposable {
  openWriter(): Promise<SampleWriter>;
  openReader(): Promise<SampleReader>;
}

const t0 = contractStart;
const at = instant;
const never = instant(0);
const name = (number: number, queueId = "queue-a") => ({ queueId, number });

/** What every sample store promises behind its port. `skip` names the reason for each clause that cannot be held. */
export function sampleStoreContract(open: () => Promise<StoreUnderTest>, skip: Readonly<Record<string, string>> = {}) {
  const clause: Clause = (title, body) =>
    test.skipIf(title in skip)(`${title} ${skip[title] ?? ""}`.trim(), async () => {
      await using store = await open();
      await using writer = await store.openWriter();
      await using reader = await store.openReader();
      await body({ writer, reader });
    });
  const all = async (reader: SampleReader, of: TagId) => (await reader.range(of, never, always, 100_000)).samples;

  clause("an empty store answers with nothing", async ({ writer, reader }) => {
    expect(await reader.range(tag("a"), never, always, 10)).toEqual({ samples: [], more: false });
    expect(await reader.buckets([tag("a")], never, always, hours(1_000_000))).toEqual(new Map([[tag("a"), []]]));
    expect(await reader.last([tag("a")], always)).toEqual(new Map());
    expect(await reader.count(tag("a"), never, always)).toBe(0);
    expect(await writer.storedBatches()).toEqual(new Map());
  });

  clause("every tag that has samples is listed once, in order", async ({ writer, reader }) => {
    expect(await reader.tags()).toEqual([]);
    const names = ["b", "a", "温度", "a b,c=d", "Z", 'it\'s "x"'];
    for (let i = 0; i < 2; i++) await writer.write([batch(names.map((of) => good(tag(of), t0 + i, 1)))]);
    expect(await reader.tags()).toEqual(["Z", "a", "a b,c=d", "b", 'it\'s "x"', "温度"].map(tag));
  });

  clause("what was acknowledged is read at once", async ({ writer, reader }) => {
    for (let i = 0; i < 5; i++) {
      await writer.write([batch([good(tag("a"), t0 + i, i)])]);
      expect(await reader.count(tag("a"), never, always)).toBe(i + 1);
    }
  });

  clause("a range includes its start, excludes its end, and is ascending", async ({ writer, reader }) => {
    const samples = [40, 10, 30, 20, 0].map((ms) => good(tag("a"), t0 + ms, ms));
    await writer.write([batch(samples)]);
    const { samples: found, more } = await reader.range(tag("a"), at(t0 + 10), at(t0 + 40), 10);
    expect(found.map(({ value }) => value)).toEqual([10, 20, 30]);
    expect(more).toBe(false);
    expect(await reader.count(tag("a"), at(t0 + 10), at(t0 + 40))).toBe(3);
    expect((await reader.range(tag("a"), at(t0 + 10), at(t0 + 10), 10)).samples).toEqual([]);
  });

  clause("samples in any order, over batches and within one, read in order of time", async ({ writer, reader }) => {
    const naive = new NaiveStore();
    const n = 900;
    // A step coprime to n visits every position once, far apart; every tenth sample comes again with another value.
    const shuffled = Array.from({ length: n }, (_, i) => (i * 389) % n);
    const samples = shuffled.flatMap((k) => {
      const sample = good(tag(`t${k % 3}`), t0 + k * 9_000, k / 10);
      return k % 10 === 0 ? [sample, good(sample.tag, sample.at, -k)] : [sample];
    });
    for (let i = 0; i < samples.length; i += 110) {
      const batches = [batch(samples.slice(i, i + 110), name(1_000 - i))];
      await writer.write(batches);
      naive.write(batches);
    }
    for (const of of ["t0", "t1", "t2"].map(tag)) expect(await all(reader, of)).toEqual(naive.range(of, 0, always));
  });

  clause("a limit cuts, and says so", async ({ writer, reader }) => {
    await writer.write([batch([0, 1, 2, 3].map((i) => good(tag("a"), t0 + i * 1_000_000, i)))]);
    const cut = await reader.range(tag("a"), never, always, 3);
    expect([cut.samples.map(({ value }) => value), cut.more]).toEqual([[0, 1, 2], true]);
    expect((await reader.range(tag("a"), never, always, 4)).more).toBe(false);
  });

  clause("a batch twice changes nothing, not even after a correction", async ({ writer, reader }) => {
    const first = batch([good(tag("a"), t0, 1), good(tag("a"), t0 + 1, 2)], name(1));
    await writer.write([first, first]);
    await writer.write([batch([good(tag("a"), t0, 5)], name(2))]);
    await writer.write([first]);
    expect(await all(reader, tag("a"))).toEqual([good(tag("a"), t0, 5), good(tag("a"), t0 + 1, 2)]);
    expect(await writer.storedBatches()).toEqual(new Map([["queue-a", [[1, 2]]]]));
  });

  clause("batch numbers are kept as ranges per queue", async ({ writer }) => {
    for (const number of [5, 1, 2, 9, 3]) await writer.write([batch([good(tag("a"), t0 + number, 1)], name(number))]);
    await writer.write([batch([], name(7, "queue-b"))]);
    const expected = new Map<string, unknown>([
      [
        "queue-a",
        [
          [1, 3],
          [5, 5],
          [9, 9],
        ],
      ],
      ["queue-b", [[7, 7]]],
    ]);
    expect(await writer.storedBatches()).toEqual(expected);
  });

  clause("every value comes back exactly", async ({ writer, reader }) => {
    const numbers = [0, -0, 1.5, -273.15, 0.1 + 0.2, 1e-9, 2 ** 53 - 1, -(2 ** 53) + 1, Number.MAX_VALUE, 5e-324, 1e21];
    const controls = String.fromCharCode(...Array.from({ length: 31 }, (_, i) => i + 1));
    const texts = [
      ...["", "RUN", "配料中", 'a "quoted" \\ text, with = and \n a new line', "x".repeat(2_000)],
      ...[
        controls,
        "\u0000 within",
        "ends in \\",
        "🧪 \u{10ffff} \u2028 \uffff \u202e",
        " blanks ",
        "'; DROP TABLE --",
        "1i",
        "true",
      ],
    ];
    const values: readonly TagValue[] = [...numbers, ...texts, true, false];
    const samples = values.map((value, i) => good(tag(typeof value), t0 + i, value));
    await writer.write([batch(samples)]);
    for (const kind of ["number", "string", "boolean"]) {
      expect(await all(reader, tag(kind))).toEqual(samples.filter(({ value }) => typeof value === kind));
    }
  });

  clause("what is no number is stored as bad and says why", async ({ writer, reader }) => {
    const given = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 2 ** 53];
    await writer.write([batch(given.map((value, i) => good(tag("a"), t0 + i, value)))]);
    expect(await all(reader, tag("a"))).toEqual([
      ...[0, 1, 2].map((i) => bad(tag("a"), t0 + i, "NOT_A_NUMBER")),
      good(tag("a"), t0 + 3, 2 ** 53),
    ]);
    const [bucket] = (await reader.buckets([tag("a")], at(t0), at(t0 + 4), millis(4))).get(tag("a")) ?? [];
    expect(bucket).toMatchObject({ n: 1, bad: 3, min: 2 ** 53, max: 2 ** 53, mean: 2 ** 53 });
  });

  clause(
    "whole numbers beyond 2^53 come back exactly, beside those that a double holds",
    async ({ writer, reader }) => {
      const whole = [2n ** 53n - 1n, 2n ** 53n + 1n, -(2n ** 63n), 2n ** 63n - 1n, 2n ** 64n - 1n, 5n];
      const samples = whole.map((value, i) => good(tag("a"), t0 + i, exactInteger(value)));
      await writer.write([batch(samples.slice(0, 4))]);
      // However they come: as the model says, or as the bigint that they are.
      await writer.write([
        batch(whole.slice(4).map((value, i) => good(tag("a"), t0 + 4 + i, value as unknown as number))),
      ]);
      const found = await all(reader, tag("a"));
      expect(found).toEqual(samples);
      expect(found.map(({ value }) => BigInt(value ?? 0))).toEqual(whole);
      expect((await reader.last([tag("a")], at(t0 + 5))).get(tag("a"))).toEqual(samples[4]);
      const [bucket] = (await reader.buckets([tag("a")], at(t0), at(t0 + 6), millis(6))).get(tag("a")) ?? [];
      expect(bucket).toMatchObject({ n: 6, bad: 0, min: 5, max: 2 ** 53 - 1 });
    },
  );

  clause("no tags or no time, no samples", async ({ writer, reader }) => {
    await writer.write([batch([good(tag("a"), t0, 1)])]);
    expect(await reader.buckets([], never, always, hours(1))).toEqual(new Map());
    expect(await reader.last([], always)).toEqual(new Map());
    // A range without time, or the wrong way round, holds nothing either.
    for (const [from, to] of [
      [t0, t0],
      [t0 + 1, t0],
    ] as const) {
      expect((await reader.buckets([tag("a")], at(from), at(to), hours(1))).get(tag("a"))).toEqual([]);
      expect(await reader.range(tag("a"), at(from), at(to), 5)).toMatchObject({ samples: [], more: false });
      expect(await reader.count(tag("a"), at(from), at(to))).toBe(0);
    }
  });

  clause("quality and reason travel with the value; a bad sample has none", async ({ writer, reader }) => {
    const samples: readonly Sample[] = [
      good(tag("a"), t0, 1),
      uncertain(tag("a"), t0 + 1, 2),
      uncertain(tag("a"), t0 + 2, 3, "OUT_OF_RANGE"),
      bad(tag("a"), t0 + 3, "STALE"),
      bad(tag("a"), t0 + 4, "TIMEOUT"),
    ];
    await writer.write([batch(samples)]);
    expect(await all(reader, tag("a"))).toEqual(samples);
    const [bucket] = withoutGoodTime((await reader.buckets([tag("a")], at(t0), at(t0 + 5), millis(5))).get(tag("a")));
    expect(bucket).toEqual({ t: t0, n: 3, bad: 2, min: 1, max: 3, mean: 2, first: 1, last: 3 });
    expect(await reader.count(tag("a"), never, always)).toBe(5);
  });

  clause("a correction replaces value, type, quality and reason", async ({ writer, reader }) => {
    const steps: readonly Sample[] = [
      good(tag("a"), t0, 7),
      bad(tag("a"), t0, "STALE"),
      uncertain(tag("a"), t0, 8, "OUT_OF_RANGE"),
      good(tag("a"), t0, "text"),
      good(tag("a"), t0, true),
      good(tag("a"), t0, 9.5),
      bad(tag("a"), t0, "TIMEOUT"),
    ];
    const naive = new NaiveStore();
    for (const step of steps) {
      const written = [batch([step, good(tag("a"), t0 + 1, 1)])];
      await writer.write(written);
      naive.write(written);
      expect(await all(reader, tag("a"))).toEqual(naive.range(tag("a"), 0, always));
      const buckets = await reader.buckets([tag("a")], at(t0), at(t0 + 10), millis(10));
      expect(withoutGoodTime(buckets.get(tag("a")))).toEqual(withoutGoodTime(naive.buckets(tag("a"), t0, t0 + 10, 10)));
      expect(await reader.count(tag("a"), never, always)).toBe(2);
    }
  });

  bucketClauses(clause);

  clause("the last sample before an instant, per tag", async ({ writer, reader }) => {
    await writer.write([batch([good(tag("a"), t0, 1), bad(tag("a"), t0 + 3_000_000, "STALE")])]);
    await writer.write([batch([good(tag("b"), t0 + 5, "x"), good(tag("a"), t0 - 9_000_000, 0)])]);
    const last = async (before: number) => reader.last([tag("a"), tag("b"), tag("c")], at(before));
    expect(await last(t0 + 3_000_001)).toEqual(
      new Map([
        [tag("a"), bad(tag("a"), t0 + 3_000_000, "STALE")],
        [tag("b"), good(tag("b"), t0 + 5, "x")],
      ]),
    );
    expect((await last(t0 + 3_000_000)).get(tag("a"))).toEqual(good(tag("a"), t0, 1));
    expect(await last(t0)).toEqual(new Map([[tag("a"), good(tag("a"), t0 - 9_000_000, 0)]]));
    expect(await last(t0 - 9_000_000)).toEqual(new Map());
  });

  clause("samples that can never be stored are refused alone", async ({ writer, reader }) => {
    const refused = good(tag("a"), -1, 2);
    const given = [batch([good(tag("a"), t0, 1), refused, good(tag("a"), t0 + 2, 3)], name(1))];
    const full = () => {
      throw new CodedError("DISK", "no room for letters");
    };
    await expect(writer.write(given, full)).rejects.toThrow("no room for letters");
    expect(await writer.storedBatches()).toEqual(new Map());
    const kept: Sample[] = [];
    const written = writer.write(given, (some) => void kept.push(...some.map(({ sample }) => sample)));
    const error = await written.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(RefusedSamplesError);
    expect((error as RefusedSamplesError).refused.map(({ sample }) => sample)).toEqual([refused]);
    expect((error as RefusedSamplesError).code).toBe("MALFORMED");
    expect(kept).toEqual([refused]);
    expect((await all(reader, tag("a"))).map(({ value }) => value)).toEqual([1, 3]);
    expect(await writer.storedBatches()).toEqual(new Map([["queue-a", [[1, 1]]]]));
  });

  clause("a cancelled query rejects with the reason; the next one is answered", async ({ writer, reader }) => {
    await writer.write([batch(Array.from({ length: 500 }, (_, i) => good(tag("a"), t0 + i * 60_000, i)))]);
    const queries = (signal: AbortSignal): Promise<unknown>[] => [
      reader.range(tag("a"), never, always, 1_000, signal),
      reader.buckets([tag("a"), tag("b")], at(t0), at(t0 + hours(10)), minutes(1), signal),
      reader.last([tag("a")], always, signal),
      reader.count(tag("a"), never, always, signal),
    ];
    const reason = new Error("The page was left.");
    const leaving = new AbortController();
    const asked = queries(leaving.signal);
    leaving.abort(reason);
    const rejected = { status: "rejected", reason };
    expect(await Promise.allSettled(asked)).toEqual([rejected, rejected, rejected, rejected]);
    expect(await Promise.allSettled(queries(leaving.signal))).toEqual([rejected, rejected, rejected, rejected]);
    const staying = new AbortController();
    expect(await Promise.all(queries(staying.signal))).toHaveLength(4);
    expect(await reader.count(tag("a"), never, always, staying.signal)).toBe(500);
  });

  test("a closed writer accepts nothing; opened again it knows all of before", async () => {
    await using store = await open();
    const first = await store.openWriter();
    const samples = Array.from({ length: 3_000 }, (_, i) => good(tag(`t${i % 7}`), t0 + i * 1_000, i / 10));
    const pending = first.write([batch(samples, name(1))]);
    await first[Symbol.asyncDispose]();
    await pending;
    await expect(first.write([batch([good(tag("a"), t0, 1)])])).rejects.toThrow("STORE_UNAVAILABLE");
    await using second = await store.openWriter();
    await using reader = await store.openReader();
    expect(await second.storedBatches()).toEqual(new Map([["queue-a", [[1, 1]]]]));
    await second.write([batch([good(tag("t0"), t0 + 1, -1)], name(2)), batch([good(tag("t0"), t0, 99)], name(1))]);
    expect(await reader.count(tag("t0"), never, always)).toBe(430);
    expect((await all(reader, tag("t0"))).slice(0, 2).map(({ value }) => value)).toEqual([0, -1]);
  });
}
