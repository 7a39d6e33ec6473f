import type { Clock } from "#shared/kit/clock.ts";
import type { Log } from "#shared/kit/log.ts";
import type { Counter } from "#shared/kit/metrics.ts";
import type { Wake } from "#shared/kit/wake.ts";
import { messageOf } from "#shared/model/errors.ts";
import { addRange, noRanges, type Ranges } from "#shared/model/ranges.ts";
import { type DurationMs, type EpochMs, millis, seconds } from "#shared/model/time.ts";
import type { Session } from "#shared/wire/session.ts";
import { within } from "../deadline.ts";
import type { Outbox, Outgoing } from "../outbox/port.ts";
import { isGap } from "../outbox/record.ts";
import { type Composer, type Message, type NodeName, ndeath } from "./births.ts";
import type { Catalogue, OutgoingBatch } from "./catalogue.ts";
import type { Inbox, InboxTopics } from "./inbox.ts";
import type { NodeStatus } from "./nodeStatus.ts";
import type { Pace } from "./pace.ts";
import type { Presence } from "./presence.ts";
import { type Window, windowLimits } from "./window.ts";

export interface NodeParts {
  readonly name: NodeName;
  readonly topics: InboxTopics;
  /** How long a session waits for a host that is not online; for ever where null. */
  readonly hostPatience: DurationMs | null;
  readonly catalogue: Catalogue;
  readonly presence: Presence;
  readonly outbox: Outbox;
  readonly window: Window;
  readonly pace: Pace;
  readonly wake: Wake;
  readonly clock: Clock;
  readonly log: Log;
  readonly sentBatches: Counter;
  readonly status: NodeStatus;
  /** True once after the devices became others: the node has to be born again. */
  readonly takeRedescribed: () => boolean;
  /** Called once the node is born, with the session's publish; returns when `signal` aborts. */
  readonly whileBorn: (session: Session, signal: AbortSignal) => Promise<void>;
}

/** The host answers a birth with what it has already: repeats wait this long for that. */
const patienceForAck = seconds(2);
/** The loop looks round at least this often, for repeats that are due. */
const idle = millis(250);
const deathLimit = seconds(2);
/** The status of the devices is told no more often. */
const statusPeriod = seconds(5);

/**
 * One MQTT session of the edge node (Sparkplug 3.0, chapter 5): waits for the host, is born, sends, and dies. Returns
 * when `signal` aborts or the host goes offline.
 */
export async function runNodeSession(
  session: Session,
  inbox: Inbox,
  composer: Composer,
  bdSeq: number,
  parts: NodeParts,
  signal: AbortSignal,
): Promise<void> {
  const { topics, wake, clock, log } = parts;
  await session.subscribe([
    { filter: topics.command, qos: 1 },
    ...(topics.state === null ? [] : [{ filter: topics.state, qos: 1 as const }]),
  ]);
  if (!inbox.isHostOnline) log.info({ host: topics.state }, "Waiting for the host to be online");
  const since = clock.monotonic();
  while (!signal.aborted && !inbox.isHostOnline) {
    if (parts.hostPatience !== null && clock.monotonic() - since >= parts.hostPatience) return;
    await wake.wait(idle, signal);
  }
  if (signal.aborted) return;

  const over = new AbortController();
  const born = AbortSignal.any([signal, over.signal]);
  const sending = createSending(session, inbox, composer, parts);
  sending.birth();
  log.info({ bdSeq }, "Born: the host gets data");
  const beside = parts.whileBorn(session, born);
  try {
    while (!signal.aborted && inbox.isHostOnline) {
      if (inbox.takeRebirth() || parts.takeRedescribed()) sending.birth();
      await sending.pump();
      await wake.wait(idle, signal);
    }
  } finally {
    over.abort();
    await beside;
    await die(session, ndeath(parts.name, bdSeq, clock.now()), parts);
  }
}

/** operational-behavior-edge-node-intentional-disconnect-ndeath: said before DISCONNECT, since that drops the will. */
async function die(session: Session, { topic, payload }: Message, { clock, log }: NodeParts): Promise<void> {
  try {
    const late = () => new Error("no PUBACK");
    await within(session.publishConfirmed(topic, payload), deathLimit, clock, late);
  } catch (error) {
    log.debug({ error: messageOf(error) }, "NDEATH not confirmed; the broker publishes the will");
  }
}

