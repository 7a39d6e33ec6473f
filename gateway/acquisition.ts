import { backoff } from "#shared/kit/backoff.ts";
import type { Clock } from "#shared/kit/clock.ts";
import type { Log } from "#shared/kit/log.ts";
import type { Counter } from "#shared/kit/metrics.ts";
import { createWake } from "#shared/kit/wake.ts";
import { CodedError, type ErrorCode, messageOf } from "#shared/model/errors.ts";
import type { Sample, TagId } from "#shared/model/sample.ts";
import { type DurationMs, type EpochMs, millis, minutes, seconds } from "#shared/model/time.ts";
import type { Address, PlantTag } from "#shared/plant/plant.ts";
import { type Batcher, batchLimits, createBatcher } from "./batching.ts";
import { createCadence } from "./cadence.ts";
import type { Driver, Reading } from "./driver.ts";
import { pointOf } from "./points.ts";
import { type PolledDevice, poll } from "./polling.ts";
import { createReporter } from "./reporter.ts";
import type { DeviceError, DeviceStatus } from "./status.ts";

/** One device as it is acquired. */
export interface AcquiredDevice extends PolledDevice<Address> {
  readonly driver: Driver<Address>;
  readonly protocol: string;
  readonly tags: readonly PlantTag[];
}

/** Where the samples go. */
export interface AcquisitionSink {
  /** A sample that is current; not those of an earlier time. */
  sample(sample: Sample): void;
  batch(device: string, samples: readonly Sample[], when: "live" | "historical"): void;
  /** Said after the batches that belong before it. */
  deviceChanged(device: string, connected: boolean): void;
}

export interface AcquisitionEnv {
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly readings: Counter;
  readonly losses: Counter;
  /** Whether an alarm rule watches the tag: its samples do not wait for others. */
  readonly isUrgent: (tag: TagId) => boolean;
}

export interface Acquisition {
  /** Connects, reads or subscribes, and begins again after a loss, for ever; returns when `signal` aborts. */
  run(signal: AbortSignal): Promise<void>;
  status(): DeviceStatus;
}

/** A connection that held this long was a good one: the next loss begins with the shortest wait again. */
const steadyAfter = seconds(30);
const beatPeriod = seconds(1);
/** A server that refuses the user is not asked again at once: servers lock accounts. */
const waitAfterRefusal = minutes(1);

/** Acquires one device. Nothing of a device reaches another one. */
export function createAcquisition(device: AcquiredDevice, sink: AcquisitionSink, env: AcquisitionEnv): Acquisition {
  const { clock } = env;
  const log = env.log.child({ device: device.id });
  const batchers = { live: createBatcher(batchLimits, env.isUrgent), historical: createBatcher(batchLimits) };
  const wake = createWake(clock);
  const cadence = createCadence(clock);
  const state: {
    connection: DeviceStatus["connection"];
    since: EpochMs;
    pushes: boolean;
    lastData: EpochMs | null;
    lastError: DeviceError | null;
    told: ErrorCode | undefined;
  } = { connection: "connecting", since: clock.now(), pushes: false, lastData: null, lastError: null, told: undefined };

  /** Labels cost more than counting: readings are added to their metric once a second. */
  const counted = { good: 0, uncertain: 0, bad: 0 };
  const addReadings = () => {
    for (const quality of ["good", "uncertain", "bad"] as const) {
      if (counted[quality] > 0) env.readings.add(counted[quality], { device: device.id, quality });
      counted[quality] = 0;
    }
  };

  const flush = (when: "live" | "historical") => {
    const samples = batchers[when].take();
    if (samples.length > 0) sink.batch(device.id, samples, when);
  };
  const reporter = createReporter(device.tags, batchers, clock, {
    sample: (sample) => {
      sink.sample(sample);
      wake.ring();
    },
    batch: (samples, when) => sink.batch(device.id, samples, when),
  });
  const become = (connection: DeviceStatus["connection"]) => {
    state.connection = connection;
    state.since = clock.now();
  };

  const accept = (index: number, reading: Reading) => {
    if (state.connection !== "connected") {
      become("connected");
      state.told = undefined;
      log.info({ tags: device.tags.length }, "Device connected");
      flush("live");
      sink.deviceChanged(device.id, true);
    }
    state.lastData = clock.now();
    counted[reading.quality] += 1;
    reporter.accept(index, reading);
    if (reading.historical) wake.ring();
  };

  const lost = (error: unknown) => {
    const code = error instanceof CodedError ? error.code : "UNKNOWN";
    const detail = error instanceof CodedError ? error.detail : messageOf(error);
    state.lastError = { code, detail, at: clock.now() };
    if (state.connection === "connected") env.losses.add(1, { device: device.id });
    if (code !== state.told) log.warn({ error: messageOf(error) }, "No connection to the device; trying again");
    state.told = code;
    state.pushes = false;
    reporter.lose();
    flush("live");
    if (state.connection === "lost") return;
    sink.deviceChanged(device.id, false);
    become("lost");
  };

  const dueOf = (batcher: Batcher) => batcher.due() ?? Number.POSITIVE_INFINITY;
  const cutByAge = async (signal: AbortSignal) => {
    let beatAt = clock.monotonic() + beatPeriod;
    while (!signal.aborted) {
      const now = clock.monotonic();
      for (const when of ["live", "historical"] as const) if (now >= dueOf(batchers[when])) flush(when);
      if (now >= beatAt) {
        addReadings();
        reporter.release();
        if (state.pushes && state.connection === "connected") reporter.beat();
        beatAt = now + beatPeriod;
      }
      const next = Math.min(dueOf(batchers.live), dueOf(batchers.historical), beatAt);
      await wake.wait(millis(Math.max(1, next - clock.monotonic())), signal);
    }
  };

  const points = device.tags.map(pointOf);
  const readUntilLost = (signal: AbortSignal): Promise<void> =>
    device.driver.subscribe
      ? device.driver.subscribe(points, accept, signal)
      : poll(device, points, accept, cadence, clock, signal);

  const connections = async (signal: AbortSignal) => {
    let waits = backoff({}, env.random);
    while (!signal.aborted) {
      const began = clock.monotonic();
      try {
        await device.driver.connect(signal);
        state.pushes = device.driver.subscribe !== undefined;
        await readUntilLost(signal);
      } catch (error) {
        if (!signal.aborted) lost(error);
      }
      if (signal.aborted) break;
      if (clock.monotonic() - began >= steadyAfter) waits = backoff({}, env.random);
      await clock.sleep(waitAfter(state.told, waits.next().value), signal);
    }
  };

  return {
    run: async (signal) => {
      await Promise.all([connections(signal), cutByAge(signal)]);
      flush("live");
      flush("historical");
      addReadings();
    },
    status: () => ({
      id: device.id,
      protocol: device.protocol,
      connection: state.connection,
      since: state.since,
      lastData: state.lastData,
      lastError: state.lastError,
      tags: device.tags.length,
      badTags: reporter.bad,
      unreadTags: reporter.unread,
      cadence: cadence.kept,
      driver: device.driver.diagnosis(),
    }),
  };
}

const waitAfter = (refused: ErrorCode | undefined, usual: DurationMs): DurationMs =>
  refused === "FORBIDDEN" ? waitAfterRefusal : usual;
