import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemClock } from "#shared/kit/clock.ts";
import { instant, millis } from "#shared/model/time.ts";
import { openInfluxWriter } from "#shared/store/influx/open.ts";
import { openInfluxReader } from "#shared/store/influx/reader.ts";
import type { InfluxVersion } from "#shared/store/influx/version.ts";
import { openRecordsWriter } from "#shared/store/records/sqlite.ts";
import type { RefusedSamplesError } from "#shared/store/refused.ts";
import { influxd, influxMissing, startInflux } from "../bench/influx.ts";
import { type StoreUnderTest, sampleStoreContract } from "../contracts/sampleStore.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { influxWriter } from "./influxRig.ts";
import { influxAt, influxSkips } from "./influxStub.ts";
import { bad, batch, good, NaiveStore, tag } from "./samples.ts";

/** InfluxDB 1.6, and where PILOTLINE_INFLUXD names a newer 1.x, that one by both ways of writing. */
const newer = process.env.PILOTLINE_INFLUXD;
const servers: readonly (readonly [title: string, binary: string, version: InfluxVersion | null])[] = [
  ["InfluxDB 1.6", influxd, null],
  ...(newer
    ? [["a newer 1.x by /write", newer, "1"] as const, ["a newer 1.x by /api/v2/write", newer, "2"] as const]
    : []),
];

