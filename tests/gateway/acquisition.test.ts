import { describe, expect, test } from "vitest";
import { systemClock } from "#shared/kit/clock.ts";
import { silentLog } from "#shared/kit/log.ts";
import { createMetrics } from "#shared/kit/metrics.ts";
import type { Sample } from "#shared/model/sample.ts";
import { instant, millis } from "#shared/model/time.ts";
import type { Plant } from "#shared/plant/plant.ts";
import { tagsOfDevice } from "#shared/plant/select.ts";
import { type AcquisitionSink, createAcquisition } from "../../gateway/acquisition.ts";
import { batchLimits, createBatcher } from "../../gateway/batching.ts";
import { createDrivers } from "../../gateway/drivers/registry.ts";
import { createReporter } from "../../gateway/reporter.ts";
import { ManualClock } from "../fakes/clock.ts";
import { meterPlant } from "./meterPlant.ts";
import { env } from "./modbusDevices.ts";
import { ownAddress, startModbusServer } from "./modbusServer.ts";

const plantOf = (ports: readonly number[]): Plant =>
  meterPlant(
    ports.map(
      (port, i) =>
        `id: d${i}, protocol: modbus, connection: { host: 127.0.0.1, port: ${port}, timeoutMs: 100 }, polling: { periodMs: 50 }`,
    ),
    ports.flatMap((_, i) =>
      [5, 6].map(
        (register) =>
          `id: t${i}-${register}, device: d${i}, address: { table: holding, register: ${register}, format: uint16 }`,
      ),
    ),
  );

type Heard = readonly [device: string, what: boolean | readonly Sample[]];

/** Acquires all devices of a plant; `until` waits for something in what they gave. */
async function acquireAll(plant: Plant) {
  const heard: Heard[] = [];
  const stopping = new AbortController();
  const waiting = new Set<() => void>();
  const put = (one: Heard) => {
    heard.push(one);
    for (const wake of waiting) wake();
    waiting.clear();
  };
  const sink: AcquisitionSink = {
    sample: () => {},
    batch: (device, samples) => put([device, samples]),
    deviceChanged: (device, connected) => put([device, connected]),
  };
  const metrics = createMetrics();
  const world = {
    clock: systemClock,
    random: () => 0,
    log: silentLog,
    readings: metrics.counter("r", ""),
    losses: metrics.counter("l", ""),
    isUrgent: () => false,
  };
  const driverOf = createDrivers(env());
  const drivers = await Promise.all(plant.devices.map(driverOf));
  const running = plant.devices.map((device, i) => {
    const driver = drivers[i];
    if (!driver) throw new Error("no driver");
    const { id, protocol } = device;
    const acquired = { id, protocol, tags: tagsOfDevice(plant, id), driver, pollPeriod: millis(50) };
    return createAcquisition(acquired, sink, world).run(stopping.signal);
  });
  return {
    of: (device: string) => heard.flatMap(([id, what]) => (id === device ? [what] : [])),
    until: async (holds: () => boolean) => {
      while (!holds()) await new Promise<void>((resolve) => waiting.add(resolve));
    },
    [Symbol.asyncDispose]: async () => {
      stopping.abort();
      await Promise.all(running);
      for (const driver of drivers.values()) await driver[Symbol.asyncDispose]();
    },
  };
}

const brief = (what: boolean | readonly Sample[]) =>
  typeof what === "boolean" ? what : what.map((sample) => sample.reason ?? sample.value);

describe("acquisition", () => {
  test("a device that is lost marks its tags once, says so after them, comes back, and harms no other", async () => {
    await using steady = await startModbusServer(ownAddress);
    let polls = 0;
    await using shaky = await startModbusServer(({ start, count }) => {
      polls += 1;
      return { registers: Array.from({ length: count }, (_, i) => start + i + 100 * polls) };
    });
    const absent = 1;
    await using all = await acquireAll(plantOf([steady.port, shaky.port, absent]));
    await all.until(() => all.of("d1").some((what) => Array.isArray(what)));
    await shaky[Symbol.asyncDispose]();
    await all.until(() => all.of("d1").includes(false) && all.of("d0").some((what) => Array.isArray(what)));
    const given = all.of("d1").map(brief);
    const died = given.indexOf(false);
    expect(given[0]).toBe(true);
    expect(given[died - 1]).toEqual(expect.arrayContaining(["NOT_CONNECTED", "NOT_CONNECTED"]));
    expect(given.flat().filter((one) => one === "NOT_CONNECTED")).toHaveLength(2);

    await using again = await startModbusServer(ownAddress, 0, shaky.port);
    expect(again.port).toBe(shaky.port);
    await all.until(() =>
      all
        .of("d1")
        .map(brief)
        .slice(died)
        .some((one) => Array.isArray(one) && one.includes(5)),
    );
    expect(all.of("d1").map(brief).slice(died)).toEqual([false, true, [5, 6]]);
    // The one that was never there said so once, and the steady one reported its unchanged values once.
    expect(all.of("d2").map(brief)).toEqual([["NOT_CONNECTED", "NOT_CONNECTED"], false]);
    expect(all.of("d0").map(brief)).toEqual([true, [5, 6]]);
    expect(steady.asked.length).toBeGreaterThan(5);
  });
});

describe("reporter", () => {
  test("repeats the unchanged values of a source that sends changes only, in the source's own clock", async () => {
    const clock = new ManualClock(instant(1_000_000));
    const tags = tagsOfDevice(plantOf([1]), "d0");
    const given: Sample[] = [];
    const reporter = createReporter(
      tags,
      { live: createBatcher(batchLimits), historical: createBatcher(batchLimits) },
      clock,
      {
        sample: (sample) => given.push(sample),
        batch: () => {},
      },
    );
    // The source's clock is 500 s behind.
    reporter.accept(0, { at: instant(500_000), quality: "good", value: 7 });
    for (let s = 1; s <= 25; s++) {
      await clock.advance(millis(1_000));
      reporter.beat();
    }
    expect(given.map(({ at, value }) => [at, value])).toEqual([
      [500_000, 7],
      [510_000, 7],
      [520_000, 7],
    ]);
    reporter.lose();
    reporter.lose();
    expect(given.slice(3).map(({ at, quality }) => [at, quality])).toEqual([
      [1_025_000, "bad"],
      [1_025_000, "bad"],
    ]);
    // Connected again, but not read again: the value of before does not come back.
    await clock.advance(millis(20_000));
    reporter.beat();
    expect(given.slice(5).every(({ quality }) => quality === "bad")).toBe(true);
  });
});
