import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { Clock } from "#shared/kit/clock.ts";
import type { Log } from "#shared/kit/log.ts";
import type { Metrics } from "#shared/kit/metrics.ts";
import { parseTagId, type Sample, type TagId } from "#shared/model/sample.ts";
import { type EpochMs, millis } from "#shared/model/time.ts";
import type { Plant } from "#shared/plant/plant.ts";
import { devicesOfGateway, tagsOfDevice } from "#shared/plant/select.ts";
import type { SessionOptions } from "#shared/wire/session.ts";
import { type AcquiredDevice, type AcquisitionSink, acquire } from "./acquisition.ts";
import { createDrivers, drivers } from "./drivers/registry.ts";
import { createEdgeNode } from "./edgeNode/edgeNode.ts";
import { type GatewayHealth, reportHealth } from "./health.ts";
import { openOutbox } from "./outbox/outbox.ts";
import type { Outbox } from "./outbox/port.ts";
import { createWake } from "./wake.ts";

export interface GatewayOptions {
  readonly plant: Plant;
  readonly id: string;
  readonly broker: Pick<SessionOptions, "url" | "username" | "password" | "ca">;
  /** The gateway's own folder: outbox, birth sequence number, certificates. */
  readonly folder: string;
  /** Most bytes of the outbox on disk. */
  readonly outboxBytes: number;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly metrics: Metrics;
}

export interface Gateway {
  /** Connects, retries for ever, returns when `signal` aborts. `ready` is called when it accepts data. */
  run(signal: AbortSignal, ready: () => void): Promise<void>;
}

/** Large enough for few files, small enough that little is sent twice after a restart. */
const segmentBytes = 4 << 20;
const smallestParts = 8;
const groupWait = millis(25);

/** Wires the gateway; touches neither disk nor network. */
export function buildGateway(options: GatewayOptions): Gateway {
  const { plant, id, folder, clock, random, log, metrics } = options;
  const platform = plant.platform.id;
  const devices = devicesOfGateway(plant, id).map((device) => ({ device, tags: tagsOfDevice(plant, device.id) }));
  const latest = createLatest(devices.flatMap(({ tags }) => tags.map((tag) => tag.id)));
  const readings = metrics.counter("gateway_readings_total", "Readings, by device and quality.");
  const losses = metrics.counter("gateway_device_losses_total", "Lost connections, by device.");

  const run: Gateway["run"] = async (signal, ready) => {
    const wake = createWake(clock);
    await using outbox = await openOutbox({
      folder: join(folder, "outbox"),
      quotaBytes: options.outboxBytes,
      segmentBytes: Math.min(segmentBytes, Math.floor(options.outboxBytes / smallestParts)),
      groupWait,
      queueId: randomBytes(8).toString("hex"),
      clock,
      random,
      log,
      metrics,
      onDurable: wake.ring,
    });
    const health = (): GatewayHealth => ({
      devices: devices.length,
      devicesConnected: node.connectedDevices,
      outboxBatches: outbox.depth().batches,
      outboxBytes: outbox.depth().bytes,
      lossesOpen: outbox.losses.length,
      newest: latest.perLine(),
    });
    const node = createEdgeNode({
      name: { group: platform, edge: id },
      broker: options.broker,
      devices: devices.map(({ device, tags }) => ({ id: device.id, tags: tags.map(({ info }) => info) })),
      last: latest.of,
      outbox,
      wake,
      bdSeqFile: join(folder, "bdSeq"),
      whileBorn: (session, born) => reportHealth(session, { platform, gateway: id }, health, clock, born),
      clock,
      random,
      log,
      metrics,
    });
    const driverOf = createDrivers({ clock, log, metrics, folder });
    await using stack = new AsyncDisposableStack();
    const acquired = await Promise.all(
      devices.map(async ({ device, tags }): Promise<AcquiredDevice> => {
        const driver = stack.use(await driverOf(device));
        return { id: device.id, tags, driver, pollPeriod: drivers[device.protocol].pollPeriod(device) };
      }),
    );
    const sink = sinkInto(outbox, node, latest.set);
    ready();
    await Promise.all([
      node.run(signal),
      ...acquired.map((device) => acquire(device, sink, { clock, random, log, readings, losses }, signal)),
    ]);
  };
  return { run };
}

const sinkInto = (
  outbox: Outbox,
  node: { deviceChanged(change: { device: string; connected: boolean; after: number }): void },
  sample: (sample: Sample) => void,
): AcquisitionSink => ({
  sample,
  batch: (device, samples) => outbox.push(device, samples),
  deviceChanged: (device, connected) => node.deviceChanged({ device, connected, after: outbox.lastNumber() }),
});

/** The newest reported sample of each tag, and the newest time of each line. */
function createLatest(tags: readonly TagId[]) {
  const samples = new Map<TagId, Sample>();
  const lineOf = (tag: TagId) => parseTagId(tag)?.line ?? "";
  const lines = new Map<string, EpochMs | null>(tags.map((tag) => [lineOf(tag), null]));
  return {
    of: (tag: TagId) => samples.get(tag),
    set: (sample: Sample) => {
      samples.set(sample.tag, sample);
      const line = lineOf(sample.tag);
      const newest = lines.get(line) ?? null;
      if (newest === null || sample.at > newest) lines.set(line, sample.at);
    },
    perLine: () => Object.fromEntries(lines),
  };
}
