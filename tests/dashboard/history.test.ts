import fc from "fast-check";
import { expect, test } from "vitest";
import type { HistoryAnswer, HistoryBucket } from "#shared/model/live.ts";
import type { Gap, Sample } from "#shared/model/sample.ts";
import { instant, minutes } from "#shared/model/time.ts";
import type { SampleReader } from "#shared/store/port.ts";
import type { RecordsReader } from "#shared/store/records/port.ts";
import { answerHistory } from "../../dashboard/server/history/answer.ts";
import { bucketCount, bucketGrid } from "../../dashboard/server/history/width.ts";
import { csvField } from "../../shared/kit/csv.ts";
import { createLocalIso } from "../../shared/model/localIso.ts";
import { note, temp, testView } from "./plant.ts";
import { bad, good } from "./samples.ts";
import { startServer, type TestServer } from "./server.ts";

const day = 1_700_006_400_000;
const write = (server: TestServer, samples: readonly Sample[]) => server.samples.write([{ name: null, samples }]);

async function ask(server: TestServer, query: Record<string, string | number>) {
  const cookie = await server.cookieOf("viewer");
  const search = new URLSearchParams(
    Object.entries(query).map(([key, value]): [string, string] => [key, String(value)]),
  );
  const reply = await server.app.inject({ url: `/api/history?${search}`, headers: { cookie } });
  return { status: reply.statusCode, answer: reply.json<HistoryAnswer>() };
}
const raw = (answer: HistoryAnswer) => {
  if (answer.kind !== "raw") throw new Error(`got ${answer.kind}`);
  return answer;
};
const buckets = (answer: HistoryAnswer) => {
  if (answer.kind !== "buckets") throw new Error(`got ${answer.kind}`);
  return answer;
};

test("what fits the pixels comes as it is, bad samples without a value", async () => {
  await using server = await startServer();
  await write(server, [good(day, 1), bad(day + 1_000), good(day + 2_000, 3), good(day + 60_000, 4)]);
  const { answer } = await ask(server, { tag: temp, from: day, to: day + 3_000, pixels: 50 });
  expect(raw(answer)).toMatchObject({
    tag: temp,
    unit: "Cel",
    t: [day, day + 1_000, day + 2_000],
    v: [1, null, 3],
    q: [0, 2, 0],
    gaps: [],
  });
});

test("a range that is over is sent once: asked again it is the same, until late data comes", async () => {
  await using server = await startServer();
  await write(server, [good(day, 1), good(day + 1_000, 2)]);
  const cookie = await server.cookieOf("viewer");
  const get = (to: number, tag?: string) =>
    server.app.inject({
      url: `/api/history?tag=${temp}&from=${day}&to=${to}&pixels=50`,
      headers: { cookie, ...(tag === undefined ? {} : { "if-none-match": tag }) },
    });
  const first = await get(day + 3_000);
  const tag = String(first.headers.etag);
  expect([first.headers["cache-control"], first.json<HistoryAnswer>().kind]).toEqual(["private, no-cache", "raw"]);
  const again = await get(day + 3_000, `"other", W/${tag}`);
  expect([again.statusCode, again.body]).toEqual([304, ""]);
  await write(server, [good(day + 500, 9)]);
  const late = await get(day + 3_000, tag);
  expect([late.statusCode, late.json<{ v: number[] }>().v]).toEqual([200, [1, 9, 2]]);
  const lasting = await get(Date.now() + 60_000);
  expect([lasting.headers["cache-control"], lasting.headers.etag]).toEqual(["no-store", undefined]);
});

test("thinning equals a naive computation, in at most the asked pixels", async () => {
  await using server = await startServer();
  const samples = Array.from({ length: 3_000 }, (_, i) => {
    const at = day + i * 977 + ((i * 37) % 500);
    return i % 50 === 0 ? bad(at) : good(at, Math.round(Math.sin(i / 40) * 1e4) / 100);
  });
  await write(server, samples);
  const [from, to] = [day + 123_456, day + 2_500_000];
  for (const pixels of [50, 333, 1_000]) {
    const answer = buckets((await ask(server, { tag: temp, from, to, pixels })).answer);
    expect(answer.buckets.length).toBeLessThanOrEqual(pixels);
    const start = Math.floor(from / answer.widthMs) * answer.widthMs;
    const end = Math.ceil(to / answer.widthMs) * answer.widthMs;
    expect(answer.buckets.length).toBeGreaterThan(pixels / 4);
    expect(answer.buckets).toEqual(naive(samples, start, end, answer.widthMs));
  }
});

