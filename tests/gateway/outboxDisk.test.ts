// F17, F18 and F19 of the fault matrix: a disk that is full, writes short, or fails to sync.
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { hours, instant } from "#shared/model/time.ts";
import type { Outgoing } from "../../gateway/outbox/port.ts";
import { ManualClock } from "../fakes/clock.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { type Fault, faultyDisk } from "./faultyDisk.ts";
import { drain, lostIn, numbersOf, openBox, samplesIn, samplesOf } from "./outboxRig.ts";

const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);
const small = { quotaBytes: 1 << 18 };
/** What a process finds that starts after this one was killed. */
async function found(folder: string, queueId: string): Promise<readonly Outgoing[]> {
  const { outbox } = await openBox(folder, "later", small);
  await using _ = outbox;
  return (await drain(outbox)).filter(({ name }) => name.queueId === queueId);
}

describe("a call that fails once", () => {
  test.each<["write" | "sync" | "open" | "syncFolder", Fault]>([
    ["write", "short write"],
    ["write", "ENOSPC"],
    ["write", "EIO"],
    ["sync", "EIO"],
    ["open", "ENOSPC"],
    ["syncFolder", "EIO"],
  ])("%s, %s, wherever it comes: everything is given once, and the failed file is left alone", async (call, fault) => {
    for (let skip = 0; skip < 6; skip++) {
      await using folder = await temporaryFolder();
      const disk = faultyDisk();
      const { outbox, durable } = await openBox(folder.path, "q1", { ...small, disk });
      disk.fail(call, fault, { skip });
      for (let i = 1; i <= 12; i++) {
        outbox.push("d", samplesOf(i));
        await durable();
      }
      const place = `${call} ${fault} after ${skip}`;
      const given = await drain(outbox);
      expect(
        given.map(({ name }) => name.number),
        place,
      ).toEqual(upTo(12));
      expect(disk.retried, place).toEqual([]);
      // The reserve file takes a call too, so a late one may not be reached.
      if (skip < 4 && call !== "open" && call !== "syncFolder") expect(disk.failed, place).toBe(1);
      const again = await found(folder.path, "q1");
      expect(
        again.map(({ name }) => name.number),
        place,
      ).toEqual(upTo(12));
      expect(again.map(samplesIn), place).toEqual(upTo(12).map((i) => samplesOf(i)));
      await outbox[Symbol.asyncDispose]();
    }
  });
});

describe("a disk that fails for good", () => {
  test("what comes in is sent from memory, said as such, and written when the disk is there again", async () => {
    await using folder = await temporaryFolder();
    const disk = faultyDisk();
    const woken: (() => void)[] = [];
    const { outbox, durable } = await openBox(folder.path, "q1", {
      ...small,
      disk,
      onDurable: () => {
        for (const wake of woken.splice(0)) wake();
      },
    });
    await using _ = outbox;
    disk.fail("sync", "EIO", { count: Number.POSITIVE_INFINITY });
    outbox.push("d", samplesOf(1), { isAlarm: true });
    while (outbox.depth().isDurable) await new Promise<void>((resolve) => woken.push(resolve));
    expect(outbox.durableNumber()).toBe(0);
    const sent = outbox.takeLive();
    expect(sent && samplesIn(sent.out)).toEqual(samplesOf(1));
    outbox.acknowledge("q1_alarm", [[1, 1]]);
    outbox.push("d", samplesOf(2));
    disk.heal();
    await durable();
    expect(outbox.depth()).toMatchObject({ isDurable: true, batches: 1 });
    expect((await drain(outbox)).map(samplesIn)).toEqual([samplesOf(2)]);
    expect(disk.retried).toEqual([]);
  });

  test("memory is bounded: beyond it the oldest is given up, and recorded once the disk is there again", async () => {
    await using folder = await temporaryFolder();
    const disk = faultyDisk();
    const { outbox, durable } = await openBox(folder.path, "q1", { quotaBytes: 1 << 26, segmentBytes: 1 << 20, disk });
    await using _ = outbox;
    const failing = (count: number) => expect.poll(() => disk.failed, { timeout: 20_000 }).toBeGreaterThan(count);
    disk.fail("write", "EIO", { count: Number.POSITIVE_INFINITY });
    const each = 20_000;
    const count = 60;
    for (let i = 1; i <= count; i++) outbox.push("d", samplesOf(i * 100, each));
    const before = disk.failed;
    await failing(before);
    disk.heal();
    await durable();
    const all = await drain(outbox);
    const kept = all.filter(({ name }) => name.queueId === "q1").map(({ name }) => name.number);
    await expect.poll(() => outbox.depth().gaps).toBe(1);
    const gaps = lostIn([...all, ...(await drain(outbox))]);
    const lost = gaps.flatMap(({ batches }) => batches.flatMap(({ ranges }) => numbersOf(ranges)));
    expect(lost.length).toBeGreaterThan(0);
    expect([...lost, ...kept].toSorted((a, b) => a - b)).toEqual(upTo(count));
    expect(gaps.map(({ cause }) => cause)).toEqual(["outbox_failed"]);
    expect(gaps[0]?.tags[0]?.samples).toBe(each * lost.length);
  }, 60_000);
});

