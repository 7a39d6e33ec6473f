// What @influxdata/influxdb-client's WriteApi does with a server in trouble, and what our writer does. Each trap is
// shown first: where a new version of the client closes one, its test says so.
import { InfluxDB, setLogger } from "@influxdata/influxdb-client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemClock } from "#shared/kit/clock.ts";
import { instant, millis } from "#shared/model/time.ts";
import { openInfluxReader } from "#shared/store/influx/reader.ts";
import { influxMissing, startInflux } from "../bench/influx.ts";
import { ManualClock } from "../fakes/clock.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { influxWriter } from "./influxRig.ts";
import { influxAt, type StubAnswer, startStub, stored } from "./influxStub.ts";
import { batch, good, tag } from "./samples.ts";

const samples = (n: number) => Array.from({ length: n }, (_, i) => good(tag("a"), i + 1, i));
const name = { queueId: "q", number: 1 };
// The client says on the console what it drops.
setLogger({ error: () => {}, warn: () => {} });

/** An answer that waits until it is let go. */
function gate() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { open: resolve, opened: promise };
}

/** The stub's answers wait for `opened`; how many requests have come is told as it changes. */
async function slowStub(opened: Promise<void>, expected: number) {
  const all = Promise.withResolvers<void>();
  let came = 0;
  const stub = await startStub("2", async () => {
    came += 1;
    if (came === expected) all.resolve();
    await opened;
    return stored;
  });
  return { stub, arrived: all.promise };
}

test("flush answers while automatic batches are under way; ours resolves when the server has confirmed every line", async () => {
  const theirs = gate();
  let first = true;
  await using stub = await startStub("2", async () => {
    const isFirst = first;
    first = false;
    if (isFirst) await theirs.opened;
    return stored;
  });
  const api = new InfluxDB({ url: stub.url }).getWriteApi("o", "db", "ms", {
    batchSize: 10,
    flushInterval: 0,
    maxRetries: 0,
  });
  api.writeRecords(Array.from({ length: 15 }, (_, i) => `m v=${i} ${i}`));
  await api.flush();
  expect(stub.lines()).toHaveLength(5);
  theirs.open();
  await api.close();

  const ours = gate();
  const slow = await slowStub(ours.opened, 1);
  await using _stub = slow.stub;
  await using rig = await influxWriter(influxAt(slow.stub.url));
  let resolved = false;
  const written = rig.writer.write([batch(samples(12_000), name)]).then(() => {
    resolved = true;
  });
  await slow.arrived;
  await new Promise((resolve) => setImmediate(resolve));
  expect(resolved).toBe(false);
  ours.open();
  await written;
  expect(slow.stub.lines()).toHaveLength(12_000);
  expect(slow.stub.requests).toHaveLength(3);
});

test.each([401, 404, 408, 413])(
  "HTTP %i: the client drops the lines and closes as if nothing were; ours keeps them",
  async (status) => {
    let answer: StubAnswer = { status };
    await using stub = await startStub("2", () => answer);
    const api = new InfluxDB({ url: stub.url }).getWriteApi("o", "db", "ms", {
      flushInterval: 0,
      maxRetries: 5,
    });
    api.writeRecord("m v=1 1");
    await api.flush().catch(() => {});
    answer = stored;
    await api.close();
    expect(stub.lines()).toEqual([]);
    expect(stub.requests).toHaveLength(1);

    answer = { status };
    await using rig = await influxWriter(influxAt(stub.url));
    await expect(rig.writer.write([batch(samples(3), name)])).rejects.toMatchObject({ verdict: "retry" });
    answer = stored;
    await rig.writer.write([batch(samples(3), name)]);
    expect(stub.lines()).toHaveLength(3);
  },
);

test("Retry-After in seconds: the client comes again after as many milliseconds; ours waits the seconds", async () => {
  let answers = 0;
  const again = Promise.withResolvers<void>();
  await using stub = await startStub("2", () => {
    answers += 1;
    if (answers === 2) again.resolve();
    return answers === 1 ? { status: 503, headers: { "retry-after": "20" } } : stored;
  });
  const options = { flushInterval: 0, maxRetries: 1, retryJitter: 0 };
  const api = new InfluxDB({ url: stub.url }).getWriteApi("o", "db", "ms", options);
  api.writeRecord("m v=1 1");
  await api.flush().catch(() => {});
  // Where the client waits the 20 s, this test ends by its own limit of time before.
  await again.promise;
  await api.close();

  answers = 0;
  const clock = new ManualClock(instant(0));
  await using rig = await influxWriter(influxAt(stub.url), { groupWait: millis(0) }, clock);
  const write = async () => {
    const written = rig.writer.write([batch(samples(1), name)]).then(() => "stored", String);
    await clock.advance(millis(0));
    return written;
  };
  expect(await write()).toContain("HTTP 503");
  await clock.advance(millis(19_999));
  expect(await write()).toContain("after a pause of 20 s");
  await clock.advance(millis(1));
  expect(await write()).toBe("stored");
});