function naive(samples: readonly Sample[], from: number, to: number, width: number): HistoryBucket[] {
  const all = samples.filter(({ at }) => at >= from && at < to);
  const groups = Map.groupBy(all, ({ at }) => Math.floor(at / width) * width);
  const goodMs = (t: number): number =>
    all.reduce((sum, { at, quality }, i) => {
      const next = quality === "good" ? (all[i + 1]?.at ?? at) : at;
      return sum + Math.max(0, Math.min(next, t + width) - Math.max(at, t));
    }, 0);
  return [...groups].map(([t, group]) => {
    const values = group.flatMap(({ value }) => (typeof value === "number" ? [value] : []));
    const some = values.length > 0;
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return {
      t: instant(t),
      n: values.length,
      bad: group.length - values.length,
      goodMs: goodMs(t),
      min: some ? Math.min(...values) : null,
      max: some ? Math.max(...values) : null,
      mean: some ? (expect.closeTo(mean, 9) as number) : null,
      first: values[0] ?? null,
      last: values.at(-1) ?? null,
    };
  });
}

test("a bucket grid covers its range, aligned, with at most the asked buckets", () => {
  const times = fc.integer({ min: 0, max: 4_102_444_800_000 });
  fc.assert(
    fc.property(times, fc.integer({ min: 1, max: 4e12 }), fc.integer({ min: 50, max: 2_000 }), (from, span, most) => {
      const [start, end] = [instant(from), instant(from + span)];
      const grid = bucketGrid(start, end, most);
      expect(bucketCount(grid)).toBeLessThanOrEqual(most);
      expect([grid.from % grid.width, grid.to % grid.width]).toEqual([0, 0]);
      expect(grid.from <= start && grid.to >= end).toBe(true);
      expect(grid.from + grid.width > start && grid.to - grid.width < end).toBe(true);
    }),
  );
  expect(bucketGrid(instant(day), instant(day + minutes(60)), 1_000).width).toBe(5_000);
});

test("silence is a gap with its cause; one that lasts has no end; late data closes it", async () => {
  await using server = await startServer();
  const now = Date.now();
  const at = (s: number) => now + s * 1_000;
  await write(server, [good(at(-100), 1), good(at(-98), 2), good(at(-60), 3), good(at(-58), 4)]);
  const ledger: Gap = { tag: temp, from: instant(at(-97)), to: instant(at(-61)), cause: "device_lost", lost: null };
  const filled: Gap = { tag: temp, from: instant(at(-99)), to: instant(at(-97)), cause: "gateway_lost", lost: null };
  const torn: Gap = { tag: temp, from: instant(at(-59)), to: instant(at(-57)), cause: "outbox_full", lost: 3 };
  const brief: Gap = { tag: temp, from: instant(at(-58)), to: instant(at(-58)), cause: "device_lost", lost: null };
  server.records.saveGaps([ledger, filled, torn, brief]);

  const { answer } = await ask(server, { tag: temp, from: at(-99), to: at(10), pixels: 50 });
  expect(answer.gaps).toEqual([
    { from: at(-98), to: at(-60), cause: "device_lost" },
    { from: at(-59), to: at(-57), cause: "outbox_full" },
    { from: at(-58), to: null, cause: "unknown" },
  ]);

  await write(server, [good(at(-95), 1), ...Array.from({ length: 17 }, (_, i) => good(at(-93 + 2 * i), i))]);
  const later = await ask(server, { tag: temp, from: at(-99), to: at(-58), pixels: 50 });
  expect(later.answer.gaps).toEqual([{ from: at(-59), to: at(-57), cause: "outbox_full" }]);
});

test("an empty range lies in one gap, from the sample before it to the one after", async () => {
  await using server = await startServer();
  await write(server, [good(day, 1), good(day + 100_000, 2)]);
  const { answer } = await ask(server, { tag: temp, from: day + 20_000, to: day + 40_000, pixels: 50 });
  expect(raw(answer)).toMatchObject({ t: [], gaps: [{ from: day, to: day + 100_000, cause: "unknown" }] });
  const never = await ask(server, { tag: note, from: day, to: day + 100_000 });
  expect(raw(never.answer)).toMatchObject({ t: [], gaps: [{ from: day, to: null, cause: "unknown" }] });
  const future = await ask(server, { tag: temp, from: Date.now() + 60_000, to: Date.now() + 120_000 });
  expect(raw(future.answer).t).toEqual([]);
});

