// A line that 30 units share, in simulated time: whose turn it is, and what silent units cost the others.
import { describe, expect, test } from "vitest";
import { millis } from "#shared/model/time.ts";
import { rtu } from "../../gateway/drivers/modbus/frames/rtu.ts";
import { createSharedLine } from "../../gateway/drivers/modbus/sharedLine.ts";
import { ManualClock } from "../fakes/clock.ts";
import { createMemoryLine, type MemoryLine } from "./memoryLine.ts";
import { dataPdu, frameOf, type WireRequest } from "./modbusWire.ts";

const timeout = millis(1_000);
const answerMs = 10;
const periodMs = 1_000;
const never = new AbortController().signal;
const backoffMs = 500;

/** 30 units that are polled every second as the gateway does it, for as long as `forMs`; polls that were answered. */
async function poll(dead: (unit: number, now: number) => boolean, forMs: number) {
  const clock = new ManualClock();
  const line: MemoryLine = createMemoryLine("rtu", (request) => void answer(request));
  const asked = new Map<number, number>();
  const answer = async (request: WireRequest) => {
    if (clock.monotonic() < forMs) asked.set(request.unit, (asked.get(request.unit) ?? 0) + 1);
    if (dead(request.unit, clock.monotonic())) return;
    await clock.sleep(millis(answerMs));
    line.deliver(frameOf("rtu", request, dataPdu(request, new Array(request.count * 2).fill(0))));
  };
  const link = createSharedLine(
    { where: "line", framing: rtu, open: line.open, inFlight: 1, gap: millis(0), forgetsByReopening: false },
    clock,
  );
  const answered = new Map<number, number[]>();
  let running = 30;
  const device = async (unit: number) => {
    const times: number[] = [];
    answered.set(unit, times);
    while (clock.monotonic() < forMs) {
      try {
        await link.attach(unit, timeout, never);
        for (;;) {
          const began = clock.monotonic();
          await link.request({ unit, timeout, pause: millis(0), table: "holding", start: 0, count: 10 }, never);
          if (clock.monotonic() >= forMs) break;
          times.push(clock.monotonic());
          await clock.sleep(millis(Math.max(0, began + periodMs - clock.monotonic())));
        }
        link.detach(unit);
      } catch {
        link.detach(unit);
        await clock.sleep(millis(backoffMs));
      }
    }
    running -= 1;
  };
  const all = Promise.all(Array.from({ length: 30 }, (_, i) => device(i + 1)));
  while (running > 0) await clock.step();
  await all;
  return { answered, asked };
}

const tenMinutes = 600_000;

describe("30 units on one line", () => {
  test.each([1, 5, 15])("%i of them dead: each of the others keeps nine tenths of its polls", async (deadUnits) => {
    const isDead = (unit: number) => unit <= deadUnits;
    const before = await poll(() => false, tenMinutes);
    const { answered, asked } = await poll(isDead, tenMinutes);
    for (let unit = deadUnits + 1; unit <= 30; unit++) {
      const share = (answered.get(unit)?.length ?? 0) / (before.answered.get(unit)?.length ?? 1);
      expect(share, `unit ${unit}`).toBeGreaterThan(0.9);
    }
    // They are tried again, one after the other, for a twentieth of the time at most.
    const tries = Array.from({ length: deadUnits }, (_, i) => asked.get(i + 1) ?? 0);
    expect(Math.min(...tries)).toBeGreaterThan(0);
    const total = tries.reduce((sum, n) => sum + n);
    expect(total).toBeLessThanOrEqual(deadUnits + tenMinutes / (20 * timeout) + 1);
    expect(total).toBeGreaterThan((0.6 * tenMinutes) / (20 * timeout));
  });

  test("a line that was cut is all back within the time of some tries", async () => {
    const backAt = 120_000;
    const { answered } = await poll((_, now) => now > 60_000 && now < backAt, backAt + 60_000);
    for (const [unit, times] of answered) {
      const first = times.find((at) => at > backAt) ?? Number.POSITIVE_INFINITY;
      expect(first - backAt, `unit ${unit}`).toBeLessThan(35_000);
    }
  });

  test("a unit that asks a hundred times at once keeps no other one waiting for more than two answers", async () => {
    const clock = new ManualClock();
    const order: number[] = [];
    const line: MemoryLine = createMemoryLine("rtu", (request) => {
      order.push(request.unit);
      line.deliver(frameOf("rtu", request, dataPdu(request, [0, 0])));
    });
    const link = createSharedLine(
      { where: "line", framing: rtu, open: line.open, inFlight: 1, gap: millis(0), forgetsByReopening: true },
      clock,
    );
    await link.attach(1, timeout, never);
    await link.attach(2, timeout, never);
    const ask = (unit: number) =>
      link.request({ unit, timeout, pause: millis(0), table: "holding", start: 0, count: 1 }, never);
    await Promise.all([...Array.from({ length: 100 }, () => ask(1)), ...Array.from({ length: 3 }, () => ask(2))]);
    expect(order.slice(0, 8)).toEqual([1, 1, 2, 1, 2, 1, 2, 1]);
    expect(order).toHaveLength(103);
  });
});
