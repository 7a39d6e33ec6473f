import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { Clock } from "#shared/kit/clock.ts";
import { watchDiskFree } from "#shared/kit/diskFree.ts";
import { lockFolder } from "#shared/kit/folderLock.ts";
import type { Log } from "#shared/kit/log.ts";
import type { Metrics } from "#shared/kit/metrics.ts";
import { createWake } from "#shared/kit/wake.ts";
import { CodedError } from "#shared/model/errors.ts";
import { parseTagId, type Sample, type TagId } from "#shared/model/sample.ts";
import { type EpochMs, millis } from "#shared/model/time.ts";
import type { Plant } from "#shared/plant/plant.ts";
import { alarmTagsOf, devicesOfGateway, plantTags } from "#shared/plant/select.ts";
import { acceptedInfo } from "#shared/wire/accepted.ts";
import type { BrokerAddress } from "#shared/wire/brokerAddress.ts";
import { reportHealth } from "#shared/wire/health.ts";
import { type Accepting, createAccepting } from "./accepted.ts";
import type { AcquisitionSink } from "./acquisition.ts";
import { createDrivers, drivers } from "./drivers/registry.ts";
import { createEdgeNode } from "./edgeNode/edgeNode.ts";
import type { HostOptions } from "./edgeNode/hostOptions.ts";
import { createFleet, type FleetChange, type FleetDevice } from "./fleet.ts";
import { type GatewayHealth, healthReport } from "./health.ts";
import { realDisk } from "./outbox/disk.ts";
import { type OutboxOptions, openOutbox } from "./outbox/outbox.ts";
import type { Outbox } from "./outbox/port.ts";
import { certificateDaysLeft, type DeviceStatus } from "./status.ts";

