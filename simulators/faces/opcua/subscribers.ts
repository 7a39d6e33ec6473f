import type { MonitoredItem, OPCUAServer, ServerSession, Subscription } from "node-opcua";
import type { Clock } from "#shared/kit/clock.ts";
import { type DurationMs, seconds } from "#shared/model/time.ts";

/** Who listens to a server's own nodes, and how much more they can take before something is lost. */
export interface Subscribers {
  /** Monitored items on own nodes. */
  items(): number;
  /** Values that every listener's queue still takes; infinite where nobody listens. */
  room(): number;
  /** Most values that wait in one queue for their reader. */
  waiting(): number;
  /** Longest sampling interval of an item that samples on a timer; 0 where all are told of every change. */
  samplingMs(): number;
}

/** Of a server that is down. */
export const noSubscribers: Subscribers = {
  items: () => 0,
  room: () => Number.POSITIVE_INFINITY,
  waiting: () => 0,
  samplingMs: () => 0,
};

/** A queue that stays full this long has lost its reader: nobody waits for it any more. */
const patience: DurationMs = seconds(10);

export function watchSubscribers(server: OPCUAServer, ownNamespace: number, clock: Clock): Subscribers {
  const items = new Map<MonitoredItem, { fullSince: DurationMs | null }>();
  const watch = (subscription: Subscription) => {
    const mine = new Set<MonitoredItem>();
    const drop = (item: MonitoredItem) => {
      mine.delete(item);
      items.delete(item);
    };
    subscription.on("monitoredItem", (item: MonitoredItem) => {
      if (item.node?.nodeId.namespace !== ownNamespace) return;
      mine.add(item);
      items.set(item, { fullSince: null });
    });
    subscription.on("removeMonitoredItem", drop);
    subscription.on("terminated", () => {
      for (const item of mine) drop(item);
    });
  };
  server.on("create_session", (session: ServerSession) => session.on("new_subscription", watch));

  return {
    items: () => items.size,
    room: () => {
      const now = clock.monotonic();
      let least = Number.POSITIVE_INFINITY;
      for (const [item, state] of items) {
        const free = item.queueSize - item.queue.length;
        state.fullSince = free > 0 ? null : (state.fullSince ?? now);
        if (state.fullSince === null || now - state.fullSince < patience) least = Math.min(least, free);
      }
      return least;
    },
    waiting: () => Math.max(0, ...[...items.keys()].map((item) => item.queue.length)),
    samplingMs: () => Math.max(0, ...[...items.keys()].map((item) => item.samplingInterval)),
  };
}
