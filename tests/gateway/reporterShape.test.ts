import { describe, expect, test } from "vitest";
import type { Sample } from "#shared/model/sample.ts";
import { instant, millis } from "#shared/model/time.ts";
import { plantTags } from "#shared/plant/select.ts";
import { batchLimits, createBatcher } from "../../gateway/batching.ts";
import type { Reading } from "../../gateway/driver.ts";
import { createReporter } from "../../gateway/reporter.ts";
import { ManualClock } from "../fakes/clock.ts";
import { meterPlant } from "./meterPlant.ts";

const tagsOf = (keys: string) =>
  plantTags(
    meterPlant(
      ["id: d, protocol: modbus, connection: { host: h }, calibration: { due: 2026-03-31 }"],
      [`id: t, device: d, address: { table: holding, register: 0, format: int16 }, ${keys}`],
    ),
  );

/** A timeline: seconds and what the device says; what is reported comes back as [seconds, value or reason]. */
function report(keys: string, readings: readonly (readonly [s: number, value: number | "TIMEOUT", past?: "past"])[]) {
  const clock = new ManualClock(instant(0));
  const live: Sample[] = [];
  const past: Sample[] = [];
  const batchers = { live: createBatcher(batchLimits), historical: createBatcher(batchLimits) };
  const reporter = createReporter(tagsOf(keys), batchers, clock, { sample: (one) => live.push(one), batch: () => {} });
  return {
    run: async () => {
      for (const [s, value, when] of readings) {
        if (when === undefined) await clock.advance(millis(s * 1_000 - clock.monotonic()));
        reporter.release();
        const at = instant(s * 1_000);
        const historical = when === undefined ? {} : ({ historical: true } as const);
        const reading: Reading =
          value === "TIMEOUT"
            ? { at, quality: "bad", value: null, reason: value, ...historical }
            : { at, quality: "good", value, ...historical };
        reporter.accept(0, reading);
      }
      past.push(...batchers.historical.take());
      const brief = ({ at, value, reason }: Sample) => [at / 1_000, reason ?? value];
      return { live: live.map(brief), past: past.map(brief) };
    },
  };
}

describe("the shape of a trend", () => {
  test("a step after a steady time keeps its corner: the last value before the change is sent too", async () => {
    const { live } = await report("heartbeatMs: 600000", [
      [0, 5],
      [1, 5],
      [2, 5],
      [3, 9],
      [4, 9],
    ]).run();
    expect(live).toEqual([
      [0, 5],
      [2, 5],
      [3, 9],
    ]);
  });

  test("a slow drift within the deadband ends where it was seen, then the change", async () => {
    const { live } = await report("deadband: 1", [
      [0, 5],
      [1, 6],
      [2, 6],
      [3, 7],
    ]).run();
    expect(live).toEqual([
      [0, 5],
      [2, 6],
      [3, 7],
    ]);
  });

  test("the last good value before a loss of quality is sent too; nothing twice where nothing was dropped", async () => {
    const { live } = await report("deadband: 1", [
      [0, 5],
      [1, 5],
      [2, "TIMEOUT"],
      [3, 8],
      [4, "TIMEOUT"],
    ]).run();
    expect(live).toEqual([
      [0, 5],
      [1, 5],
      [2, "TIMEOUT"],
      [3, 8],
      [4, "TIMEOUT"],
    ]);
  });

  test("a heartbeat repeats the value and brings no other", async () => {
    const { live } = await report(
      "heartbeatMs: 3000",
      [0, 1, 2, 3, 4, 5, 6].map((s) => [s, 5]),
    ).run();
    expect(live).toEqual([
      [0, 5],
      [3, 5],
      [6, 5],
    ]);
  });
});

describe("the minimum interval", () => {
  test("holds a change back, gives the newest at its end, and lets a loss of quality through", async () => {
    const { live } = await report("minIntervalMs: 5000, heartbeatMs: 60000, staleAfterMs: 120000", [
      [0, 1],
      [1, 2],
      [3, 3],
      [6, 3],
      [7, "TIMEOUT"],
    ]).run();
    // At 6 s the change held since 1 s is released with its newest value, of 3 s; the same value again is no news.
    expect(live).toEqual([
      [0, 1],
      [3, 3],
      [6, 3],
      [7, "TIMEOUT"],
    ]);
  });

  test("a change that went back within the interval is no news", async () => {
    const { live } = await report("minIntervalMs: 5000", [
      [0, 1],
      [1, 2],
      [2, 1],
      [6, 1],
    ]).run();
    expect(live).toEqual([[0, 1]]);
  });
});

test("a deadband in percent is one of the range", async () => {
  const { live } = await report("range: [0, 200], deadbandPercent: 1", [
    [0, 100],
    [1, 102],
    [2, 103],
  ]).run();
  expect(live).toEqual([
    [0, 100],
    [1, 102],
    [2, 103],
  ]);
});

test("an invalid marker is bad with its reason, as the format reads it; its neighbour is a value", async () => {
  const { live } = await report("invalid: [0x8000, 0x7fff]", [
    [0, -32_768],
    [1, -32_767],
    [2, 32_767],
  ]).run();
  expect(live).toEqual([
    [0, "INVALID_MARKER"],
    [1, -32_767],
    [2, "INVALID_MARKER"],
  ]);
});

test("from the day after the calibration was due, in the platform's zone, values are uncertain", async () => {
  const midnight = Date.UTC(2026, 2, 31, 16) / 1_000;
  const { live } = await report("report: every", [
    [midnight - 1, 7],
    [midnight, 7],
  ]).run();
  expect(live).toEqual([
    [midnight - 1, 7],
    [midnight, "CALIBRATION_OVERDUE"],
  ]);
});

test("what is of an earlier time goes beside: it changes neither the newest value nor what counts as news", async () => {
  const { live, past } = await report("heartbeatMs: 600000", [
    [100, 5],
    [40, 1, "past"],
    [41, 2, "past"],
    [101, 5],
  ]).run();
  expect(live).toEqual([[100, 5]]);
  expect(past).toEqual([
    [40, 1],
    [41, 2],
  ]);
});