function createSending(session: Session, inbox: Inbox, composer: Composer, parts: NodeParts) {
  const { catalogue, presence, outbox, window, pace, clock, sentBatches, status } = parts;
  let bornAt: DurationMs | undefined;
  /** Batches up to here are older than the last values of the first birth. */
  let historicalUpTo = 0;
  let statusAt: DurationMs = clock.monotonic();
  const publish = ({ topic, payload }: Message) => session.publish(topic, payload);
  /** Where nobody acknowledges, the link alone holds back. */
  const hasRoom: Window["hasRoom"] = (kind, backlogWaits) =>
    session.bufferedBytes() < windowLimits.bytes && window.hasRoom(kind, backlogWaits);

  const birthDevice = (device: string, at: EpochMs) => {
    publish(composer.dbirth(device, at));
    presence.born(device);
  };

  const birth = () => {
    const at = clock.now();
    presence.settle();
    publish(composer.nbirth(status.birth(at), at));
    statusAt = clock.monotonic();
    for (const device of catalogue.devices) birthDevice(device, at);
  };

  const sendData = (out: OutgoingBatch, isHistorical: boolean, at: EpochMs) => {
    if (catalogue.extend(out) || presence.isDead(out.device)) birthDevice(out.device, at);
    publish(composer.ddata(out, isHistorical || out.historical === true, at));
  };
  const send = (out: Outgoing, how: "live" | "historical" | "repeat") => {
    const at = clock.now();
    if (isGap(out)) publish(composer.gap(out, at));
    else sendData(out, how !== "live", at);
    sentBatches.add(1, { kind: how });
  };

  /** Connections of devices and new batches in the order in which they happened. */
  const sendLive = () => {
    for (;;) {
      const connected = presence.takeConnected(outbox.nextLive());
      if (connected !== undefined) birthDevice(connected, clock.now());
      else if (!hasRoom("live", outbox.depth().backlog > 0)) return;
      else {
        const next = outbox.takeLive();
        if (!next) return;
        send(next.out, next.order <= historicalUpTo ? "historical" : "live");
        window.sent(next.out, clock.monotonic(), "live");
      }
    }
  };

  /** What is live goes between: it never waits for the disk. */
  const sendBacklog = async () => {
    while (hasRoom("backlog", true) && pace.allows(clock.monotonic())) {
      const out = await outbox.takeBacklog();
      if (!out) return;
      send(out, "historical");
      window.sent(out, clock.monotonic(), "backlog");
      pace.spent(isGap(out) ? 1 : out.samples.length);
      sendLive();
    }
  };

  const settleDelivered = () => {
    const delivered = window.takeDelivered(clock.monotonic());
    for (const [queueId, names] of Map.groupBy(delivered, (name) => name.queueId)) {
      const ranges = names.reduce<Ranges>((sum, { number }) => addRange(sum, number, number), noRanges);
      outbox.acknowledge(queueId, ranges);
    }
  };

  const tellStatus = () => {
    if (clock.monotonic() - statusAt < statusPeriod) return;
    statusAt = clock.monotonic();
    const at = clock.now();
    const changes = status.changes(at);
    if (changes.length > 0) publish(composer.status(changes, at));
  };

  const bury = () => {
    if (presence.dying.length === 0 || outbox.depth().backlog > 0) return;
    for (const device of presence.dying.filter((one) => !window.holds(one))) {
      publish(composer.ddeath(device, clock.now()));
      presence.died(device);
    }
  };

  return {
    birth: () => {
      birth();
      if (bornAt !== undefined) return;
      bornAt = clock.monotonic();
      historicalUpTo = outbox.lastNumber();
      window.restart();
    },
    pump: async () => {
      sendLive();
      tellStatus();
      const now = clock.monotonic();
      if (inbox.acknowledged || now - (bornAt ?? now) >= patienceForAck) {
        window.keep(outbox.owes);
        for (const out of window.due(now)) send(out, "repeat");
        await sendBacklog();
      }
      settleDelivered();
      bury();
    },
  };
}
