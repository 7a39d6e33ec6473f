import { open, readdir, readFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { systemClock } from "#shared/kit/clock.ts";
import { type Log, silentLog } from "#shared/kit/log.ts";
import type { CodedError } from "#shared/model/errors.ts";
import { inRanges, noRanges } from "#shared/model/ranges.ts";
import { instant, millis } from "#shared/model/time.ts";
import { historyFormat } from "#shared/store/embedded/historyFormat.ts";
import { openEmbeddedReader, openEmbeddedWriter } from "#shared/store/embedded/open.ts";
import { moveAside } from "#shared/store/sqlite/damage.ts";
import { openForReading, openForWriting } from "#shared/store/sqlite/database.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { batch, good, tag } from "./samples.ts";
import { samplesPerBatch, startChild } from "./writingChild.ts";

const always = instant(Date.UTC(2100, 0, 1));
const start = Date.UTC(2026, 5, 1);

test("kill -9 while writing and sealing loses no acknowledged batch", async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, "history.db");
  const acknowledged: number[] = [];
  for (let round = 0; round < 5; round++) {
    const child = startChild(file, round * 10_000 + 1);
    await child.reached(10 + round * 7);
    await child.kill();
    acknowledged.push(...child.acknowledged);
  }
  await expectAllThere(file, acknowledged);
}, 120_000);

test.skipIf(process.platform === "win32")(
  "a full disk rejects with DISK, and all that was acknowledged before is there",
  async () => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, "history.db");
    const child = startChild(file, 1, 10_000, "1000"); // no file larger than 1,000 blocks of 512 bytes
    await child.ended;
    expect(child.acknowledged.length).toBeGreaterThan(4);
    expect(child.errors).toHaveLength(4);
    for (const error of child.errors) expect(error).toMatch(/^DISK: .*history\.db/);
    await expectAllThere(file, child.acknowledged);
  },
  60_000,
);

/** Every acknowledged batch is stored, with its samples; and no name without samples, nor samples without a name. */
async function expectAllThere(file: string, acknowledged: readonly number[]): Promise<void> {
  await using writer = await openEmbeddedWriter({ file, clock: systemClock, log: silentLog });
  await using reader = await openEmbeddedReader({ file, clock: systemClock, log: silentLog });
  const stored = (await writer.storedBatches()).get("q") ?? noRanges;
  expect(acknowledged.filter((number) => !inRanges(stored, number))).toEqual([]);
  for (const number of acknowledged) {
    for (const i of [0, 1, samplesPerBatch - 1]) {
      const at = start + (number * samplesPerBatch + i) * 500;
      const { samples } = await reader.range(tag(`t${i % 20}`), instant(at), instant(at + 1), 2);
      expect(samples).toEqual([good(tag(`t${i % 20}`), at, number + i / 1_000)]);
    }
  }
  const batches = stored.reduce((sum, [first, last]) => sum + last - first + 1, 0);
  const tags = Array.from({ length: 20 }, (_, i) => tag(`t${i}`));
  const counts = await Promise.all(tags.map((of) => reader.count(of, instant(0), always)));
  expect(counts.reduce((a, b) => a + b)).toBe(batches * samplesPerBatch);
}

test("a reader in another process sees each acknowledged batch while the writer writes and seals", async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, "history.db");
  await using reader = await openEmbeddedReader({ file, clock: systemClock, log: silentLog });
  expect(await reader.count(tag("t0"), instant(0), always)).toBe(0);
  const child = startChild(file, 1, 3_000);
  try {
    for (let looks = 1; looks <= 12; looks++) {
      await child.reached(looks * 4);
      for (const number of [...child.acknowledged]) {
        const from = start + number * samplesPerBatch * 500;
        const to = from + samplesPerBatch * 500;
        expect(await reader.count(tag("t0"), instant(from), instant(to))).toBe(samplesPerBatch / 20);
      }
    }
  } finally {
    await child.kill();
  }
}, 60_000);

