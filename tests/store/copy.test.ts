import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemClock } from "#shared/kit/clock.ts";
import { silentLog } from "#shared/kit/log.ts";
import type { Sample, TagId } from "#shared/model/sample.ts";
import { hours, instant } from "#shared/model/time.ts";
import { copyTag, samplesPerPage } from "#shared/store/copy/copyHistory.ts";
import { readPlace } from "#shared/store/copy/place.ts";
import { copyRow, copySummary } from "#shared/store/copy/report.ts";
import { openEmbeddedReader, openEmbeddedWriter } from "#shared/store/embedded/open.ts";
import type { SampleReader, SampleWriter } from "#shared/store/port.ts";
import { influxMissing, startInflux } from "../bench/influx.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { memoryReader } from "../ingest/memoryReader.ts";
import { bad, batch, good, tag, uncertain } from "./samples.ts";

const day = hours(24);
const start = Date.UTC(2026, 2, 1);
const never = instant(0);
const always = instant(Date.UTC(2100, 0, 1));

/** A writer into a `memoryReader`, and what it was given. */
const memoryWriter = (into: ReturnType<typeof memoryReader>): SampleWriter & { readonly writes: number[] } => {
  const writes: number[] = [];
  return {
    writes,
    write: async (batches) => {
      for (const { samples } of batches) {
        writes.push(samples.length);
        into.write(samples);
      }
    },
    storedBatches: async () => new Map(),
    [Symbol.asyncDispose]: async () => {},
  };
};

const patiently = <Result>(body: () => Promise<Result>) => body();

describe("one tag", () => {
  /** Two and a half pages on one day, then some samples on each of 400 days. */
  const samples = [
    ...Array.from({ length: samplesPerPage * 2.5 }, (_, i) => good(tag("a"), start + i * 2_000, i)),
    ...Array.from({ length: 4_000 }, (_, i) => good(tag("a"), start + day + (i * day) / 10, i)),
  ];

  test("is copied whole, page by page: never more than a page between a read and its write", async () => {
    const [source, target] = [memoryReader(), memoryReader()];
    source.write(samples);
    const writer = memoryWriter(target);
    const done = await copyTag(tag("a"), never, always, { source, target, writer, patiently });
    const expected = {
      days: 401,
      samples: samples.length,
      written: samples.length,
      differences: [],
      thinned: false,
      refusal: null,
    };
    expect(done).toEqual({ tag: tag("a"), ...expected });
    expect(Math.max(...writer.writes)).toBeLessThanOrEqual(samplesPerPage);
    expect((await target.range(tag("a"), never, always, 1e9)).samples).toEqual(samples);
  });

  test("a copy that was broken off writes only what is missing when it is begun again", async () => {
    const [source, target] = [memoryReader(), memoryReader()];
    source.write(samples);
    const whole = memoryWriter(target);
    const failing = {
      ...whole,
      write: async (...given: Parameters<typeof whole.write>) => {
        if (whole.writes.length === 3) throw new Error("power cut");
        await whole.write(...given);
      },
    };
    const parts = { source, target, patiently };
    await expect(copyTag(tag("a"), never, always, { ...parts, writer: failing })).rejects.toThrow("power cut");
    const again = await copyTag(tag("a"), never, always, { ...parts, writer: memoryWriter(target) });
    expect(again).toMatchObject({ samples: samples.length, written: 4_000, differences: [] });
  });

  test.each<[string, (source: Sample[]) => Sample[]]>([
    ["a value", (all) => all.map((one, i) => (i === 7 ? good(one.tag, one.at, -1) : one))],
    ["a kind", (all) => all.map((one, i) => (i === 7 ? good(one.tag, one.at, String(one.value)) : one))],
    ["a sign of zero", (all) => all.map((one, i) => (i === 0 ? good(one.tag, one.at, -0) : one))],
    ["a quality", (all) => all.map((one, i) => (i === 7 ? uncertain(one.tag, one.at, 7) : one))],
    ["a time", (all) => all.map((one, i) => (i === 7 ? good(one.tag, one.at + 1, 7) : one))],
    ["one more", (all) => [...all, good(tag("a"), start + 1, 1)]],
    ["one less", (all) => all.slice(1)],
  ])("a comparison finds %s that differs, on its day alone", async (_, change) => {
    const [source, target] = [memoryReader(), memoryReader()];
    const three = Array.from({ length: 30 }, (_, i) => good(tag("a"), start + (i * day) / 10, i));
    source.write(three);
    target.write(change(three));
    const { differences } = await copyTag(tag("a"), never, always, { source, target, writer: null, patiently });
    expect(differences.map(({ day: on }) => on)).toEqual([start]);
  });

  test("what the target refuses is said, and is a difference", async () => {
    const [source, target] = [memoryReader(), memoryReader()];
    source.write([good(tag("a"), start, 1)]);
    const { RefusedSamplesError } = await import("#shared/store/refused.ts");
    const writer = {
      ...memoryWriter(target),
      write: async (batches: Parameters<SampleWriter["write"]>[0]) => {
        throw new RefusedSamplesError(
          batches.flatMap(({ samples }) => samples).map((sample) => ({ sample, why: "too old" })),
        );
      },
    };
    const done = await copyTag(tag("a"), never, always, { source, target, writer, patiently });
    expect(done).toMatchObject({
      written: 0,
      differences: [{ day: start }],
      refusal: expect.stringContaining("too old"),
    });
  });
});

