import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { systemClock } from "#shared/kit/clock.ts";
import type { Sample } from "#shared/model/sample.ts";
import { instant, millis, seconds } from "#shared/model/time.ts";
import { lineOf } from "#shared/store/influx/lineProtocol.ts";
import { openInfluxReader } from "#shared/store/influx/reader.ts";
import { LinesRefused } from "#shared/store/influx/server.ts";
import { type InfluxVersion, influxVersions } from "#shared/store/influx/version.ts";
import { writeLines } from "#shared/store/influx/writeLines.ts";
import { ManualClock } from "../fakes/clock.ts";
import { influxWriter } from "./influxRig.ts";
import { influxAt, type StubAnswer, startStub, stored } from "./influxStub.ts";
import { bad, batch, good, tag, uncertain } from "./samples.ts";

test.each<[Sample, boolean, string]>([
  [good(tag("a"), 5, 1.5), false, "sample,id=p/l/e/a f=1.5 5"],
  [good(tag("a"), 5, -0), true, 'sample,id=p/l/e/a f=-0,k=1i,q=0i,r="" 5'],
  [good(tag("a b,c=d"), 5, true), false, "sample,id=p/l/e/a\\ b\\,c\\=d f=1,b=true 5"],
  [good(tag("a"), 5, 'say "\\"'), true, 'sample,id=p/l/e/a s="say \\"\\\\\\"",k=3i,q=0i,r="" 5'],
  [uncertain(tag("a"), 5, 1), false, "sample,id=p/l/e/a f=1,q=1i 5"],
  [uncertain(tag("a"), 5, 1, "STALE"), false, 'sample,id=p/l/e/a f=1,q=1i,r="STALE" 5'],
  [bad(tag("a"), 5, "TIMEOUT"), false, 'sample,id=p/l/e/a q=2i,r="TIMEOUT" 5'],
])("%j, correction %s, is the line %s", (sample, correction, line) => {
  expect(lineOf(sample, correction)).toBe(line);
});

/** A server that stores the good lines of a batch or drops it whole, as it likes, and refuses `bad` ones. */
const pickyServer = (isBad: (line: string) => boolean, whole: boolean) => {
  const kept = new Set<string>();
  return {
    kept,
    write: async (lines: readonly string[]) => {
      const refused = lines.filter(isBad);
      if (refused.length === 0 || !whole) for (const line of lines) if (!isBad(line)) kept.add(line);
      if (refused.length > 0) throw new LinesRefused("partial write: no");
    },
  };
};

