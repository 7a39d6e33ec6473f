import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemClock } from "#shared/kit/clock.ts";
import { hours, instant, millis, minutes } from "#shared/model/time.ts";
import { openInfluxWriter } from "#shared/store/influx/open.ts";
import { openInfluxReader } from "#shared/store/influx/reader.ts";
import { openRecordsWriter } from "#shared/store/records/sqlite.ts";
import { influxMissing, startInflux } from "../bench/influx.ts";
import { type StoreUnderTest, sampleStoreContract } from "../contracts/sampleStore.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { startInflux3 } from "./influx3Facade.ts";
import { influxAt, influxSkips } from "./influxStub.ts";
import { bad, batch, good, NaiveStore, rounded, tag, withoutGoodTime } from "./samples.ts";

describe.skipIf(influxMissing)(`InfluxDB 1.6 that speaks as 3 Core ${influxMissing ?? ""}`.trim(), () => {
  const opened = new AsyncDisposableStack();
  let behind: string;
  let folder: string;
  let databases = 0;

  beforeAll(async () => {
    folder = opened.use(await temporaryFolder()).path;
    behind = opened.use(await startInflux(folder)).url;
  });
  afterAll(() => opened.disposeAsync());

  const freshDatabase = async (): Promise<StoreUnderTest & { refusals(): number }> => {
    const database = `test${++databases}`;
    await fetch(`${behind}/query?q=${encodeURIComponent(`CREATE DATABASE ${database}`)}`, { method: "POST" });
    const stack = new AsyncDisposableStack();
    const facade = stack.use(await startInflux3(behind));
    const options = { ...influxAt(facade.url, { database }), clock: systemClock };
    return {
      refusals: facade.refusals,
      openWriter: async () => {
        const records = stack.use(await openRecordsWriter(join(folder, `${database}.db`)));
        return openInfluxWriter({ ...options, records }, { groupWait: millis(1) });
      },
      openReader: () => openInfluxReader(options),
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    };
  };

  sampleStoreContract(freshDatabase, influxSkips);

  test("a range of 40 days is read in slices that the server takes, and adds up to the same", async () => {
    await using store = await freshDatabase();
    await using writer = await store.openWriter();
    await using reader = await store.openReader();
    const start = Date.UTC(2026, 0, 1, 0, 3);
    const n = 40 * 144;
    const samples = Array.from({ length: n }, (_, i) => {
      const at = start + i * 600_000;
      if (i % 50 === 7) return bad(tag("a"), at, "STALE");
      return good(tag("a"), at, i % 40 === 3 ? `text ${i}` : Math.sin(i) * 100);
    });
    const early = good(tag("early"), start + 5, 1);
    const batches = [batch([...samples, early]), batch([good(tag("a"), start + 600_000 * 99, "corrected")])];
    const naive = new NaiveStore();
    for (const one of batches) {
      await writer.write([one]);
      naive.write([one]);
    }
    const never = instant(0);
    const always = instant(Date.UTC(2100, 0, 1));
    expect((await reader.range(tag("a"), never, always, n)).samples).toEqual(naive.range(tag("a"), 0, always));
    const cut = await reader.range(tag("a"), never, always, n - 1);
    expect([cut.samples.length, cut.more]).toEqual([n - 1, true]);
    expect(await reader.count(tag("a"), never, always)).toBe(n);
    for (const width of [hours(24), hours(100), hours(10_000), minutes(37)]) {
      const found = await reader.buckets([tag("a"), tag("early")], instant(start - 7), always, width);
      for (const of of ["a", "early"].map(tag)) {
        expect(rounded(found.get(of) ?? [])).toEqual(
          rounded(withoutGoodTime(naive.buckets(of, start - 7, always, width))),
        );
      }
    }
    expect(await reader.last([tag("a"), tag("early"), tag("none")], always)).toEqual(
      new Map([
        [tag("a"), naive.last(tag("a"), always)],
        [tag("early"), early],
      ]),
    );
    expect(store.refusals()).toBeGreaterThan(0);
  });
});