const keepingLog = () => {
  const errors: string[] = [];
  const log: Log = { ...silentLog, error: (fields) => errors.push(String((fields as { error: Error }).error.message)) };
  return { errors, log };
};

test.each<[string, (file: string) => Promise<void>]>([
  ["text in its place", (file) => writeFile(file, "this is no database ".repeat(500))],
  [
    "its pages overwritten",
    async (file) => {
      const size = (await readFile(file)).length;
      await using handle = await open(file, "r+");
      await handle.write(Buffer.alloc(size - 100, 0xa5), 0, size - 100, 100);
    },
  ],
  ["cut in the middle", async (file) => truncate(file, 4_096)],
])("a damaged file (%s) is moved aside, says so, and the store goes on", async (_, damage) => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, "history.db");
  const { errors, log } = keepingLog();
  const told: string[] = [];
  const options = { file, clock: systemClock, log, onDamage: ({ detail }: CodedError) => void told.push(detail) };
  const name = { queueId: "q", number: 1 };
  {
    await using writer = await openEmbeddedWriter(options, { groupWait: millis(1) });
    await writer.write([batch([good(tag("a"), start, 1)], name)]);
  }
  await damage(file);
  await using writer = await openEmbeddedWriter(options, { groupWait: millis(1) });
  expect(await writer.storedBatches()).toEqual(new Map());
  await writer.write([batch([good(tag("a"), start, 2), good(tag("a"), start + 1, 3)], name)]);
  await using reader = await openEmbeddedReader(options);
  expect(await reader.count(tag("a"), instant(0), always)).toBe(2);
  expect(errors).toHaveLength(1);
  const aside = (await readdir(folder.path)).find((entry) => /\.damaged-[0-9TZ]+$/.test(entry)) ?? "none";
  expect(errors[0]).toContain(`DAMAGED: ${file} could not be read`);
  expect(errors[0]).toContain(join(folder.path, aside));
  expect(told.map((detail) => `DAMAGED: ${detail}`)).toEqual(errors);
});

test.each<[string, (wal: Buffer) => Buffer]>([
  ["its tail cut off", (wal) => wal.subarray(0, Math.floor(wal.length * 0.7) + 13)],
  ["its tail turned into zeros", (wal) => wal.fill(0, Math.floor(wal.length * 0.6))],
  [
    "a sector of zeros in it",
    (wal) => wal.fill(0, Math.floor(wal.length / 1_024) * 512, Math.floor(wal.length / 1_024) * 512 + 512),
  ],
  ["noise in its head", (wal) => wal.fill(0xa5, 0, 64)],
])("after a kill and a WAL with %s the store opens: no batch by halves, and it goes on", async (_, damage) => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, "history.db");
  const child = startChild(file, 1, 3_000);
  await child.reached(30);
  await child.kill();
  await writeFile(`${file}-wal`, damage(await readFile(`${file}-wal`)));
  const { errors, log } = keepingLog();
  await using writer = await openEmbeddedWriter({ file, clock: systemClock, log }, { groupWait: millis(1) });
  await using reader = await openEmbeddedReader({ file, clock: systemClock, log });
  const tags = Array.from({ length: 20 }, (_, i) => tag(`t${i}`));
  const total = async () => {
    const counts = await Promise.all(tags.map((of) => reader.count(of, instant(0), always)));
    return counts.reduce((a, b) => a + b);
  };
  const stored = (await writer.storedBatches()).get("q") ?? noRanges;
  expect(await total()).toBe(stored.reduce((sum, [first, last]) => sum + last - first + 1, 0) * samplesPerBatch);
  // Where the damage was too deep to open the file, it says so and has begun anew.
  expect(errors.length > 0).toBe((await readdir(folder.path)).some((name) => name.includes(".damaged-")));
  const before = await total();
  await writer.write([batch([good(tag("t0"), 5, 1)])]);
  expect(await total()).toBe(before + 1);
});

