import { backoff } from "#shared/kit/backoff.ts";
import { type Clock, ticks } from "#shared/kit/clock.ts";
import type { Log } from "#shared/kit/log.ts";
import type { Counter } from "#shared/kit/metrics.ts";
import { CodedError, type ErrorCode, messageOf } from "#shared/model/errors.ts";
import type { Sample } from "#shared/model/sample.ts";
import { type DurationMs, millis, seconds } from "#shared/model/time.ts";
import type { Address, PlantTag } from "#shared/plant/plant.ts";
import { batchLimits, createBatcher } from "./batching.ts";
import type { Driver, Point, Reading } from "./driver.ts";
import { createReporter } from "./reporter.ts";
import { createWake } from "./wake.ts";

/** One device as it is acquired. */
export interface AcquiredDevice {
  readonly id: string;
  readonly tags: readonly PlantTag[];
  readonly driver: Driver<Address>;
  /** Time between the starts of two reads, where the driver does not push. */
  readonly pollPeriod: DurationMs;
}

/** Where the samples go. */
export interface AcquisitionSink {
  sample(sample: Sample): void;
  batch(device: string, samples: readonly Sample[]): void;
  /** Said after the batches that belong before it. */
  deviceChanged(device: string, connected: boolean): void;
}

export interface AcquisitionEnv {
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly readings: Counter;
  readonly losses: Counter;
}

/** A connection that held this long was a good one: the next loss begins with the shortest wait again. */
const steadyAfter = seconds(30);
const beatPeriod = seconds(1);

/**
 * Acquires one device until `signal` aborts: connects, reads or subscribes, and begins again after a loss, for ever.
 * Nothing of a device reaches another one.
 */
export async function acquire(
  device: AcquiredDevice,
  sink: AcquisitionSink,
  env: AcquisitionEnv,
  signal: AbortSignal,
): Promise<void> {
  const { clock } = env;
  const log = env.log.child({ device: device.id });
  const batcher = createBatcher(batchLimits);
  const wake = createWake(clock);
  const state: { connection: "unknown" | "up" | "down"; pushes: boolean } = { connection: "unknown", pushes: false };
  const flush = () => {
    const samples = batcher.take();
    if (samples.length > 0) sink.batch(device.id, samples);
  };
  const reporter = createReporter(device.tags, batcher, clock, {
    sample: (sample) => {
      sink.sample(sample);
      wake.ring();
    },
    batch: (samples) => sink.batch(device.id, samples),
  });

  const accept = (index: number, reading: Reading) => {
    if (state.connection !== "up") {
      state.connection = "up";
      told = undefined;
      log.info({ tags: device.tags.length }, "Device connected");
      flush();
      sink.deviceChanged(device.id, true);
    }
    env.readings.add(1, { device: device.id, quality: reading.quality });
    reporter.accept(index, reading);
  };

  let told: ErrorCode | undefined;
  const lost = (error: unknown) => {
    const code = error instanceof CodedError ? error.code : "UNKNOWN";
    if (state.connection === "up") env.losses.add(1, { device: device.id });
    if (code !== told) log.warn({ error: messageOf(error) }, "No connection to the device; trying again");
    told = code;
    state.pushes = false;
    reporter.lose();
    flush();
    if (state.connection !== "down") sink.deviceChanged(device.id, false);
    state.connection = "down";
  };

  const cutByAge = async () => {
    let beatAt = clock.monotonic() + beatPeriod;
    while (!signal.aborted) {
      const now = clock.monotonic();
      const due = batcher.due();
      if (due !== undefined && now >= due) flush();
      if (now >= beatAt) {
        if (state.pushes && state.connection === "up") reporter.beat();
        beatAt = now + beatPeriod;
      }
      const next = Math.min(batcher.due() ?? Number.POSITIVE_INFINITY, beatAt);
      await wake.wait(millis(Math.max(1, next - clock.monotonic())), signal);
    }
  };

  const connections = async () => {
    let waits = backoff({}, env.random);
    while (!signal.aborted) {
      const began = clock.monotonic();
      try {
        await device.driver.connect(signal);
        state.pushes = device.driver.subscribe !== undefined;
        await readUntilLost(device, accept, clock, signal);
      } catch (error) {
        if (!signal.aborted) lost(error);
      }
      if (signal.aborted) break;
      if (clock.monotonic() - began >= steadyAfter) waits = backoff({}, env.random);
      await clock.sleep(waits.next().value, signal);
    }
  };

  await Promise.all([connections(), cutByAge()]);
  flush();
}

/** Subscribes where the driver can, else polls at a fixed rate; a beat missed by a slow device is skipped. */
async function readUntilLost(
  { tags, driver, pollPeriod }: AcquiredDevice,
  accept: (index: number, reading: Reading) => void,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const points = tags.map(({ address, config }): Point<Address> => ({ address, report: config.report }));
  if (driver.subscribe) return driver.subscribe(points, accept, signal);
  const poll = async () => {
    for (const [index, reading] of (await driver.read(points, signal)).entries()) accept(index, reading);
  };
  await poll();
  for await (const _ of ticks(clock, pollPeriod, signal)) await poll();
}