describe.skipIf(influxMissing).each(servers)(`%s ${influxMissing ?? ""}`.trim(), (_, binary, version) => {
  let server: Awaited<ReturnType<typeof startInflux>>;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let databases = 0;

  beforeAll(async () => {
    folder = await temporaryFolder();
    server = await startInflux(folder.path, { binary });
  });
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
    await folder?.[Symbol.asyncDispose]();
  });

  const influxQl = (statement: string) =>
    fetch(`${server.url}/query?q=${encodeURIComponent(statement)}`, { method: "POST" });

  const freshDatabase = async (retention = ""): Promise<StoreUnderTest & { readonly database: string }> => {
    const database = `test${++databases}`;
    await influxQl(`CREATE DATABASE ${database} ${retention}`);
    const address = influxAt(server.url, { database, version });
    const stack = new AsyncDisposableStack();
    return {
      database,
      openWriter: async () => {
        const records = stack.use(await openRecordsWriter(join(folder.path, `${database}.db`)));
        return openInfluxWriter({ ...address, clock: systemClock, records }, { groupWait: millis(1) });
      },
      openReader: () => openInfluxReader({ ...address, clock: systemClock }),
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    };
  };

  sampleStoreContract(freshDatabase, influxSkips);

  test("samples beyond the retention are refused alone, and the batch counts as stored", async () => {
    await using store = await freshDatabase("WITH DURATION 1h");
    await using writer = await store.openWriter();
    await using reader = await store.openReader();
    const now = Date.now();
    const old = [good(tag("a"), now - 90_000_000, 1), good(tag("b"), now - 95_000_000, 2)];
    const kept = Array.from({ length: 9 }, (_, i) => good(tag("a"), now - 1_000 * (9 - i), i));
    const written = writer.write([batch([...kept.slice(0, 4), ...old, ...kept.slice(4)], { queueId: "q", number: 1 })]);
    const error = await written.catch((thrown: unknown) => thrown);
    expect((error as RefusedSamplesError).refused.map(({ sample }) => sample)).toEqual(old);
    expect(String(error)).toContain("retention");
    expect(await reader.count(tag("a"), instant(0), instant(now))).toBe(9);
    expect(await writer.storedBatches()).toEqual(new Map([["q", [[1, 1]]]]));
  });

  test("a type conflict refuses its lines alone; the other writers of the group do not notice", async () => {
    await using store = await freshDatabase();
    const now = Date.now();
    const foreign = `sample,id=x f="text" ${now}`;
    await fetch(`${server.url}/write?db=${store.database}&precision=ms`, { method: "POST", body: foreign });
    await using writer = await store.openWriter();
    await using reader = await store.openReader();
    const outcomes = await Promise.allSettled([
      writer.write([batch([good(tag("a"), now, 1), good(tag("a"), now + 1, "fits")])]),
      writer.write([batch([good(tag("b"), now, "fits")])]),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "fulfilled"]);
    expect((await reader.range(tag("a"), instant(0), instant(now + 10), 9)).samples).toEqual([
      good(tag("a"), now + 1, "fits"),
    ]);
    expect((await reader.range(tag("b"), instant(0), instant(now + 10), 9)).samples).toHaveLength(1);
  });

  test("live samples carry no quality field until they are corrected, at the same time or late", async () => {
    await using store = await freshDatabase();
    await using writer = await store.openWriter();
    await using reader = await store.openReader();
    const later = Date.now() + 60_000;
    const steps = [bad(tag("a"), later, "STALE"), good(tag("a"), later, 1), good(tag("a"), later + 9, 2)];
    const corrections = [bad(tag("a"), later + 9, "STALE"), good(tag("a"), later + 9, 3), good(tag("a"), later + 4, 4)];
    for (const sample of [...steps, ...corrections]) await writer.write([batch([sample])]);
    const { samples } = await reader.range(tag("a"), instant(later), instant(later + 10), 9);
    expect(samples).toEqual([steps[1], corrections[2], corrections[1]]);
  });

  test("of samples of one time in a call of many requests, the last one is kept", async () => {
    await using store = await freshDatabase();
    await using writer = await store.openWriter();
    await using reader = await store.openReader();
    const now = Date.now();
    const naive = new NaiveStore();
    const all = Array.from({ length: 24_000 }, (_, i) => good(tag(`t${i % 3}`), now + (i % 7_000), i));
    naive.write([batch(all)]);
    await writer.write([batch(all)]);
    for (const of of ["t0", "t1", "t2"].map(tag)) {
      const { samples } = await reader.range(of, instant(0), instant(now + 9_000), 9_000);
      expect(samples).toEqual(naive.range(of, 0, now + 9_000));
    }
  });

  test("after a restart, what is newer than all that is stored is no correction, however old it is", async () => {
    await using store = await freshDatabase();
    await using reader = await store.openReader();
    const old = Date.now() - 3_600_000;
    const before = await store.openWriter();
    await before.write([batch([good(tag("a"), old, 1), bad(tag("a"), old + 5, "STALE")])]);
    await before[Symbol.asyncDispose]();
    await using writer = await store.openWriter();
    await writer.write([batch([good(tag("a"), old + 6, 3), good(tag("b"), old, 4)])]);
    await writer.write([batch([good(tag("a"), old + 5, 2)])]);
    const { samples } = await reader.range(tag("a"), instant(old), instant(old + 10), 9);
    expect(samples).toEqual([good(tag("a"), old, 1), good(tag("a"), old + 5, 2), good(tag("a"), old + 6, 3)]);
    const query = `SELECT count(k) FROM sample`;
    const answer = await fetch(`${server.url}/query?db=${store.database}&q=${encodeURIComponent(query)}`);
    expect(await answer.json()).toMatchObject({ results: [{ series: [{ values: [[expect.anything(), 1]] }] }] });
  });

  test("a missing database says how to make it, names no batch, and works once it is there", async () => {
    await using rig = await influxWriter(influxAt(server.url, { database: "later", version }));
    const { writer } = rig;
    const batches = [batch([good(tag("a"), Date.now(), 1)], { queueId: "q", number: 1 })];
    await expect(writer.write(batches)).rejects.toThrow(/STORE_UNAVAILABLE.*CREATE DATABASE "later"/);
    expect(await writer.storedBatches()).toEqual(new Map());
    await influxQl("CREATE DATABASE later");
    await writer.write(batches);
    expect(await writer.storedBatches()).toEqual(new Map([["q", [[1, 1]]]]));
  });
});