test("exactly the refused lines are found, and all others stored, whatever the server's way", async () => {
  const lines = fc.uniqueArray(fc.nat(10_000).map(String), { minLength: 1, maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(lines, fc.integer({ min: 1, max: 9 }), fc.boolean(), async (all, every, whole) => {
      const isBad = (line: string) => Number(line) % every === 0;
      const server = pickyServer(isBad, whole);
      const refused = await writeLines(server, all, "probe");
      expect(refused.map(({ index }) => all[index])).toEqual(all.filter(isBad));
      const expected = [...all.filter((line) => !isBad(line)), ...(refused.length > 0 ? ["probe"] : [])];
      expect([...server.kept].sort()).toEqual(expected.sort());
    }),
  );
});

const name = { queueId: "q", number: 1 };
const lineCount = 40;
const samples = Array.from({ length: lineCount }, (_, i) => good(tag("a"), i + 1, i));
/** Every sample of `samples` whose value the stub dislikes. */
const unlucky = samples.filter((_, i) => i % 13 === 5);
const isUnlucky = (line: string) => unlucky.some(({ value }) => new RegExp(` f=${value}[ ,]`).test(line));

/** As 1.x, 2.x and 3.x word it. */
const partialWrites: Readonly<Record<InfluxVersion, (refused: readonly string[]) => StubAnswer>> = {
  "1": (refused) => ({
    status: 400,
    body: JSON.stringify({ error: `partial write: field type conflict dropped=${refused.length}` }),
  }),
  "2": (refused) => ({
    status: 422,
    body: JSON.stringify({
      code: "unprocessable entity",
      message: `failure writing points to database: partial write: field type conflict dropped=${refused.length}`,
    }),
  }),
  "3": (refused) => ({
    status: 400,
    body: JSON.stringify({
      error: "partial write of line protocol occurred",
      data: refused.map((original_line) => ({ original_line, error_message: "invalid column type" })),
    }),
  }),
};

describe.each(influxVersions)("against a server that answers as %s.x", (version) => {
  test("lines go to its write path, in ms, with its kind of credential", async () => {
    await using stub = await startStub(version);
    await using rig = await influxWriter(influxAt(stub.url, { token: "user:secret" }));
    await rig.writer.write([batch(samples, name)]);
    const [request] = stub.requests;
    const where = {
      "1": ["/write", "db=db&precision=ms", `Basic ${btoa("user:secret")}`],
      "2": ["/api/v2/write", "org=pilotline&bucket=db&precision=ms", "Token user:secret"],
      "3": ["/api/v2/write", "bucket=db&precision=ms", "Token user:secret"],
    }[version];
    expect([request?.path, String(request?.query), request?.authorization]).toEqual(where);
    expect(stub.lines()).toHaveLength(lineCount);
    expect(stub.pings()).toBe(1);
  });

  test("its version may be configured: then nothing is asked", async () => {
    await using stub = await startStub(version);
    await using rig = await influxWriter(influxAt(stub.url, { version }));
    await rig.writer.write([batch(samples, name)]);
    expect([stub.pings(), stub.lines().length]).toEqual([0, lineCount]);
  });

  test("a partial write: good points are kept, the others refused with the server's words", async () => {
    await using stub = await startStub(version, ({ body }, keep) => {
      const lines = body.split("\n");
      const refused = lines.filter(isUnlucky);
      keep(lines.filter((line) => !refused.includes(line)));
      return refused.length > 0 ? partialWrites[version](refused) : stored;
    });
    await using rig = await influxWriter(influxAt(stub.url));
    const error = await rig.writer.write([batch(samples, name)]).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "MALFORMED", refused: unlucky.map((sample) => ({ sample })) });
    expect(String(error)).toMatch(/partial write/);
    expect(stub.lines().filter((line) => line.startsWith("sample,"))).toHaveLength(lineCount - unlucky.length);
    expect(await rig.writer.storedBatches()).toEqual(new Map([["q", [[1, 1]]]]));
  });

  test("a plain 400 stores nothing of a batch: it is bisected to the faulty points", async () => {
    await using stub = await startStub(version, ({ body }) =>
      body.split("\n").some(isUnlucky) ? { status: 400, body: '{"message":"unable to parse"}' } : stored,
    );
    await using rig = await influxWriter(influxAt(stub.url));
    const written = rig.writer.write([batch(samples, name)]);
    await expect(written).rejects.toMatchObject({ refused: unlucky.map((sample) => ({ sample })) });
    expect(stub.lines().filter((line) => line.startsWith("sample,"))).toHaveLength(lineCount - unlucky.length);
  });

  test("413: the batch is halved until it fits; a line that fits nowhere is refused", async () => {
    const long = good(tag("a"), 99, "x".repeat(2_000));
    await using stub = await startStub(version, ({ body }) => (body.length > 1_000 ? { status: 413 } : stored));
    await using rig = await influxWriter(influxAt(stub.url));
    const written = rig.writer.write([batch([...samples, long], name)]);
    await expect(written).rejects.toMatchObject({ refused: [{ sample: long, why: expect.stringContaining("413") }] });
    expect(stub.lines().filter((line) => line.startsWith("sample,"))).toHaveLength(lineCount);
  });

  test.each([400, 413, 422])("HTTP %i for whatever is sent gives nothing up: it is not the data", async (status) => {
    await using stub = await startStub(version, () => ({ status, body: '{"error":"no"}' }));
    await using rig = await influxWriter(influxAt(stub.url));
    await expect(rig.writer.write([batch(samples, name)])).rejects.toThrow(/STORE_UNAVAILABLE.*Nothing is given up/);
    expect(await rig.writer.storedBatches()).toEqual(new Map());
    expect(stub.requests).toHaveLength(2);
  });

  test.each([
    [401, "Check the token"],
    [403, "Check the token"],
    [404, "--influx-version"],
  ])("HTTP %i: kept, and the server is left in peace until a person may have acted", async (status, words) => {
    let answer: StubAnswer = { status, body: '{"error":"no"}' };
    await using stub = await startStub(version, () => answer);
    const clock = new ManualClock(instant(1_000_000));
    await using rig = await influxWriter(influxAt(stub.url), { lockedPause: seconds(10), groupWait: millis(0) }, clock);
    const write = () => settledWith(clock, rig.writer.write([batch(samples, name)]));
    expect(await write()).toMatch(
      new RegExp(
        `STORE_UNAVAILABLE: InfluxDB at http.*HTTP ${status}.*${words}|STORE_UNAVAILABLE.*${words}.*HTTP ${status}`,
      ),
    );
    expect(await write()).toMatch(new RegExp(`HTTP ${status}.* after a pause of 10 s`));
    expect(stub.requests).toHaveLength(1);
    expect(await rig.writer.storedBatches()).toEqual(new Map());
    answer = stored;
    await clock.advance(seconds(10));
    expect(await write()).toBe("stored");
    expect(await rig.writer.storedBatches()).toEqual(new Map([["q", [[1, 1]]]]));
  });

  test.each<StubAnswer>([
    ...[408, 429, 500, 502, 503, 504, 507].map((status) => ({ status, body: "no" })),
    { status: 302, headers: { location: "/login" } },
    { status: 200, body: '"a login page, not a receipt"' },
    "cut",
  ])("%j: kept, and stored when it is handed over again", async (first) => {
    let answers = 0;
    await using stub = await startStub(version, () => (answers++ === 0 ? first : stored));
    await using rig = await influxWriter(influxAt(stub.url));
    const written = rig.writer.write([batch(samples, name)]);
    await expect(written).rejects.toMatchObject({ code: "STORE_UNAVAILABLE", verdict: "retry" });
    expect(await rig.writer.storedBatches()).toEqual(new Map());
    // The client does not try by itself: the queue decides.
    expect(answers).toBe(1);
    await rig.writer.write([batch(samples, name)]);
    expect(stub.lines()).toHaveLength(lineCount);
  });

  test("a server that takes the lines and never answers is given up; again is the same lines", async () => {
    let answers = 0;
    await using stub = await startStub(version, ({ body }, keep) => {
      keep(body.split("\n"));
      return answers++ === 0 ? "hang" : stored;
    });
    await using rig = await influxWriter(influxAt(stub.url), { requestTimeout: millis(300) });
    await expect(rig.writer.write([batch(samples, name)])).rejects.toThrow(/no answer within 0.3 s/);
    await rig.writer.write([batch(samples, name)]);
    expect(stub.lines()).toHaveLength(lineCount);
  });
});