describe("a full disk", () => {
  test("filled by others: the oldest routine data goes, alarm-relevant data stays, the gap is exact, and it recovers", async () => {
    await using folder = await temporaryFolder();
    const disk = faultyDisk();
    const { outbox, durable } = await openBox(folder.path, "q1", { quotaBytes: 1 << 20, segmentBytes: 2_000, disk });
    disk.capacity = disk.used + 30_000;
    const batches = 400;
    for (let i = 1; i <= batches; i++) {
      outbox.push("d", samplesOf(i));
      if (i % 20 === 0) outbox.push("d", samplesOf(i, 1), { isAlarm: true });
      await durable();
    }
    expect(disk.failed + disk.retried.length).toBe(0);
    disk.capacity = Number.POSITIVE_INFINITY;
    outbox.push("d", samplesOf(batches + 1));
    await durable();
    await outbox[Symbol.asyncDispose]();

    const later = await openBox(folder.path, "q2", { quotaBytes: 1 << 20 });
    await using _ = later.outbox;
    const all = await drain(later.outbox);
    const of = (queueId: string) => all.filter(({ name }) => name.queueId === queueId).map(({ name }) => name.number);
    const gaps = lostIn(all);
    const lost = gaps.flatMap(({ batches: named }) => named.flatMap(({ ranges }) => numbersOf(ranges)));
    expect(lost.length).toBeGreaterThan(50);
    expect([...lost, ...of("q1")].toSorted((a, b) => a - b)).toEqual(upTo(batches + 1));
    expect(of("q1_alarm")).toEqual(upTo(batches / 20));
    const counted = gaps.flatMap(({ tags }) => tags).reduce((sum, { samples }) => sum + (samples ?? 0), 0);
    expect(counted).toBe(3 * lost.length);
  }, 60_000);

  test("beyond their quota records of gaps become one: none is ever given up", async () => {
    await using folder = await temporaryFolder();
    const { outbox, durable } = await openBox(folder.path, "q1", { quotaBytes: 24_000, segmentBytes: 1_000 });
    await using _ = outbox;
    const batches = 900;
    for (let i = 1; i <= batches; i++) {
      outbox.push("d", samplesOf(i, 10));
      if (i % 10 === 0) await durable();
    }
    await durable();
    // The limits are kept behind the writing.
    await expect.poll(() => outbox.depth().bytes).toBeLessThanOrEqual(24_000);
    const all = await drain(outbox);
    const kept = all.filter(({ name }) => name.queueId === "q1").map(({ name }) => name.number);
    const gaps = lostIn(all);
    const lost = gaps.flatMap(({ batches: named }) => named.flatMap(({ ranges }) => numbersOf(ranges)));
    // What was given already may be given up behind it: then it is both. Nothing is neither.
    expect([...new Set([...lost, ...kept])].toSorted((a, b) => a - b)).toEqual(upTo(batches));
    expect(gaps.length).toBeLessThan(15);
  }, 60_000);
});

test("what nobody took for too long is given up by its age, with a record of the gap", async () => {
  await using folder = await temporaryFolder();
  const start = await openBox(folder.path, "q1", small);
  start.outbox.push("d", samplesOf(1));
  await start.durable();
  await start.outbox[Symbol.asyncDispose]();
  const clock = new ManualClock(instant(Date.now() + hours(49)));
  const { outbox } = await openBox(folder.path, "q2", { ...small, maxAge: hours(48), clock });
  outbox.push("d", samplesOf(2));
  await clock.step();
  await expect.poll(() => outbox.depth().gaps).toBe(1);
  const all = await drain(outbox);
  expect(lostIn(all)).toMatchObject([{ batches: [{ queueId: "q1", ranges: [[1, 1]] }], cause: "outbox_expired" }]);
  expect(all.filter(({ name }) => name.queueId === "q1")).toEqual([]);
  await outbox[Symbol.asyncDispose]();
  expect((await readdir(join(folder.path, "outbox"))).filter((name) => name.includes("-q1-"))).toEqual([]);
});