test("gaps of thinned data are the empty stretches", async () => {
  await using server = await startServer();
  const samples = Array.from({ length: 600 }, (_, i) => good(day + i * 1_000 + (i < 300 ? 0 : 600_000), i));
  await write(server, samples);
  server.records.saveGaps([
    { tag: temp, from: instant(day + 300_000), to: instant(day + 899_000), cause: "source_silent", lost: null },
  ]);
  const { answer } = await ask(server, { tag: temp, from: day, to: day + 1_200_000, pixels: 100 });
  const { widthMs, gaps } = buckets(answer);
  expect(gaps).toEqual([{ from: day + 300_000, to: day + 900_000, cause: "source_silent" }]);
  expect(widthMs).toBe(15_000);
});

test("an aborted request asks the store no further", async () => {
  const abort = new AbortController();
  const asked: string[] = [];
  const samples: Partial<SampleReader> = {
    range: async () => {
      asked.push("range");
      abort.abort();
      return { samples: [], more: true };
    },
  };
  const info = testView().lines[0]?.equipment[0]?.tags[0];
  if (!info) throw new Error("no tag");
  const request = { info, from: instant(0), to: instant(1_000), pixels: 50 };
  const sources = { samples: samples as SampleReader, records: {} as RecordsReader, now: instant(5_000) };
  await expect(answerHistory(request, sources, abort.signal)).rejects.toThrow(/abort/i);
  expect(asked).toEqual(["range"]);
});

test("times, tags and pixels are checked", async () => {
  await using server = await startServer();
  const asked = async (query: Record<string, string | number>) => (await ask(server, query)).status;
  const iso = { from: "2026-11-23T08:00:00+08:00", to: "2026-11-23T09:00:00.5Z" };
  expect(await asked({ tag: temp, ...iso })).toBe(200);
  expect(await asked({ tag: "demo/chem/r1/none", ...iso })).toBe(404);
  expect(await asked({ tag: temp, from: 5, to: 5 })).toBe(400);
  expect(await asked({ tag: temp, from: "2026-11-23 08:00", to: 9 })).toBe(400);
  expect(await asked({ tag: temp, ...iso, pixels: 100_000 })).toBe(400);
  expect(await asked({ tag: temp, ...iso, more: 1 })).toBe(400);
});

test("a CSV file opens in a spreadsheet: byte order mark, local time, no formulas, every sample", async () => {
  await using server = await startServer();
  const texts: Sample[] = [
    { tag: note, at: instant(day + 1), quality: "good", value: '=HYPERLINK("x")' },
    { tag: note, at: instant(day + 2), quality: "uncertain", value: "干燥, 二段", reason: "OUT_OF_RANGE" },
    bad(day + 3, note),
  ];
  await write(server, texts);
  await write(
    server,
    Array.from({ length: 12_000 }, (_, i) => good(day + i, i)),
  );
  const cookie = await server.cookieOf("viewer");
  const file = async (tag: string) => {
    const url = `/api/history.csv?tag=${tag}&from=${day}&to=${day + 100_000}`;
    return server.app.inject({ url, headers: { cookie } });
  };
  const reply = await file(note);
  expect(reply.headers["content-type"]).toBe("text/csv; charset=utf-8");
  expect(reply.rawPayload.subarray(0, 3)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]));
  const rows = reply.body.slice(1).split("\r\n");
  expect(rows).toContain("# time zone,Asia/Shanghai");
  expect(rows.slice(-5)).toEqual([
    "time,epoch_ms,value,quality,reason",
    `2023-11-15T08:00:00.001+08:00,${day + 1},"'=HYPERLINK(""x"")",good,`,
    `2023-11-15T08:00:00.002+08:00,${day + 2},"干燥, 二段",uncertain,OUT_OF_RANGE`,
    `2023-11-15T08:00:00.003+08:00,${day + 3},,bad,TIMEOUT`,
    "",
  ]);
  const numbers = (await file(temp)).body.split("\r\n").slice(9, -1);
  expect(numbers.map((row) => Number(row.split(",")[1]))).toEqual(Array.from({ length: 12_000 }, (_, i) => day + i));
  expect(csvField(-1.5)).toBe("-1.5");
  expect(createLocalIso("UTC")(instant(day))).toBe("2023-11-15T00:00:00.000+00:00");
  const [exported] = server.accounts.audit.list(Number.MAX_SAFE_INTEGER, 1);
  expect(exported).toMatchObject({ action: "export", target: temp });
});