/** What a write ends with, while time goes on by the clock's own steps. */
async function settledWith(clock: ManualClock, written: Promise<void>): Promise<string> {
  const outcome = written.then(
    () => "stored",
    (error: unknown) => String(error),
  );
  let isOver = false;
  void outcome.then(() => {
    isOver = true;
  });
  await clock.advance(millis(0));
  while (!isOver) await new Promise((resolve) => setImmediate(resolve));
  return outcome;
}

test.each([
  ["2", 2_000],
  [new Date(1_000_000 + 5_000).toUTCString(), 5_000],
])("Retry-After %s holds back writes for %i ms, not less", async (header, pause) => {
  let answer: StubAnswer = { status: 503, headers: { "retry-after": header } };
  await using stub = await startStub("2", () => answer);
  const clock = new ManualClock(instant(1_000_000));
  await using rig = await influxWriter(influxAt(stub.url), { groupWait: millis(0) }, clock);
  const write = () => settledWith(clock, rig.writer.write([batch(samples, name)]));
  expect(await write()).toContain("HTTP 503");
  answer = stored;
  await clock.advance(millis(pause - 1));
  expect(await write()).toContain(`after a pause of ${pause / 1_000} s`);
  expect(stub.requests).toHaveLength(1);
  await clock.advance(millis(1));
  expect(await write()).toBe("stored");
});

test("a server that says no version is not guessed at: the error names both ways", async () => {
  await using stub = await startStub("2", () => stored, { status: 200, body: '"hello"' });
  await using rig = await influxWriter(influxAt(stub.url));
  const written = rig.writer.write([batch(samples, name)]);
  await expect(written).rejects.toThrow(/\/ping answered HTTP 200 without a version.*--influx-version 1, 2, 3/);
  expect(stub.requests).toHaveLength(0);
});

test("the wrong version, configured: the error names it and how it came about", async () => {
  await using stub = await startStub("1");
  await using rig = await influxWriter(influxAt(stub.url, { version: "2" }));
  const written = rig.writer.write([batch(samples, name)]);
  await expect(written).rejects.toThrow(/version 2, as --influx-version says.*HTTP 404/);
});

test("a server that was replaced by another version is asked again", async () => {
  await using old = await startStub("1", () => ({ status: 404 }));
  await using rig = await influxWriter(influxAt(old.url));
  for (let i = 0; i < 2; i++) {
    await expect(rig.writer.write([batch(samples, name)])).rejects.toThrow(/version 1, detected/);
  }
  expect(old.pings()).toBe(2);
});

test.each([true, false])("gzip %s", async (gzip) => {
  await using stub = await startStub("2");
  await using rig = await influxWriter(influxAt(stub.url, { gzip }));
  await rig.writer.write([batch(samples, name)]);
  expect(stub.requests[0]?.encoding).toBe(gzip ? "gzip" : undefined);
  expect(stub.lines()).toHaveLength(lineCount);
});

test("a server that is away rejects reads and writes, and names what to look at", async () => {
  const { url } = await (async () => {
    await using closed = await startStub("2");
    return { url: closed.url };
  })();
  await using rig = await influxWriter(influxAt(url));
  await using reader = await openInfluxReader({ ...influxAt(url), clock: systemClock });
  await expect(rig.writer.write([batch(samples)])).rejects.toThrow(/STORE_UNAVAILABLE: InfluxDB at http/);
  await expect(reader.count(tag("a"), instant(0), instant(9))).rejects.toThrow("STORE_UNAVAILABLE");
  // What holds nothing anyway is not asked.
  expect(await reader.buckets([], instant(0), instant(9), millis(1))).toEqual(new Map());
  expect(await reader.last([], instant(9))).toEqual(new Map());
  expect(await reader.count(tag("a"), instant(9), instant(9))).toBe(0);
});
