import type { ClientSession, ClientSubscription, DataValue } from "node-opcua";
import { CodedError, messageOf } from "#shared/model/errors.ts";
import { millis, minutes, seconds } from "#shared/model/time.ts";
import type { OpcuaAddress } from "#shared/plant/protocols/opcua.ts";
import { within } from "../../deadline.ts";
import { badReading, type DriverEnv, type Point, type Reading } from "../../driver.ts";
import { type Remembered, runBeside } from "./beside.ts";
import { watchServerTime } from "./canary.ts";
import { doubtClock } from "./clockDoubt.ts";
import { type Changed, createItems, type Item } from "./items.ts";
import { inBatches, nodeOf, valueAttribute } from "./nodes.ts";
import { silenceLimitMs, subscriptionRequest } from "./parameters.ts";
import { subscriptionFailure } from "./pollInstead.ts";
import { isTooLarge, mostReads } from "./serverLimits.ts";
import type { OpcuaDevice, OpenSession } from "./session.ts";
import { hasOverflow, qualityOf, reasonOf } from "./status.ts";
import { readingOf } from "./value.ts";

const createLimit = seconds(30);
/** A connection that the client has not repaired in this time is lost. */
const repairLimit = seconds(4);
const watchPeriod = seconds(1);
/** A node that the server does not know may appear later. */
const refusedRetry = minutes(1);
/** Each repaired break leaves more publish requests pending, until servers refuse them: then all is built anew. */
const repairsToRenew = 10;
const mostNamed = 20;

export type Push = (index: number, reading: Reading) => void;

/**
 * Subscribes `points` and watches over the subscription. Resolves when `signal` aborts; rejects with `NOT_CONNECTED`
 * or `TIMEOUT` when the server is gone, forgot the subscription, or fell silent: the caller rebuilds from nothing; with
 * `NoSubscriptions` where the server has none.
 */
export async function runSubscription(
  device: OpcuaDevice,
  open: OpenSession,
  points: readonly Point<OpcuaAddress>[],
  push: Push,
  remembered: Remembered,
  env: DriverEnv,
  signal: AbortSignal,
): Promise<void> {
  const { figures } = remembered;
  const tolerance = millis(device.connection.clockToleranceMs);
  remembered.gaps.begin();
  const overflows = env.metrics.counter("gateway_opcua_overflows_total", "Values lost in a server's queue, by device.");
  const changed: Changed = ({ index }, dataValue) => {
    const isAfterLoss = hasOverflow(dataValue.statusCode.value);
    figures.notifications += 1;
    if (isAfterLoss) {
      figures.overflows += 1;
      overflows.add(1, { device: device.id });
    }
    const now = env.clock.now();
    const reading = readingOf(dataValue, now);
    remembered.gaps.live(index, reading.at, isAfterLoss);
    push(index, doubtClock(reading, now, remembered.skew, tolerance));
  };
  const refusals = new Map<number, string>();
  const refuse = (index: number, status: string) => {
    const node = points[index]?.address.node;
    refusals.set(index, status);
    env.log.warn({ device: device.id, node, status }, "The server refuses a node; its tag is bad and is tried again");
    push(index, badReading(reasonOf(status), env.clock.now()));
  };

  const items = points.flatMap(({ address, report, period, deadband }, index): Item[] => {
    const node = nodeOf(address, open.namespaces);
    const samplingMs = period ?? device.polling.samplingMs;
    return node ? [{ index, node, report, samplingMs, ...(deadband ? { deadband } : {}) }] : [];
  });
  const resolved = new Set(items.map(({ index }) => index));
  for (const [index, { address }] of points.entries()) {
    if (!resolved.has(index) && address.events === undefined) refuse(index, "BadNodeIdUnknown (namespace)");
  }

  const perCall = Math.min(device.polling.itemsPerCall, open.limits.items);
  const { subscription, created } = await subscribeAll(device, open, items, perCall, changed, env);
  for (const { item, status } of created.refused) refuse(item.index, status);
  const pending = created.refused.map(({ item }) => item);
  figures.subscriptions += 1;
  figures.unfiltered = created.unfiltered;
  remembered.conditions = conditionsOf(points, refusals, created.shortQueues);
  const over = new AbortController();
  const stop = AbortSignal.any([signal, over.signal]);
  const beside = runBeside({ device, open, subscription, points, push, remembered }, env, stop);
  try {
    await watch(device, open, subscription, pending, env, signal, async (found) => {
      const again = await createItems(subscription, found, device.polling, perCall, changed);
      for (const { index } of found) refusals.delete(index);
      for (const { item, status } of again.refused) refusals.set(item.index, status);
      remembered.conditions = conditionsOf(points, refusals, created.shortQueues);
      return again.refused.map(({ item }) => item);
    });
  } finally {
    over.abort();
    figures.repairs += open.repairs;
    await beside;
  }
}

/** What stands until somebody acts: refused nodes, and queues that are too short for what comes between two publishes. */
function conditionsOf(
  points: readonly Point<OpcuaAddress>[],
  refusals: ReadonlyMap<number, string>,
  shortQueues: number,
): readonly string[] {
  const nodes = [...refusals].slice(0, mostNamed).map(([index, status]) => {
    const { tag, address } = points[index] ?? {};
    return `${tag?.id ?? "A tag"}: the server refuses ${address?.node} (${status}); compare it with \`pilotline browse\`.`;
  });
  const more = refusals.size > mostNamed ? [`${refusals.size - mostNamed} more nodes are refused.`] : [];
  const short =
    shortQueues > 0
      ? [
          `The server keeps less than what can come between two publishes for ${shortQueues} tags: raise samplingMs or lower publishMs.`,
        ]
      : [];
  return [...nodes, ...more, ...short];
}