test("closing in an outage: the client forgets what is unsent; ours rejects it, so that its owner still has it", async () => {
  let answer: StubAnswer = "cut";
  await using stub = await startStub("2", () => answer);
  const api = new InfluxDB({ url: stub.url }).getWriteApi("o", "db", "ms", {
    flushInterval: 0,
    maxRetries: 5,
  });
  api.writeRecords(["m v=1 1", "m v=2 2"]);
  await api.close().catch(() => {});
  answer = stored;
  expect(() => api.writeRecord("m v=3 3")).toThrow("already closed");
  expect(stub.lines()).toEqual([]);

  answer = "cut";
  const rig = await influxWriter(influxAt(stub.url));
  const written = rig.writer.write([batch(samples(2), name)]);
  const outcome = written.then(() => "stored", String);
  await rig[Symbol.asyncDispose]();
  expect(await outcome).toContain("STORE_UNAVAILABLE");
});

test("a full buffer: the client drops the oldest lines; ours holds none of its own", async () => {
  let answer: StubAnswer = { status: 503 };
  await using stub = await startStub("2", () => answer);
  const skipped: number[] = [];
  const api = new InfluxDB({ url: stub.url }).getWriteApi("o", "db", "ms", {
    batchSize: 100,
    maxBufferLines: 20,
    flushInterval: 0,
    maxRetries: 5,
    writeRetrySkipped: ({ lines }) => void skipped.push(lines.length),
  });
  for (let i = 0; i < 6; i++) {
    api.writeRecords(Array.from({ length: 10 }, (_, k) => `m v=1 ${i * 10 + k}`));
    await api.flush().catch(() => {});
  }
  await api.close().catch(() => {});
  expect(skipped.reduce((sum, n) => sum + n, 0)).toBeGreaterThan(0);

  await using rig = await influxWriter(influxAt(stub.url));
  const batches = Array.from({ length: 6 }, (_, i) =>
    batch(
      samples(10).map((one) => good(one.tag, one.at + i * 10, i)),
      { queueId: "q", number: i },
    ),
  );
  const outcomes = await Promise.allSettled(batches.map((one) => rig.writer.write([one])));
  expect(outcomes.map(({ status }) => status)).toEqual(batches.map(() => "rejected"));
  answer = stored;
  await rig.writer.write(batches);
  expect(stub.lines()).toHaveLength(60);
});

describe.skipIf(influxMissing)(`times in a real InfluxDB 1.6 ${influxMissing ?? ""}`.trim(), () => {
  const opened = new AsyncDisposableStack();
  let url: string;
  const ql = async (statement: string) =>
    (await fetch(`${url}/query?db=db&epoch=ms&q=${encodeURIComponent(statement)}`, { method: "POST" })).text();

  beforeAll(async () => {
    const folder = opened.use(await temporaryFolder());
    url = opened.use(await startInflux(folder.path)).url;
    await ql("CREATE DATABASE db");
  });
  afterAll(() => opened.disposeAsync());

  test("microseconds are taken as nanoseconds without a word; ours says ms, and the time is the same again", async () => {
    const now = Date.UTC(2026, 5, 1, 7, 53, 20, 123);
    const api = new InfluxDB({ url }).getWriteApi("o", "db", "us", { flushInterval: 0, maxRetries: 0 });
    api.path = "/write?db=db&precision=us";
    api.writeRecord(`m v=1 ${now}000`);
    await api.close();
    expect(await ql("SELECT v FROM m")).toContain(`[[${Math.floor(now / 1_000)},1]]`);

    await using rig = await influxWriter(influxAt(url));
    await rig.writer.write([batch([good(tag("a"), now, 1)], name)]);
    expect(await ql("SELECT f FROM sample")).toContain(`[[${now},1]]`);
    await using reader = await openInfluxReader({ ...influxAt(url), clock: systemClock });
    expect((await reader.range(tag("a"), instant(now), instant(now + 1), 9)).samples).toEqual([good(tag("a"), now, 1)]);
  });
});

describe.skipIf(influxMissing)(`a real InfluxDB 1.6 that asks for a password ${influxMissing ?? ""}`.trim(), () => {
  test("the right one writes and reads; with a wrong one or none all is kept", async () => {
    await using folder = await temporaryFolder();
    await using server = await startInflux(folder.path, { auth: true });
    const ql = (statement: string, user = "") =>
      fetch(`${server.url}/query?${user}q=${encodeURIComponent(statement)}`, { method: "POST" });
    await ql("CREATE USER admin WITH PASSWORD 'pass:word' WITH ALL PRIVILEGES");
    await ql("CREATE DATABASE db", "u=admin&p=pass:word&");
    for (const token of [null, "admin:wrong"]) {
      await using rig = await influxWriter(influxAt(server.url, { token }));
      await expect(rig.writer.write([batch(samples(2), name)])).rejects.toThrow(/HTTP 401.*Check the token/);
    }
    const address = influxAt(server.url, { token: "admin:pass:word" });
    await using rig = await influxWriter(address);
    await rig.writer.write([batch(samples(2), name)]);
    await using reader = await openInfluxReader({ ...address, clock: systemClock });
    expect(await reader.count(tag("a"), instant(0), instant(9))).toBe(2);
  });
});
