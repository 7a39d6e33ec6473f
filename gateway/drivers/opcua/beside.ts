import type { ClientSubscription } from "node-opcua";
import { messageOf } from "#shared/model/errors.ts";
import { type DurationMs, instant, millis, minutes, seconds } from "#shared/model/time.ts";
import type { OpcuaAddress } from "#shared/plant/protocols/opcua.ts";
import { badReading, type DriverEnv, type Point, type Reading } from "../../driver.ts";
import { subscribeEvents } from "./events.ts";
import type { OpcuaFigures } from "./figures.ts";
import type { Gaps } from "./gaps.ts";
import { backfill, type HistoryGap } from "./history.ts";
import { compareWithServer } from "./metadata.ts";
import { nodeOf } from "./nodes.ts";
import { measureSkew } from "./serverClock.ts";
import type { OpcuaDevice, OpenSession } from "./session.ts";

/** What a driver remembers from one connection to the next. */
export interface Remembered {
  readonly gaps: Gaps;
  /** Differences between the server's words and the plant model. */
  differences: readonly string[];
  /** Conditions of the subscription that stand, each a sentence. */
  conditions: readonly string[];
  /** How far the server's clock is ahead of ours. */
  skew: DurationMs;
  readonly figures: OpcuaFigures;
}

/** Gaps are looked for so often; by then a server has written its newest values into its history. */
const fillPeriod = seconds(2);
const skewPeriod = minutes(60);
/** Values may be under way when a connection is lost, and the server's clock is known to a second or so. */
export const gapMargin = (publishMs: number): DurationMs => millis(publishMs + seconds(5));

interface Besides {
  readonly device: OpcuaDevice;
  readonly open: OpenSession;
  readonly subscription: ClientSubscription;
  readonly points: readonly Point<OpcuaAddress>[];
  readonly push: (index: number, reading: Reading) => void;
  readonly remembered: Remembered;
}

/**
 * What happens beside a subscription of values: events are subscribed, the server's words are held against the plant
 * model, and gaps are filled from its history. Live values go first; nothing of this ends the subscription. Resolves
 * after `signal` aborts.
 */
export async function runBeside(besides: Besides, env: DriverEnv, signal: AbortSignal): Promise<void> {
  const { device, open, subscription, points, remembered } = besides;
  subscription.on("raw_notification", () => remembered.gaps.heard(instant(env.clock.now() + remembered.skew)));
  // The library has made a new subscription after the server forgot it: what came between is not in its queues.
  subscription.on("subscriptionId_changed", () => remembered.gaps.begin());
  for (const [index, { address }] of points.entries()) {
    if (address.events !== undefined) void followEvents(besides, index, address.events, env);
  }
  try {
    const differences = await compareWithServer(open, points, env, signal);
    const isNews = differences.join("\n") !== remembered.differences.join("\n");
    if (isNews && differences.length > 0) {
      env.log.warn({ device: device.id, differences }, "The server and plant.yaml differ");
    }
    remembered.differences = differences;
    let measureAt = env.clock.monotonic() + skewPeriod;
    while (!signal.aborted) {
      await env.clock.sleep(fillPeriod, signal);
      if (!signal.aborted && device.polling.backfill) await fill(besides, env, signal);
      if (signal.aborted || env.clock.monotonic() < measureAt) continue;
      measureAt = env.clock.monotonic() + skewPeriod;
      await learnSkew(open, remembered, env, signal);
    }
  } catch (error) {
    if (!signal.aborted)
      env.log.info({ device: device.id, error: messageOf(error) }, "The server was not asked further");
  }
}

/** A server that does not say its time is taken for punctual. */
export async function learnSkew(
  open: OpenSession,
  remembered: Remembered,
  env: DriverEnv,
  signal: AbortSignal,
): Promise<void> {
  try {
    remembered.skew = await measureSkew(open, env.clock, signal);
  } catch (error) {
    remembered.skew = millis(0);
    env.log.debug({ error: messageOf(error) }, "The server does not say its time");
  }
}

/** Fills the gaps that are known by now; what is left of them when the connection is lost waits for the next one. */
async function fill({ open, points, push, remembered, device }: Besides, env: DriverEnv, signal: AbortSignal) {
  const gaps = remembered.gaps.take();
  const wanted = gaps.flatMap((gap, index): HistoryGap[] => {
    const address = points[gap.point]?.address;
    const node = address && nodeOf(address, open.namespaces);
    return node ? [{ index, node, from: gap.from, to: gap.to }] : [];
  });
  if (wanted.length === 0) return;
  let filled = 0;
  const give = (index: number, reading: Reading) => {
    const gap = gaps[index];
    if (!gap) return;
    gap.from = reading.at;
    filled += 1;
    remembered.figures.backfilled += 1;
    push(gap.point, reading);
  };
  try {
    await backfill(open, wanted, give, env, signal);
  } catch (error) {
    remembered.gaps.giveBack(gaps);
    throw error;
  } finally {
    if (filled > 0)
      env.log.info({ device: device.id, values: filled }, "Values of a lost connection came from history");
  }
}

async function followEvents({ open, subscription, push }: Besides, index: number, notifier: string, env: DriverEnv) {
  const node = nodeOf({ node: notifier }, open.namespaces);
  try {
    if (node) await subscribeEvents(open, subscription, node, (reading) => push(index, reading), env);
    else push(index, badReading("ADDRESS_UNKNOWN", env.clock.now()));
  } catch (error) {
    env.log.info({ notifier, error: messageOf(error) }, "Events are not followed until the next connection");
  }
}
