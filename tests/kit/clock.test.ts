import { expect, test } from "vitest";
import { backoff } from "#shared/kit/backoff.ts";
import { systemClock, ticks } from "#shared/kit/clock.ts";
import { hours, millis, minutes, seconds } from "#shared/model/time.ts";
import { ManualClock } from "../fakes/clock.ts";

test("ticks come at their period without drift, and a missed one is skipped", async () => {
  const clock = new ManualClock();
  const stop = new AbortController();
  const seen: number[] = [];
  const reader = (async () => {
    for await (const at of ticks(clock, seconds(1), stop.signal)) {
      seen.push(at);
      if (seen.length === 2) await clock.sleep(millis(2_500));
    }
  })();
  for (let i = 0; i < 7; i++) await clock.advance(seconds(1));
  stop.abort();
  await reader;
  expect(seen).toEqual([1_000, 2_000, 5_000, 6_000, 7_000]);
});

test("a sleep ends at once when its signal aborts", async () => {
  const stop = new AbortController();
  const sleeping = systemClock.sleep(hours(1), stop.signal);
  stop.abort();
  await sleeping;
  await systemClock.sleep(hours(1), stop.signal);
  expect(stop.signal.aborted).toBe(true);
});

test("a retry schedule doubles up to its cap and waits between half of a step and all of it", () => {
  const steps = (random: number) => {
    const waits = backoff({ first: millis(500), cap: seconds(3) }, () => random);
    return Array.from({ length: 5 }, () => waits.next().value);
  };
  expect(steps(1)).toEqual([500, 1_000, 2_000, 3_000, 3_000]);
  expect(steps(0)).toEqual([250, 500, 1_000, 1_500, 1_500]);
  expect(minutes(1)).toBe(60_000);
});