test("an open reader follows when the file is replaced", async () => {
  await using folder = await temporaryFolder();
  const options = { file: join(folder.path, "history.db"), clock: systemClock, log: silentLog };
  await using reader = await openEmbeddedReader(options);
  for (const n of [2, 1]) {
    await using writer = await openEmbeddedWriter(options, { groupWait: millis(1) });
    await writer.write([batch(Array.from({ length: n }, (_, i) => good(tag("a"), start + i, i)))]);
    expect(await reader.count(tag("a"), instant(0), always)).toBe(n);
    await writer[Symbol.asyncDispose]();
    moveAside(options.file, instant(start));
    expect(await reader.count(tag("a"), instant(0), always)).toBe(0);
  }
});

test("a damaged chunk: reading it says so; late data for it keeps its bytes aside and goes on", async () => {
  await using folder = await temporaryFolder();
  const { errors, log } = keepingLog();
  const options = { file: join(folder.path, "history.db"), clock: systemClock, log };
  await using reader = await openEmbeddedReader(options);
  {
    await using writer = await openEmbeddedWriter(options, { groupWait: millis(1), maxHotPoints: 0 });
    await writer.write([batch([good(tag("a"), start, 1), good(tag("b"), start, 1)])]);
    await writer.write([batch([good(tag("b"), start + 1, 1)])]); // its commit comes after the seal of the first
    await sealed(options.file, 2);
  }
  const database = openForWriting(options.file, historyFormat, () => {});
  database.exec("UPDATE chunk SET body = zeroblob(50) WHERE id = (SELECT min(id) FROM chunk)");
  database.close();
  await expect(reader.range(tag("a"), instant(0), always, 9)).rejects.toThrow("DAMAGED");
  expect(await reader.count(tag("b"), instant(0), always)).toBe(2);
  await using writer = await openEmbeddedWriter(options, { groupWait: millis(1), maxHotPoints: 0 });
  await writer.write([batch([good(tag("a"), start + 5, 2)])]);
  while (errors.length === 0) await new Promise((resolve) => setImmediate(resolve));
  expect(errors[0]).toContain("damaged_block");
  await sealed(options.file, 2);
  expect((await reader.range(tag("a"), instant(0), always, 9)).samples).toEqual([good(tag("a"), start + 5, 2)]);
});

test("closing ends a seal between two steps; the next start finds every sample and finishes it", async () => {
  await using folder = await temporaryFolder();
  const { errors, log } = keepingLog();
  const options = { file: join(folder.path, "history.db"), clock: systemClock, log };
  const samplesOf = (from: number) =>
    Array.from({ length: 4_000 }, (_, i) => good(tag(`t${i % 400}`), start + from + i, i));
  {
    await using writer = await openEmbeddedWriter(options, { groupWait: millis(1), maxHotPoints: 1e9 });
    for (let i = 0; i < 20; i++) await writer.write([batch(samplesOf(i * 4_000))]);
  }
  {
    // The last commit makes the log overfull, and its seal begins; closing does not wait for it.
    await using writer = await openEmbeddedWriter(options, { groupWait: millis(1), maxHotPoints: 80_000 });
    await writer.write([batch(samplesOf(80_000))]);
  }
  expect(errors).toEqual([]);
  await using writer = await openEmbeddedWriter(options, { groupWait: millis(1), maxHotPoints: 80_000 });
  await writer.write([batch([good(tag("t0"), start - 1, 1)])]);
  await sealed(options.file, 400 + 1);
  await using reader = await openEmbeddedReader(options);
  expect(await reader.count(tag("t0"), instant(0), always)).toBe(211);
});

/** Resolves when the hot log is empty and there are so many chunks. */
async function sealed(file: string, chunks: number): Promise<void> {
  const database = openForReading(file, historyFormat);
  const counts = database?.prepare("SELECT (SELECT count(*) FROM hot) AS hot, (SELECT count(*) FROM chunk) AS chunks");
  for (let now = counts?.get(); now?.hot !== 0 || now.chunks !== chunks; now = counts?.get()) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  database?.close();
}
