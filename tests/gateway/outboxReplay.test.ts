// What the host has: kept for a replay, not sent again after a restart, and only as far as it was sent.
import { mkdir, readdir, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Log, silentLog } from "#shared/kit/log.ts";
import { hours, instant } from "#shared/model/time.ts";
import { lockOutbox } from "../../gateway/gateway.ts";
import { encodeRecord, magic } from "../../gateway/outbox/record.ts";
import { owedName } from "../../gateway/outbox/segment.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { faultyDisk } from "./faultyDisk.ts";
import { drain, nameOf, openBox, samplesOf } from "./outboxRig.ts";

const names = (queueId: string, count: number) => Array.from({ length: count }, (_, i) => `${queueId}:${i + 1}`);
const filesIn = async (folder: string, ending: string) =>
  (await readdir(join(folder, "outbox"))).filter((name) => name.endsWith(ending));

/** Batches 1 to 12 of queue q1, sent and acknowledged. */
async function acknowledged(folder: string): Promise<void> {
  const { outbox, durable } = await openBox(folder, "q1");
  for (let i = 1; i <= 12; i++) {
    outbox.push("d", samplesOf(i));
    await durable();
  }
  await drain(outbox);
  outbox.acknowledge("q1", [[1, 12]]);
  await outbox[Symbol.asyncDispose]();
}

describe("replay", () => {
  test("acknowledged batches are not sent again after a restart, but on request all of them, and once", async () => {
    await using folder = await temporaryFolder();
    await acknowledged(folder.path);
    const { outbox } = await openBox(folder.path, "q2");
    expect(await drain(outbox)).toEqual([]);
    expect(outbox.depth()).toMatchObject({ batches: 0, backlog: 0 });
    expect(outbox.depth().keptBytes).toBeGreaterThan(0);
    await outbox.replay(instant(0));
    expect((await drain(outbox)).map(nameOf)).toEqual(names("q1", 12));
    outbox.acknowledge("q1", [[1, 12]]);
    expect(await drain(outbox)).toEqual([]);
    await outbox[Symbol.asyncDispose]();
    const third = await openBox(folder.path, "q3");
    await using _ = third.outbox;
    expect(await drain(third.outbox)).toEqual([]);
  });

  test("a replay that a kill interrupts goes on; one of a later time leaves what is older", async () => {
    await using folder = await temporaryFolder();
    await acknowledged(folder.path);
    for (const file of (await filesIn(folder.path, ".ack")).sort().slice(0, 2)) {
      await utimes(join(folder.path, "outbox", file), new Date(1_000), new Date(1_000));
    }
    const killed = await openBox(folder.path, "q2", { keepFor: hours(24 * 365 * 100) });
    await killed.outbox.replay(instant(2_000));
    const again = await openBox(folder.path, "q3", { keepFor: hours(24 * 365 * 100) });
    const numbers = (await drain(again.outbox)).map(({ name }) => name.number);
    expect(numbers.at(-1)).toBe(12);
    expect(numbers[0]).toBeGreaterThan(1);
    expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, i) => 13 - numbers.length + i));
    for (const { outbox } of [killed, again]) await outbox[Symbol.asyncDispose]();
  });

  test("of the running queue too, together with what was never sent", async () => {
    await using folder = await temporaryFolder();
    const { outbox, durable } = await openBox(folder.path, "q1");
    await using _ = outbox;
    for (let i = 1; i <= 8; i++) {
      outbox.push("d", samplesOf(i));
      await durable();
    }
    await drain(outbox);
    outbox.acknowledge("q1", [[1, 8]]);
    outbox.push("d", samplesOf(9));
    await durable();
    await outbox.replay(instant(0));
    expect((await drain(outbox)).map(nameOf).toSorted()).toEqual(names("q1", 9));
  });

  test("what is kept goes when its time is over, and before anything that is owed when its room is needed", async () => {
    await using folder = await temporaryFolder();
    await acknowledged(folder.path);
    const limits = { quotaBytes: 40_000, segmentBytes: 1_000 };
    const { outbox, durable, metrics } = await openBox(folder.path, "q2", limits);
    for (let i = 1; outbox.depth().keptBytes > 0; i++) {
      outbox.push("d", samplesOf(i, 20));
      await durable();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(metrics.counter("gateway_samples_lost_total", "").value({ reason: "outbox_full" })).toBe(0);
    await outbox[Symbol.asyncDispose]();
    expect(await filesIn(folder.path, ".ack")).toEqual([]);

    await using aged = await temporaryFolder();
    await acknowledged(aged.path);
    for (const file of await filesIn(aged.path, ".ack")) {
      await utimes(join(aged.path, "outbox", file), new Date(1_000), new Date(1_000));
    }
    const later = await openBox(aged.path, "q2");
    later.outbox.push("d", samplesOf(1));
    await later.durable();
    await expect.poll(() => later.outbox.depth().keptBytes).toBe(0);
    await later.outbox[Symbol.asyncDispose]();
  });
});