export interface GatewayOptions {
  readonly plant: Plant;
  readonly id: string;
  readonly broker: BrokerAddress;
  readonly host: HostOptions;
  /** The gateway's own folder: outbox, birth sequence number, certificates. */
  readonly folder: string;
  readonly outbox: Pick<OutboxOptions, "quotaBytes" | "maxAge" | "keepFor">;
  /** Most samples of the backlog sent in a second. */
  readonly backfillPerSecond: number;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** A gateway that runs. */
export interface RunningGateway {
  /** Takes another plant of the same platform: devices that did not change go on untouched, and no sample is lost. */
  reload(plant: Plant): Promise<FleetChange>;
  statuses(): readonly DeviceStatus[];
  health(): GatewayHealth;
}

export interface Gateway {
  /**
   * Connects, retries for ever, returns when `signal` aborts. `beside` is called when it accepts data and runs beside it:
   * it returns when its signal aborts.
   */
  run(signal: AbortSignal, beside: (running: RunningGateway, stopping: AbortSignal) => Promise<void>): Promise<void>;
}

/** Large enough for few files, small enough that little is sent twice after a restart. */
const segmentBytes = 4 << 20;
/** With the sync behind it, a sample is on the disk within 50 ms. */
const groupWait = millis(25);

/** Wires the gateway; touches neither disk nor network. */
export function buildGateway(options: GatewayOptions): Gateway {
  const { id, folder, clock, random, log, metrics } = options;
  const platform = options.plant.platform.id;
  const latest = createLatest();
  const readings = metrics.counter("gateway_readings_total", "Readings, by device and quality.");
  const losses = metrics.counter("gateway_device_losses_total", "Lost connections, by device.");

  const run: Gateway["run"] = async (signal, beside) => {
    const wake = createWake(clock);
    let devices = fleetOf(options.plant, id);
    let alarmTags = alarmTagsOf(options.plant);
    latest.follow(devices);
    using _lock = lockOutbox(join(folder, "outbox"));
    await using outbox = await openOutbox({
      folder: join(folder, "outbox"),
      ...options.outbox,
      segmentBytes,
      disk: realDisk,
      groupWait,
      queueId: randomBytes(8).toString("hex"),
      clock,
      random,
      log,
      metrics,
      onDurable: wake.ring,
    });
    const diskFree = watchDiskFree(folder);
    const health = (): GatewayHealth => ({
      devices: devices.length,
      devicesConnected: node.connectedDevices,
      outboxBatches: outbox.depth().batches,
      outboxBytes: outbox.depth().bytes,
      outboxFill: outbox.depth().fill,
      lossesOpen: outbox.depth().gaps,
      isDurable: outbox.depth().isDurable,
      diskFree: diskFree(),
      certificateDaysLeft: fewestDays(fleet.statuses(), clock.now()),
      newest: latest.perLine(),
    });
    const node = createEdgeNode({
      name: { group: platform, edge: id },
      broker: options.broker,
      host: options.host,
      backfillPerSecond: options.backfillPerSecond,
      devices: catalogueOf(platform, devices),
      last: latest.of,
      statuses: () => fleet.statuses(),
      outbox,
      wake,
      bdSeqFile: join(folder, "bdSeq"),
      whileBorn: (session, born) =>
        reportHealth(
          session,
          { platform, part: `gateway-${id}` },
          () => healthReport(health(), fleet.statuses(), clock.now()),
          clock,
          born,
        ),
      clock,
      random,
      log,
      metrics,
    });
    const over = new AbortController();
    const fleet = createFleet({
      isUrgent: (tag) => alarmTags.has(tag),
      driverOf: createDrivers({ clock, log, metrics, folder }),
      pollPeriodOf: (device) => drivers[device.protocol].pollPeriod(device),
      sink: sinkInto(outbox, createAccepting(platform), node, latest.set, (tag) => alarmTags.has(tag)),
      stop: AbortSignal.any([signal, over.signal]),
      clock,
      random,
      log,
      readings,
      losses,
    });
    // The outbox is closed only when nothing can come in any more.
    await using stack = new AsyncDisposableStack();
    stack.defer(() => {
      over.abort();
      return fleet.ended();
    });
    await fleet.apply(devices);
    let reloading: Promise<unknown> = Promise.resolve();
    const running: RunningGateway = {
      reload: (plant) => {
        const done = reloading.then(() => {
          devices = fleetOf(plant, id);
          alarmTags = alarmTagsOf(plant);
          latest.follow(devices);
          node.describe(catalogueOf(platform, devices));
          return fleet.apply(devices);
        });
        reloading = done.catch(() => {});
        return done;
      },
      statuses: fleet.statuses,
      health,
    };
    const stopping = AbortSignal.any([signal, over.signal]);
    await Promise.race([Promise.all([node.run(signal), beside(running, stopping)]), fleet.failed]);
  };
  return { run };
}

/** Throws `CONFLICT` where another process has the outbox. */
export function lockOutbox(folder: string): Disposable {
  const why = "another gateway process has it. Stop that one, or give this one a data folder of its own (--data).";
  const inUse = (cause: unknown) => new CodedError("CONFLICT", `The outbox ${folder} is in use: ${why}`, { cause });
  return lockFolder({ folder, file: "lock", inUse });
}

/** Until the first certificate of any device runs out. */
function fewestDays(statuses: readonly DeviceStatus[], at: EpochMs): number | null {
  const days = statuses.flatMap((status) => certificateDaysLeft(status, at) ?? []);
  return days.length === 0 ? null : Math.min(...days);
}

function fleetOf(plant: Plant, gateway: string): readonly FleetDevice[] {
  const tags = Map.groupBy(plantTags(plant), ({ device }) => device.id);
  return devicesOfGateway(plant, gateway).map((device) => ({ device, tags: tags.get(device.id) ?? [] }));
}

const catalogueOf = (platform: string, devices: readonly FleetDevice[]) =>
  devices.map(({ device: { id }, tags }) => ({
    id,
    tags: [...tags.map(({ info }) => info), acceptedInfo(platform, id)],
  }));

const sinkInto = (
  outbox: Outbox,
  accepting: Accepting,
  node: { deviceChanged(change: { device: string; connected: boolean; after: number }): void },
  sample: (sample: Sample) => void,
  isWatched: (tag: TagId) => boolean,
): AcquisitionSink => {
  const classes = new Map<TagId, boolean>();
  const classOf = (tag: TagId): boolean => {
    const known = classes.get(tag) ?? isWatched(tag);
    classes.set(tag, known);
    return known;
  };
  return {
    sample,
    batch: (device, samples, when) => {
      // A tag stays in its class until the next start, and so in one queue: order and counts are those of a queue.
      const byClass = Map.groupBy(samples, ({ tag }) => classOf(tag));
      // What an alarm rule watches first: it is made durable, and so sent, at once.
      for (const isAlarm of [true, false]) {
        const ofClass = byClass.get(isAlarm);
        if (ofClass) outbox.push(device, accepting.accept(device, ofClass), { when, isAlarm });
      }
    },
    deviceChanged: (device, connected) => node.deviceChanged({ device, connected, after: outbox.lastNumber() }),
  };
};

/** The newest reported sample of each tag, and the newest time of each line. */
function createLatest() {
  const samples = new Map<TagId, Sample>();
  const lineOf = (tag: TagId) => parseTagId(tag)?.line ?? "";
  let lines = new Map<string, EpochMs | null>();
  return {
    of: (tag: TagId) => samples.get(tag),
    set: (sample: Sample) => {
      samples.set(sample.tag, sample);
      const line = lineOf(sample.tag);
      const newest = lines.get(line) ?? null;
      if (newest === null || sample.at > newest) lines.set(line, sample.at);
    },
    perLine: () => Object.fromEntries(lines),
    /** Lines and tags of these devices; what others gave is forgotten. */
    follow: (devices: readonly FleetDevice[]) => {
      const tags = new Set(devices.flatMap((one) => one.tags.map(({ id }) => id)));
      for (const tag of samples.keys()) if (!tags.has(tag)) samples.delete(tag);
      lines = new Map([...tags].map(lineOf).map((line) => [line, lines.get(line) ?? null]));
    },
  };
}
