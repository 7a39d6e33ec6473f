import { type DurationMs, seconds } from "#shared/model/time.ts";
import type { Address, Device, PlantTag } from "#shared/plant/plant.ts";
import { type Acquisition, type AcquisitionEnv, type AcquisitionSink, createAcquisition } from "./acquisition.ts";
import type { Driver } from "./driver.ts";
import type { DeviceStatus } from "./status.ts";

export interface FleetDevice {
  readonly device: Device;
  readonly tags: readonly PlantTag[];
}

/** Ids of devices by what became of them. */
export interface FleetChange {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

/** All devices of a gateway, each acquired by itself; the list may change while they run. */
export interface Fleet {
  /**
   * Acquires these devices from now on. One that is as before goes on untouched; one that changed is acquired by its new
   * description before the old acquisition ends, so that nothing is missed between the two.
   */
  apply(devices: readonly FleetDevice[]): Promise<FleetChange>;
  statuses(): readonly DeviceStatus[];
  /** Resolves when every acquisition has ended, after `stop` aborted. */
  ended(): Promise<void>;
  /** Rejects when an acquisition ends by a mistake of ours: what cannot go on must not stay silent. */
  readonly failed: Promise<never>;
}

export interface FleetEnv extends AcquisitionEnv {
  readonly driverOf: (device: Device) => Promise<Driver<Address>>;
  readonly pollPeriodOf: (device: Device) => DurationMs;
  readonly sink: AcquisitionSink;
  readonly stop: AbortSignal;
}

/** A changed device that does not answer to its new description in this time is lost, and the old one ends. */
const handoverLimit = seconds(30);

interface Running {
  readonly key: string;
  readonly acquisition: Acquisition;
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

export function createFleet(env: FleetEnv): Fleet {
  const running = new Map<string, Running>();
  const endings = new Set<Promise<void>>();
  const failure = Promise.withResolvers<never>();

  const start = async ({ device, tags }: FleetDevice, sink: AcquisitionSink): Promise<Running> => {
    const driver = await env.driverOf(device);
    const { id, protocol } = device;
    const acquisition = createAcquisition(
      { id, protocol, tags, driver, pollPeriod: env.pollPeriodOf(device) },
      sink,
      env,
    );
    const stop = new AbortController();
    const run = async () => {
      await using _ = driver;
      await acquisition.run(AbortSignal.any([env.stop, stop.signal]));
    };
    const ended = run()
      .catch(failure.reject)
      .finally(() => endings.delete(ended));
    endings.add(ended);
    return { key: keyOf({ device, tags }), acquisition, stop, ended };
  };

  /** The old acquisition goes on until the new one has a connection. */
  const replace = async (old: Running, next: FleetDevice): Promise<Running> => {
    const { id } = next.device;
    const trial = Promise.withResolvers<void>();
    let isTrial = true;
    const made = await start(next, {
      sample: (sample) => {
        if (!isTrial) env.sink.sample(sample);
      },
      batch: (device, samples, when) => {
        if (!isTrial) env.sink.batch(device, samples, when);
      },
      deviceChanged: (device, connected) => {
        if (isTrial && connected) {
          isTrial = false;
          old.stop.abort();
          trial.resolve();
        }
        if (!isTrial) env.sink.deviceChanged(device, connected);
      },
    });
    const waiting = new AbortController();
    await Promise.race([trial.promise, env.clock.sleep(handoverLimit, AbortSignal.any([env.stop, waiting.signal]))]);
    waiting.abort();
    if (!isTrial || env.stop.aborted) return made;
    env.log.warn({ device: id }, "The device does not answer to its new description; the old one is given up");
    old.stop.abort();
    made.stop.abort();
    await Promise.all([old.ended, made.ended]);
    return start(next, env.sink);
  };

  const remove = async (id: string, one: Running) => {
    running.delete(id);
    one.stop.abort();
    await one.ended;
    env.sink.deviceChanged(id, false);
  };

  return {
    apply: async (devices) => {
      const wanted = new Map(devices.map((one) => [one.device.id, one]));
      const added = devices.filter(({ device }) => !running.has(device.id));
      const changed = devices.filter((one) => {
        const now = running.get(one.device.id);
        return now !== undefined && now.key !== keyOf(one);
      });
      const removed = [...running].filter(([id]) => !wanted.has(id));
      await Promise.all([
        ...removed.map(([id, one]) => remove(id, one)),
        ...added.map(async (one) => running.set(one.device.id, await start(one, env.sink))),
        ...changed.map(async (one) => {
          const old = running.get(one.device.id);
          if (old) running.set(one.device.id, await replace(old, one));
        }),
      ]);
      const idOf = ({ device }: FleetDevice) => device.id;
      return { added: added.map(idOf), changed: changed.map(idOf), removed: removed.map(([id]) => id) };
    },
    statuses: () => [...running.values()].map(({ acquisition }) => acquisition.status()),
    ended: async () => {
      await Promise.all(endings);
    },
    failed: failure.promise,
  };
}

/** What a device is acquired by: two descriptions with one key are acquired the same way. */
const keyOf = ({ device, tags }: FleetDevice): string =>
  JSON.stringify([device, tags.map(({ id, config, calibratedUntil }) => [id, config, calibratedUntil])]);