test("an acknowledgement above what was sent is refused, counted and logged, and settles nothing", async () => {
  await using folder = await temporaryFolder();
  const said: string[] = [];
  const log: Log = { ...silentLog, error: (_, message) => said.push(message) };
  const { outbox, durable } = await openBox(folder.path, "q1", {}, log);
  await using _ = outbox;
  for (let i = 1; i <= 3; i++) outbox.push("d", samplesOf(i));
  await durable();
  outbox.takeLive();
  outbox.acknowledge("q1", [[1, 3]]);
  expect(outbox.depth()).toMatchObject({ batches: 2, refusedAcks: 1 });
  expect(said).toEqual(["The host acknowledges batches that were never sent; they are still owed"]);
  outbox.acknowledge("q0", [[1, 1_000]]);
  expect(outbox.depth().refusedAcks).toBe(1);
  expect((await drain(outbox)).map(nameOf)).toEqual(["q1:2", "q1:3"]);
});

test("a large backlog is neither read nor held: the start reads one segment, sending one record at a time", async () => {
  await using folder = await temporaryFolder();
  const outboxFolder = join(folder.path, "outbox");
  await mkdir(outboxFolder, { recursive: true });
  const perSegment = 200;
  const segments = 60;
  let segmentBytes = 0;
  for (let s = 0; s < segments; s++) {
    const first = s * perSegment + 1;
    const records = Array.from({ length: perSegment }, (_, i) =>
      encodeRecord({ number: first + i, device: "d", samples: samplesOf(first + i, 100) }),
    );
    const content = Buffer.concat([magic, ...records]);
    segmentBytes = Math.max(segmentBytes, content.length);
    await writeFile(join(outboxFolder, owedName({ start: 1, queueId: "q1", first, attempt: 0 })), content);
  }
  const disk = faultyDisk();
  const { outbox } = await openBox(folder.path, "q2", { disk });
  await using _ = outbox;
  expect(outbox.depth()).toMatchObject({ batches: segments * perSegment, backlog: segments * perSegment });
  expect(disk.bytesRead).toBeLessThanOrEqual(1.1 * segmentBytes);
  const atStart = disk.bytesRead;
  let next = 1;
  for (let out = await outbox.takeBacklog(); out; out = await outbox.takeBacklog()) {
    expect(out.name.number).toBe(next);
    // Never more than a record ahead of what was given.
    expect(disk.bytesRead - atStart).toBeLessThanOrEqual((next / perSegment + 0.1) * segmentBytes);
    if (next % 32 === 0) outbox.acknowledge("q1", [[1, next]]);
    next += 1;
  }
  expect(next - 1).toBe(segments * perSegment);
  expect(disk.mostOpen).toBeLessThanOrEqual(2);
}, 60_000);

test("the outbox of a gateway that runs is refused with its reason", async () => {
  await using folder = await temporaryFolder();
  using _running = lockOutbox(folder.path);
  expect(() => lockOutbox(folder.path)).toThrow(/CONFLICT: The outbox .* is in use: another gateway process/);
});
