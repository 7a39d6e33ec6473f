import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { TagId } from "#shared/model/sample.ts";
import { millis } from "#shared/model/time.ts";
import { batchLimits, createBatcher } from "../../gateway/batching.ts";
import { createPlainWindow } from "../../gateway/edgeNode/plainWindow.ts";
import { createWindow } from "../../gateway/edgeNode/window.ts";
import type { Outgoing } from "../../gateway/outbox/port.ts";
import { samplesOf } from "./outboxRig.ts";

const out = (number: number, bytes = 100): Outgoing => ({
  name: { queueId: "q", number },
  device: "d",
  samples: [],
  bytes,
});
const numbers = (list: readonly Outgoing[]) => list.map(({ name }) => name.number);

describe("window towards a host that never acknowledges", () => {
  const delivered = (window: ReturnType<typeof createPlainWindow>, now: number) =>
    window.takeDelivered(millis(now)).map(({ number }) => number);

  test("a batch counts as delivered once the session has stood long enough; a new session sends the rest again", () => {
    const window = createPlainWindow(millis(1_000));
    for (const [number, at] of [1, 400, 900].entries()) window.sent(out(number), millis(at));
    expect(delivered(window, 1_000)).toEqual([]);
    expect(delivered(window, 1_001)).toEqual([0]);
    window.restart();
    expect([delivered(window, 9_000), window.holds("d")]).toEqual([[], true]);
    expect(numbers(window.due(millis(9_000)))).toEqual([1, 2]);
    expect([numbers(window.due(millis(9_001))), window.holds("d")]).toEqual([[], false]);
    expect(delivered(window, 9_999)).toEqual([]);
    expect(delivered(window, 10_000)).toEqual([1, 2]);
  });

  test("of more than it holds in memory the oldest count as delivered sooner", () => {
    const window = createPlainWindow(millis(1_000));
    for (let i = 0; i < 5; i++) window.sent(out(i, 1 << 20), millis(0));
    expect([delivered(window, 1), window.size]).toEqual([[0], 4]);
    expect(window.hasRoom("backlog", true)).toBe(true);
  });
});

describe("window", () => {
  test("holds 32 batches or 512 KiB; live leaves a quarter to a backlog that waits", () => {
    const window = createWindow();
    for (let i = 0; i < 24; i++) window.sent(out(i), millis(0));
    expect([window.hasRoom("live", true), window.hasRoom("live", false), window.hasRoom("backlog", true)]).toEqual([
      false,
      true,
      true,
    ]);
    for (let i = 24; i < 32; i++) window.sent(out(i), millis(0), "backlog");
    expect([window.hasRoom("live", false), window.hasRoom("backlog", true)]).toEqual([false, false]);
    const drained = createWindow();
    for (let i = 0; i < 24; i++) drained.sent(out(i), millis(0), "backlog");
    expect([drained.hasRoom("backlog", true), drained.hasRoom("live", true)]).toEqual([false, true]);
    const large = createWindow();
    large.sent(out(1, 512 * 1024), millis(0));
    expect(large.hasRoom("live", false)).toBe(false);
  });

  test("repeats after 5 s at first, then after four times what an acknowledgement takes, and each time later", () => {
    const window = createWindow();
    window.sent(out(1), millis(0));
    expect(numbers(window.due(millis(4_999)))).toEqual([]);
    expect(numbers(window.due(millis(5_000)))).toEqual([1]);
    expect(numbers(window.due(millis(14_999)))).toEqual([]);
    expect(numbers(window.due(millis(15_000)))).toEqual([1]);
    window.acknowledge("q", [[1, 1]], millis(15_100));
    // Of a repeated batch nobody knows which sending was acknowledged.
    expect(window.resendAfter).toBe(5_000);
    window.sent(out(2), millis(20_000));
    window.acknowledge("q", [[2, 2]], millis(20_500));
    expect(window.resendAfter).toBe(2_000);
  });

  test("what was given up meanwhile is not repeated", () => {
    const window = createWindow();
    for (const n of [1, 2]) window.sent(out(n), millis(0));
    window.keep(({ number }) => number !== 1);
    window.restart();
    expect(numbers(window.due(millis(0)))).toEqual([2]);
  });

  test("a new session repeats everything at once; another queue's acknowledgement settles nothing", () => {
    const window = createWindow();
    for (const n of [3, 4, 5]) window.sent(out(n), millis(1_000));
    window.acknowledge("other", [[1, 9]], millis(1_001));
    window.acknowledge("q", [[4, 4]], millis(1_001));
    window.restart();
    expect(numbers(window.due(millis(1_002)))).toEqual([3, 5]);
    expect(window.holds("d")).toBe(true);
    window.acknowledge("q", [[1, 9]], millis(1_003));
    expect([window.size, window.bytes, window.holds("d")]).toEqual([0, 0, false]);
  });
});

describe("batcher", () => {
  test("cuts by count, in the order of time, and loses nothing", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1_000), { maxLength: 60 }), fc.integer({ min: 1, max: 20 }), (times, maxSamples) => {
        const batcher = createBatcher({ ...batchLimits, maxSamples });
        const given = times.flatMap((at) => samplesOf(at, 1));
        const full = given.flatMap((sample) => {
          const batch = batcher.add(sample, millis(0));
          return batch ? [batch] : [];
        });
        const batches = [...full, batcher.take()];
        expect(full.every((batch) => batch.length === maxSamples)).toBe(true);
        for (const batch of batches) expect(batch).toEqual(batch.toSorted((a, b) => a.at - b.at));
        expect(new Set(batches.flat())).toEqual(new Set(given));
        expect(batches.flat()).toHaveLength(given.length);
      }),
    );
  });

  test("is due 250 ms after its oldest sample, and never while it is empty", () => {
    const batcher = createBatcher({ ...batchLimits, maxAge: millis(250) });
    expect(batcher.due()).toBeUndefined();
    for (const sample of samplesOf(1, 2)) batcher.add(sample, millis(sample.at === 1_000 ? 100 : 300));
    expect(batcher.due()).toBe(350);
    batcher.take();
    expect(batcher.due()).toBeUndefined();
  });

  test("a sample that an alarm rule watches waits only for those of the same poll", () => {
    const [routine, urgent] = samplesOf(1, 2);
    if (!routine || !urgent) throw new Error("no samples");
    const alarmTag = "p/l/e/watched" as TagId;
    const batcher = createBatcher(batchLimits, (tag) => tag === alarmTag);
    batcher.add(routine, millis(0));
    batcher.add({ ...urgent, tag: alarmTag }, millis(10));
    expect(batcher.due()).toBe(10 + batchLimits.urgentAge);
    expect(batcher.take()).toHaveLength(2);
    batcher.add(routine, millis(20));
    expect(batcher.due()).toBe(20 + batchLimits.maxAge);
  });
});