/** A call that is too large for the server spoils the subscription: the next one uses half of the size. */
async function subscribeAll(
  device: OpcuaDevice,
  { session }: OpenSession,
  items: readonly Item[],
  perCall: number,
  changed: Changed,
  env: DriverEnv,
) {
  const late = () => new CodedError("TIMEOUT", `${device.connection.endpoint}: no answer to the subscription.`);
  for (let size = perCall; ; size = Math.floor(size / 2)) {
    // The library never settles this where the server revises the intervals beyond the session's timeout.
    const request = session.createSubscription2(subscriptionRequest(device.polling)).catch((error: unknown) => {
      throw subscriptionFailure(error);
    });
    const subscription = await within(request, createLimit, env.clock, late);
    // Guard against a lost message after a keep-alive: its number is that of the next message, and the library would
    // ask for the one after that when the connection returns. The field is not in the public type.
    subscription.on("keepalive", () => {
      (subscription as ClientSubscription & { lastSequenceNumber: number }).lastSequenceNumber -= 1;
    });
    try {
      const created = await within(
        createItems(subscription, items, device.polling, size, changed),
        createLimit,
        env.clock,
        late,
      );
      return { subscription, created };
    } catch (error) {
      if (size <= 1 || !isTooLarge(messageOf(error))) throw lostBy(device, messageOf(error));
      env.log.info({ device: device.id, itemsPerCall: Math.floor(size / 2) }, "The server takes fewer items per call");
      await subscription.terminate();
    }
  }
}

const takenItems = (subscription: ClientSubscription): number =>
  Object.values(subscription.monitoredItems).filter(({ statusCode }) => qualityOf(statusCode.value) !== "bad").length;

/**
 * What is wrong with a subscription that the library has made anew after the server forgot it: items of it may have
 * failed without a word, and namespaces may have moved. Undefined where it is as it was.
 */
async function damageOf(
  subscription: ClientSubscription,
  taken: number,
  session: ClientSession,
  namespaces: readonly string[],
): Promise<string | undefined> {
  const now = await session.readNamespaceArray();
  if (now.join("\n") !== namespaces.join("\n")) return "the server was restarted with other namespaces";
  return takenItems(subscription) < taken ? "the server was restarted and refuses items" : undefined;
}

const lostBy = (device: OpcuaDevice, cause: string): CodedError =>
  new CodedError("NOT_CONNECTED", `${device.connection.endpoint}: ${cause}.`);

/** Own watchdog on notifications and keep-alives: the library's `isActive` stays true when nothing comes any more. */
async function watch(
  device: OpcuaDevice,
  open: OpenSession,
  subscription: ClientSubscription,
  refused: readonly Item[],
  env: DriverEnv,
  signal: AbortSignal,
  /** Subscribes what was refused before; gives what is refused again. */
  found: (items: readonly Item[]) => Promise<readonly Item[]>,
): Promise<void> {
  const { clock } = env;
  const { session, namespaces } = open;
  const canary = watchServerTime(subscription, clock);
  let id = subscription.subscriptionId;
  const taken = takenItems(subscription);
  const limit = silenceLimitMs(subscription.publishingInterval, subscription.maxKeepAliveCount);
  let heard = clock.monotonic();
  let ended: string | undefined;
  subscription.on("raw_notification", () => {
    heard = clock.monotonic();
  });
  subscription.on("terminated", () => {
    ended = "the subscription ended";
  });
  subscription.on("status_changed", (status) => {
    ended = `the server ended the subscription: ${status.name}`;
  });

  let waiting = refused;
  let retryAt = clock.monotonic() + refusedRetry;
  while (!signal.aborted) {
    await clock.sleep(watchPeriod, signal);
    if (signal.aborted) return;
    const away = open.awaySince();
    if (away !== undefined && clock.monotonic() - away > repairLimit) ended ??= "the connection is gone";
    if (away === undefined && subscription.subscriptionId !== id) {
      // Kept where it is whole, for a rebuild would miss what comes meanwhile.
      ended ??= await damageOf(subscription, taken, session, namespaces);
      id = subscription.subscriptionId;
    }
    if (open.repairs >= repairsToRenew) ended ??= `repaired ${open.repairs} times, built anew`;
    if (ended) throw lostBy(device, ended);
    const still = away === undefined ? canary.stoodStill() : undefined;
    if (still !== undefined) {
      throw new CodedError("TIMEOUT", `${device.connection.endpoint}: its own time stands still for ${still} ms.`);
    }
    const silence = clock.monotonic() - heard;
    if (silence > limit) throw new CodedError("TIMEOUT", `${device.connection.endpoint}: silent for ${silence} ms.`);
    if (clock.monotonic() < retryAt) continue;
    retryAt = clock.monotonic() + refusedRetry;
    const now = await session.readNamespaceArray();
    if (now.join("\n") !== namespaces.join("\n")) throw lostBy(device, "the server's namespaces changed");
    if (waiting.length === 0) continue;
    const values: DataValue[] = [];
    for (const batch of inBatches(waiting, Math.min(open.limits.reads, mostReads))) {
      values.push(...(await session.read(batch.map(({ node }) => valueAttribute(node)))));
    }
    const back = waiting.filter((_, i) => qualityOf(values[i]?.statusCode.value ?? 2 ** 31) !== "bad");
    const again = back.length > 0 ? await found(back) : [];
    waiting = waiting.filter((item) => !back.includes(item) || again.includes(item));
  }
}
