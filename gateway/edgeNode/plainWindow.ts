import type { BatchName } from "#shared/model/sample.ts";
import { type DurationMs, millis } from "#shared/model/time.ts";
import type { Outgoing } from "../outbox/port.ts";
import type { Window } from "./window.ts";

/** Batches held in memory for a repetition; beyond them the oldest count as delivered sooner. */
const mostBytes = 4 << 20;

interface Held {
  readonly out: Outgoing;
  sentAt: DurationMs;
  /** The session that it was sent in is over, and whether it arrived is unknown. */
  isDoubtful: boolean;
}

/**
 * The window towards a host that never acknowledges. QoS 0 tells nothing, but a session that has stood for `heldFor` since
 * a batch was given to it has had an answer from the broker meanwhile: the batch counts as delivered. What was sent later
 * than that before a session's end is sent again in the next one.
 */
export function createPlainWindow(heldFor: DurationMs): Window {
  let held: Held[] = [];
  const bytesOf = () => held.reduce((sum, { out }) => sum + out.bytes, 0);
  return {
    hasRoom: () => true,
    sent: (out, now) => held.push({ out, sentAt: now, isDoubtful: false }),
    acknowledge: () => {},
    due: (now) => {
      const doubtful = held.filter(({ isDoubtful }) => isDoubtful);
      for (const one of doubtful) {
        one.sentAt = now;
        one.isDoubtful = false;
      }
      return doubtful.map(({ out }) => out);
    },
    restart: () => {
      for (const one of held) one.isDoubtful = true;
    },
    takeDelivered: (now) => {
      const delivered: BatchName[] = [];
      let over = bytesOf() - mostBytes;
      held = held.filter(({ out, sentAt, isDoubtful }) => {
        if (isDoubtful || (over <= 0 && now - sentAt < heldFor)) return true;
        over -= out.bytes;
        delivered.push(out.name);
        return false;
      });
      return delivered;
    },
    keep: (isOwed) => {
      held = held.filter(({ out }) => isOwed(out.name));
    },
    // A death need not wait for what has been sent: nobody is going to ask for it.
    holds: () => held.some(({ isDoubtful }) => isDoubtful),
    get size() {
      return held.length;
    },
    get bytes() {
      return bytesOf();
    },
    resendAfter: millis(Number.POSITIVE_INFINITY),
  };
}
