import type { Clock } from "#shared/kit/clock.ts";
import type { Log } from "#shared/kit/log.ts";
import type { Metrics } from "#shared/kit/metrics.ts";
import type { Wake } from "#shared/kit/wake.ts";
import type { Sample, TagId } from "#shared/model/sample.ts";
import { type EpochMs, seconds } from "#shared/model/time.ts";
import type { BrokerAddress } from "#shared/wire/brokerAddress.ts";
import { type KeptSessionOptions, keepSession } from "#shared/wire/keepSession.ts";
import type { Session } from "#shared/wire/session.ts";
import { sparkplugTopic, stateTopic } from "#shared/wire/topics.ts";
import type { Outbox } from "../outbox/port.ts";
import type { DeviceStatus } from "../status.ts";
import { nextBdSeq } from "./bdSeq.ts";
import { type Composer, createComposer, type NodeName, ndeath } from "./births.ts";
import { type CatalogueDevice, createCatalogue } from "./catalogue.ts";
import type { HostOptions } from "./hostOptions.ts";
import { createInbox, type Inbox } from "./inbox.ts";
import { type NodeParts, runNodeSession } from "./nodeSession.ts";
import { createNodeStatus } from "./nodeStatus.ts";
import { createPace } from "./pace.ts";
import { createPlainWindow } from "./plainWindow.ts";
import { createPresence, type DeviceChange } from "./presence.ts";
import { createWindow } from "./window.ts";

export interface EdgeNodeOptions {
  readonly name: NodeName;
  readonly broker: BrokerAddress;
  readonly host: HostOptions;
  /** Most samples of the backlog sent in a second. */
  readonly backfillPerSecond: number;
  readonly devices: readonly CatalogueDevice[];
  /** Newest reported sample of a tag, for births. */
  readonly last: (tag: TagId) => Sample | undefined;
  readonly outbox: Outbox;
  /** Rung when the outbox has something new. */
  readonly wake: Wake;
  /** How the devices do, for the metrics of the node. */
  readonly statuses: () => readonly DeviceStatus[];
  readonly bdSeqFile: string;
  /** Runs beside the sending while the node is born. */
  readonly whileBorn: (session: Session, signal: AbortSignal) => Promise<void>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** The gateway as Sparkplug B edge node (ISO/IEC 20237), with end-to-end acknowledgement (D3). */
export interface EdgeNode {
  deviceChanged(change: DeviceChange): void;
  /** Other devices, or others of their tags: what changed is born again behind the batches that it has already given. */
  describe(devices: readonly CatalogueDevice[]): void;
  readonly connectedDevices: number;
  /** Keeps a session with the broker and empties the outbox into it; returns when `signal` aborts. */
  run(signal: AbortSignal): Promise<void>;
}

/** Where there are several brokers, the next one is tried when the host is not online at one for so long. */
const patienceForHost = seconds(3);

export function createEdgeNode(options: EdgeNodeOptions): EdgeNode {
  const { name, host, outbox, wake, clock, log, metrics } = options;
  const isPlain = host.delivery === "plain";
  const presence = createPresence(options.devices.map(({ id }) => id));
  const window = isPlain ? createPlainWindow(host.heldFor) : createWindow();
  const catalogue = createCatalogue(options.devices);
  const refused = metrics.counter("gateway_commands_refused_total", "Messages of the host that were not understood.");
  let redescribed = false;
  const parts: NodeParts = {
    name,
    topics: {
      state: host.id === null ? null : stateTopic(host.id),
      command: sparkplugTopic({ ...name, type: "NCMD" }),
    },
    hostPatience: (options.broker.otherUrls ?? []).length > 0 ? patienceForHost : null,
    catalogue,
    presence,
    outbox,
    window,
    pace: createPace(options.backfillPerSecond),
    wake,
    clock,
    log,
    sentBatches: metrics.counter("gateway_batches_sent_total", "Batches published, by kind."),
    whileBorn: options.whileBorn,
    status: createNodeStatus(options.statuses, outbox.depth),
    takeRedescribed: () => {
      const asked = redescribed;
      redescribed = false;
      return asked;
    },
  };

  /** Every CONNECT has a bdSeq, and so a will, of its own. */
  const begin = (): { bdSeq: number; inbox: Inbox; composer: Composer } => {
    const bdSeq = nextBdSeq(options.bdSeqFile, log);
    // Where another host is served, what Pilotline's own has stored beside it settles nothing.
    const onAck: Parameters<typeof createInbox>[1]["onAck"] = ({ queueId, ranges }) => {
      if (isPlain) return;
      window.acknowledge(queueId, ranges, clock.monotonic());
      outbox.acknowledge(queueId, ranges);
    };
    const onReplay = (from: EpochMs) => void (isPlain || outbox.replay(from));
    return {
      bdSeq,
      inbox: createInbox(parts.topics, { onAck, onReplay, onChange: wake.ring }, refused, log),
      composer: createComposer(name, catalogue, options.last, { bdSeq, queueId: outbox.queueId, isPlain }),
    };
  };

  return {
    deviceChanged: (change) => {
      presence.changed(change);
      wake.ring();
    },
    describe: (devices) => {
      const before = new Set(catalogue.devices);
      const changed = catalogue.replace(devices);
      for (const { id } of devices) if (!before.has(id)) presence.expect(id);
      const after = outbox.lastNumber();
      // Devices that come or go change the node's own metrics too.
      redescribed ||= devices.length !== before.size || devices.some(({ id }) => !before.has(id));
      for (const device of changed) {
        if (presence.isConnected(device)) presence.changed({ device, connected: true, after });
      }
      wake.ring();
    },
    get connectedDevices() {
      return presence.connected;
    },
    run: (signal) => {
      let current = begin();
      let used = false;
      const make = (): KeptSessionOptions => {
        if (used) current = begin();
        used = true;
        const { inbox, bdSeq } = current;
        return {
          ...options.broker,
          clientId: `${name.group}-${name.edge}`,
          will: { ...ndeath(name, bdSeq, clock.now()), qos: 1, retain: false },
          onMessage: inbox.receive,
        };
      };
      const body = (session: Session, ended: AbortSignal) =>
        runNodeSession(session, current.inbox, current.composer, current.bdSeq, parts, ended);
      return keepSession(make, body, { clock, random: options.random, log }, signal);
    },
  };
}