describe("places", () => {
  const values = {
    "influx-url": "http://127.0.0.1:8086",
    "influx-database": "pilotline",
    "influx-org": "pilotline",
    "influx-version": "detect",
    "influx-gzip": "auto",
  };
  const place = (text: string) => readPlace(text, values, "data/history.db");

  test("name a store, a file or a server", async () => {
    expect(await place("embedded")).toMatchObject({ store: "embedded", historyFile: "data/history.db" });
    expect(await place("embedded:/backup/h.db")).toMatchObject({ store: "embedded", historyFile: "/backup/h.db" });
    expect(await place("influx")).toMatchObject({
      store: "influx",
      influx: { url: values["influx-url"], version: null },
    });
    expect(await place("influx:http://old:1/?database=d&version=1")).toMatchObject({
      store: "influx",
      influx: { url: "http://old:1", database: "d", version: "1", org: "pilotline" },
    });
  });

  test.each([
    ["duckdb", /--store takes/],
    ["influx:nowhere", /names no address/],
    ["influx:http://a?bucket=x", /no option --influx-bucket/],
  ])("%s is refused", async (text, refusal) => {
    await expect(place(text)).rejects.toThrow(refusal);
  });
});

describe.skipIf(influxMissing)(`the command, with a real InfluxDB ${influxMissing ?? ""}`.trim(), () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let server: Awaited<ReturnType<typeof startInflux>>;
  const script = fileURLToPath(new URL("../../pilotline.ts", import.meta.url));
  const file = (name: string) => join(folder.path, `${name}.db`);
  const place = (database: string) => `influx:${server.url}?database=${database}`;
  const create = (database: string, retention = "") =>
    fetch(`${server.url}/query?q=${encodeURIComponent(`CREATE DATABASE ${database} ${retention}`)}`, {
      method: "POST",
    });

  beforeAll(async () => {
    folder = await temporaryFolder();
    server = await startInflux(folder.path);
  });
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
    await folder?.[Symbol.asyncDispose]();
  });

  const run = (...args: readonly string[]): Promise<{ code: number; output: string }> =>
    new Promise((resolve) => {
      execFile(process.execPath, [script, "copy", ...args], (error, stdout, stderr) => {
        resolve({ code: error ? Number(error.code) : 0, output: stdout + stderr });
      });
    });
  const fill = async (name: string, samples: readonly Sample[]) => {
    await using writer = await openEmbeddedWriter({ file: file(name), clock: systemClock, log: silentLog });
    await writer.write([batch(samples)]);
  };
  const readAll = async (reader: SampleReader, of: TagId) => (await reader.range(of, never, always, 1e6)).samples;

  test("embedded → InfluxDB → embedded: every kind of sample arrives as it was", async () => {
    const texts = Array.from({ length: 300 }, (_, i) =>
      good(tag("state"), start + i * 60_000, i % 3 ? "运行" : 'a "b"\n\\'),
    );
    const samples: readonly Sample[] = [
      ...Array.from({ length: 12_000 }, (_, i) => good(tag("temp"), start + i * 9_000, Math.round(i * 7.3) / 10)),
      ...texts,
      ...Array.from({ length: 50 }, (_, i) => good(tag("on"), start + i * 1_000, i % 2 === 0)),
      ...Array.from({ length: 50 }, (_, i) => bad(tag("temp"), start + i * 9_000 + 1, "TIMEOUT")),
      uncertain(tag("temp"), start + 2, -0, "OUT_OF_RANGE"),
    ];
    await fill("first", samples);
    await create("kinds");
    const there = await run("--from", `embedded:${file("first")}`, "--to", place("kinds"));
    expect(there).toMatchObject({ code: 0, output: expect.stringMatching(/p\/l\/e\/temp +2 +12051 +12051 +0\n/) });
    const back = await run("--from", place("kinds"), "--to", `embedded:${file("second")}`);
    expect(back).toMatchObject({
      code: 0,
      output: expect.stringMatching(/all +4 +12401 +12401 +0\nCounts and hashes of all samples are the same/),
    });
    const [first, second] = (await Promise.all(
      ["first", "second"].map((name) => openEmbeddedReader({ file: file(name), clock: systemClock, log: silentLog })),
    )) as [SampleReader, SampleReader];
    await using _first = first;
    await using _second = second;
    for (const of of ["temp", "state", "on"].map(tag)) {
      expect(await readAll(second, of)).toEqual(await readAll(first, of));
    }
    // The target was empty: no point carries what only a correction needs.
    const answer = await fetch(`${server.url}/query?db=kinds&q=${encodeURIComponent("SELECT count(k) FROM sample")}`);
    expect(await answer.text()).not.toContain("values");
  });

  test("killed while it copies, the same command goes on and ends with all of it", async () => {
    const tags = Array.from({ length: 12 }, (_, i) => tag(`t${String(i).padStart(2, "0")}`));
    await fill(
      "many",
      tags.flatMap((of) => Array.from({ length: 3_000 }, (_, i) => good(of, start + i * 30_000, i))),
    );
    await create("killed");
    const args = ["--from", `embedded:${file("many")}`, "--to", place("killed")];
    const child = spawn(process.execPath, [script, "copy", ...args], { stdio: ["ignore", "pipe", "inherit"] });
    const ended = once(child, "exit");
    for await (const line of createInterface({ input: child.stdout })) {
      if (line.startsWith(tags[3] ?? "")) child.kill("SIGKILL");
    }
    await ended;
    const again = await run(...args);
    expect(again.code).toBe(0);
    const [, samples, written] = /all +\d+ +(\d+) +(\d+) +0\n/.exec(again.output) ?? [];
    expect(Number(samples)).toBe(36_000);
    expect(Number(written)).toBeLessThan(36_000 - 4 * 3_000 + 1);
    expect(await run(...args)).toMatchObject({ code: 0, output: expect.stringMatching(/all +\d+ +36000 +0 +0\n/) });
  });

  test("a difference ends with exit code 1 and names tag and day; copying takes it away", async () => {
    const samples = Array.from({ length: 20 }, (_, i) => good(tag("a"), start + (i * day) / 10, i));
    await fill("right", samples);
    await fill(
      "wrong",
      samples.map((one, i) => (i === 12 ? good(one.tag, one.at, 99) : one)),
    );
    const args = ["--from", `embedded:${file("right")}`, "--to", `embedded:${file("wrong")}`];
    const compared = await run(...args, "--verify");
    expect(compared.code).toBe(1);
    expect(compared.output).toMatch(/2026-03-02: source 10 samples [0-9a-f]{12}, target 10 samples [0-9a-f]{12}/);
    expect(await run(...args)).toMatchObject({ code: 0 });
    expect(await run(...args, "--verify")).toMatchObject({ code: 0 });
    await fill("wrong", [good(tag("a"), start + 1, 1)]);
    expect(await run(...args)).toMatchObject({
      code: 1,
      output: expect.stringContaining("2026-03-01: source 10 samples"),
    });
  });

  test("what the target refuses is said with its words, and the exit code is 1", async () => {
    await fill("old", [good(tag("a"), start, 1)]);
    await create("short", "WITH DURATION 1h");
    const done = await run("--from", `embedded:${file("old")}`, "--to", place("short"));
    expect(done).toMatchObject({ code: 1, output: expect.stringContaining("beyond retention policy") });
  });

  test("a missing side, twice the same, a wrong time: exit code 2, and nothing is done", async () => {
    const both = ["--from", "embedded", "--to", "embedded"];
    expect(await run("--from", "embedded")).toMatchObject({
      code: 2,
      output: expect.stringContaining("--from and --to"),
    });
    expect(await run(...both)).toMatchObject({ code: 2, output: expect.stringContaining("the same store") });
    const wrong = await run("--from", "embedded", "--to", "influx", "--since", "yesterday");
    expect(wrong).toMatchObject({ code: 2, output: expect.stringContaining("--since takes an instant") });
  });
});

test("a copy of what retention has thinned says so for the tag, and for the whole", () => {
  const whole = { tag: tag("a"), days: 1, samples: 2, written: 2, differences: [], thinned: false, refusal: null };
  const thin = { ...whole, tag: tag("b"), thinned: true };
  expect([copyRow(whole).length, copySummary([whole]).length]).toEqual([1, 2]);
  expect(copyRow(thin)[1]).toMatch(/first and last sample .* are copied, the roll-ups .* are not/);
  expect(copySummary([whole, thin]).at(-1)).toMatch(/^Of 1 tags a part was thinned by retention/);
});
