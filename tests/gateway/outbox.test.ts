import { appendFile, mkdir, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Log, silentLog } from "#shared/kit/log.ts";
import type { Sample } from "#shared/model/sample.ts";
import { instant } from "#shared/model/time.ts";
import { decodeBody, encodeRecord, headerBytes } from "../../gateway/outbox/record.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { drain, isHistorical, lostIn, nameOf, numbersOf, openBox, samplesIn, samplesOf, tag } from "./outboxRig.ts";

const keptIn = async (folder: string) =>
  (await readdir(join(folder, "outbox"))).filter((name) => name.endsWith(".ack")).sort();

const segmentsIn = async (folder: string) =>
  (await readdir(join(folder, "outbox"))).filter((name) => name.endsWith(".seg")).sort();

/** Pushes `count` batches, all durable. */
async function fill(folder: string, queueId: string, count: number): Promise<void> {
  const { outbox, durable } = await openBox(folder, queueId);
  for (let i = 1; i <= count; i++) {
    outbox.push("d", samplesOf(i));
    await durable();
  }
  await outbox[Symbol.asyncDispose]();
}

describe("record", () => {
  test("a batch comes back as it was", () => {
    const samples: readonly Sample[] = [
      { tag, at: instant(1), quality: "good", value: 1.5 },
      { tag, at: instant(2), quality: "uncertain", value: "text ü 中", reason: "OUT_OF_RANGE" },
      { tag, at: instant(3), quality: "bad", value: null, reason: "NOT_CONNECTED" },
      { tag, at: instant(4), quality: "good", value: true, reason: "STALE" },
    ];
    const record = encodeRecord({ number: 7, device: "d", samples });
    expect(decodeBody(record.subarray(headerBytes))).toEqual({ number: 7, device: "d", samples });
  });
});

describe("outbox", () => {
  test("a batch of an earlier time stays one, live and after a restart", async () => {
    await using folder = await temporaryFolder();
    const { outbox, durable } = await openBox(folder.path, "q1");
    outbox.push("d", samplesOf(1), { when: "historical" });
    outbox.push("d", samplesOf(2));
    await durable();
    expect([outbox.takeLive(), outbox.takeLive()].map((next) => isHistorical(next?.out))).toEqual([true, false]);
    await outbox[Symbol.asyncDispose]();
    const again = await openBox(folder.path, "q2");
    await using _ = again.outbox;
    const all = await drain(again.outbox);
    expect(all.map(isHistorical)).toEqual([true, false]);
  });

  test("gives a batch only once it is durable, in order, and each once", async () => {
    await using folder = await temporaryFolder();
    const { outbox, durable } = await openBox(folder.path, "q1");
    await using _ = outbox;
    for (let i = 1; i <= 10; i++) outbox.push("d", samplesOf(i));
    expect(outbox.takeLive()).toBeUndefined();
    await durable();
    const all = await drain(outbox);
    expect(all.map(nameOf)).toEqual(Array.from({ length: 10 }, (_, i) => `q1:${i + 1}`));
    expect(all.map(samplesIn)).toEqual(Array.from({ length: 10 }, (_, i) => samplesOf(i + 1)));
    expect(await drain(outbox)).toEqual([]);
  });

  test("owes files until they are acknowledged, and those of a restart by selective ranges too", async () => {
    await using folder = await temporaryFolder();
    await fill(folder.path, "q1", 12);
    const before = await segmentsIn(folder.path);
    expect(before.length).toBeGreaterThan(2);
    const { outbox } = await openBox(folder.path, "q2");
    expect((await drain(outbox)).map(nameOf)).toEqual(Array.from({ length: 12 }, (_, i) => `q1:${i + 1}`));
    outbox.acknowledge("q1", [
      [1, 3],
      [5, 12],
    ]);
    outbox.acknowledge("unknown", [[1, 100]]);
    expect(outbox.depth()).toMatchObject({ backlog: 0 });
    await outbox[Symbol.asyncDispose]();
    // Number 4 is still owed, so its segment stays; after it is acknowledged nothing is left.
    expect((await segmentsIn(folder.path)).length).toBe(1);
    expect((await keptIn(folder.path)).length).toBeGreaterThan(1);
    const again = await openBox(folder.path, "q3");
    expect((await drain(again.outbox)).map(nameOf)).toContain("q1:4");
    again.outbox.acknowledge("q1", [[1, 12]]);
    await again.outbox[Symbol.asyncDispose]();
    expect(await segmentsIn(folder.path)).toEqual([]);
  });

  test("what is acknowledged before it was read again is not sent again", async () => {
    await using folder = await temporaryFolder();
    await fill(folder.path, "q1", 6);
    const { outbox } = await openBox(folder.path, "q2");
    await using _ = outbox;
    outbox.acknowledge("q1", [[1, 4]]);
    expect((await drain(outbox)).map(nameOf)).toEqual(["q1:5", "q1:6"]);
  });

  test("an acknowledgement of a number never sent is not believed", async () => {
    await using folder = await temporaryFolder();
    const { outbox, durable } = await openBox(folder.path, "q1");
    await using _ = outbox;
    outbox.push("d", samplesOf(1));
    await durable();
    outbox.acknowledge("q1", [[1, 1_000]]);
    outbox.push("d", samplesOf(2));
    await durable();
    expect((await drain(outbox)).map(nameOf)).toEqual(["q1:1", "q1:2"]);
  });

  test("keeps little in memory: what is not taken in time is read from the disk, in order", async () => {
    await using folder = await temporaryFolder();
    const { outbox, durable } = await openBox(folder.path, "q1", { segmentBytes: 1 << 20 });
    await using _ = outbox;
    for (let i = 1; i <= 300; i++) outbox.push("d", samplesOf(i));
    await durable();
    expect(outbox.depth()).toMatchObject({ batches: 300, backlog: 236 });
    const first = outbox.takeLive();
    expect(nameOf(first?.out)).toBe("q1:237");
    const rest = await drain(outbox);
    expect(rest.map(({ name }) => name.number).toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 300 }, (_, i) => i + 1).filter((n) => n !== 237),
    );
    expect(rest.slice(-236).map(samplesIn)).toEqual(Array.from({ length: 236 }, (_, i) => samplesOf(i + 1)));
  });

  test.each<[string, (file: string, size: number) => Promise<void>, number]>([
    ["half a header", (file) => appendFile(file, Buffer.from([9, 0, 0])), 5],
    [
      "a header without its body",
      (file) => appendFile(file, encodeRecord({ number: 6, device: "d", samples: samplesOf(6) }).subarray(0, 20)),
      5,
    ],
    ["zeros, as a file system leaves them after a power loss", (file) => appendFile(file, Buffer.alloc(4096)), 5],
    [
      "a record with a wrong checksum",
      async (file) => {
        const record = encodeRecord({ number: 6, device: "d", samples: samplesOf(6) });
        record[30] = (record[30] ?? 0) ^ 1;
        await appendFile(file, record);
      },
      5,
    ],
    ["the last record cut short", (file, size) => truncate(file, size - 1), 4],
  ])("cuts a torn tail: %s", async (_, tear, left) => {
    await using folder = await temporaryFolder();
    const { outbox, durable } = await openBox(folder.path, "q1", { segmentBytes: 1 << 20 });
    for (let i = 1; i <= 5; i++) outbox.push("d", samplesOf(i));
    await durable();
    const [name = ""] = await segmentsIn(folder.path);
    const file = join(folder.path, "outbox", name);
    // As a kill leaves it: the first outbox is not closed.
    await tear(file, (await readFile(file)).length);
    const again = await openBox(folder.path, "q2");
    await using __ = again.outbox;
    expect((await drain(again.outbox)).map(nameOf)).toEqual(Array.from({ length: left }, (_, i) => `q1:${i + 1}`));
    again.outbox.push("d", samplesOf(99));
    await again.durable();
    expect((await drain(again.outbox)).map(nameOf)).toEqual(["q2:1"]);
    await outbox[Symbol.asyncDispose]();
  });

  test("damage in the middle costs that batch only; the gap names its number, its tags and its time", async () => {
    await using folder = await temporaryFolder();
    const { outbox: first, durable } = await openBox(folder.path, "q1", { segmentBytes: 1 << 20 });
    for (let i = 1; i <= 12; i++) {
      first.push("d", samplesOf(i));
      await durable();
    }
    await first[Symbol.asyncDispose]();
    const [name = ""] = await segmentsIn(folder.path);
    const file = join(folder.path, "outbox", name);
    const content = await readFile(file);
    const at = content.indexOf('{"n":7,') + 20;
    content[at] = (content[at] ?? 0) ^ 0xff;
    await writeFile(file, content);

    const { outbox, metrics } = await openBox(folder.path, "q2");
    const all = [...(await drain(outbox)), ...(await drain(outbox))];
    const sent = all.filter((out) => out.name.queueId === "q1").map(({ name }) => name.number);
    expect(sent).toEqual([1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12]);
    expect(lostIn(all)).toEqual([
      {
        batches: [{ queueId: "q1", ranges: [[7, 7]] }],
        cause: "outbox_damaged",
        tags: [{ tag, from: 6_002, to: 8_000, samples: null }],
      },
    ]);
    expect(metrics.counter("gateway_outbox_files_put_aside_total", "").value({ reason: "damaged" })).toBe(1);
    outbox.acknowledge("q1", [[1, 12]]);
    await outbox[Symbol.asyncDispose]();
    expect(await readdir(join(folder.path, "outbox", "aside"))).toEqual([name]);
  });

  test("beyond the quota the oldest goes first, counted, and recorded as a gap that is acknowledged like a batch", async () => {
    await using folder = await temporaryFolder();
    const quotaBytes = 40_000;
    const limits = { quotaBytes, segmentBytes: 1_000 };
    const { outbox, durable, metrics } = await openBox(folder.path, "q1", limits);
    for (let i = 1; i <= 600; i++) {
      outbox.push("d", samplesOf(i));
      await durable();
      expect(outbox.depth().bytes).toBeLessThanOrEqual(quotaBytes);
    }
    await outbox[Symbol.asyncDispose]();
    const again = await openBox(folder.path, "q2", limits);
    const all = await drain(again.outbox);
    const kept = all.filter(({ name }) => name.queueId === "q1").map(({ name }) => name.number);
    const gaps = lostIn(all);
    const lost = gaps.flatMap(({ batches }) => batches.flatMap(({ ranges }) => numbersOf(ranges)));
    expect([...lost, ...kept].toSorted((a, b) => a - b)).toEqual(Array.from({ length: 600 }, (_, i) => i + 1));
    const counted = gaps.flatMap(({ tags }) => tags).reduce((sum, { samples }) => sum + (samples ?? 0), 0);
    expect(counted).toBe(3 * lost.length);
    expect(metrics.counter("gateway_samples_lost_total", "").value({ reason: "outbox_full" })).toBe(3 * lost.length);
    expect(gaps.every(({ cause }) => cause === "outbox_full")).toBe(true);
    expect(gaps.flatMap(({ tags }) => tags)[0]).toMatchObject({ tag, from: 1_000 });
    expect(again.outbox.depth().gaps).toBeGreaterThan(0);
    again.outbox.acknowledge("q1_gaps", [[1, 600]]);
    expect(again.outbox.depth().gaps).toBe(0);
    await again.outbox[Symbol.asyncDispose]();
    const third = await openBox(folder.path, "q3", limits);
    await using _ = third.outbox;
    expect(lostIn(await drain(third.outbox))).toEqual([]);
  });

  test("a disk that cannot be written is tried again: what was pushed meanwhile is kept, in order", async () => {
    await using folder = await temporaryFolder();
    const { promise: failed, resolve } = Promise.withResolvers<void>();
    const log: Log = { ...silentLog, error: () => resolve() };
    const { outbox, durable } = await openBox(folder.path, "q1", {}, log);
    await using _ = outbox;
    await rm(join(folder.path, "outbox"), { recursive: true });
    for (let i = 1; i <= 3; i++) outbox.push("d", samplesOf(i));
    await failed;
    expect(outbox.takeLive()).toBeUndefined();
    outbox.push("d", samplesOf(4));
    await mkdir(join(folder.path, "outbox"));
    await durable();
    expect((await drain(outbox)).map(nameOf)).toEqual(["q1:1", "q1:2", "q1:3", "q1:4"]);
  });
});
