import { inRanges, type Ranges } from "#shared/model/ranges.ts";
import type { BatchName } from "#shared/model/sample.ts";
import { type DurationMs, millis, seconds } from "#shared/model/time.ts";
import type { Outgoing } from "../outbox/port.ts";
import { isGap } from "../outbox/record.ts";

/** Batches sent and not acknowledged, with their repetition: the only backpressure between gateway and host (D3). */
export interface Window {
  /**
   * Whether one more may be sent. A backlog always leaves a quarter of the window to what is live, and live batches
   * leave a quarter to a backlog that waits.
   */
  hasRoom(kind: Lane, backlogWaits: boolean): boolean;
  sent(out: Outgoing, now: DurationMs, kind?: Lane): void;
  /** Forgets what the host has stored; learns the time that takes. */
  acknowledge(queueId: string, ranges: Ranges, now: DurationMs): void;
  /** Batches to send again now; they count as sent. */
  due(now: DurationMs): readonly Outgoing[];
  /** What counts as delivered without an acknowledgement; it is forgotten. */
  takeDelivered(now: DurationMs): readonly BatchName[];
  /** A new session: everything has to be sent again. */
  restart(): void;
  /** Forgets batches that are not owed any more: given up, or acknowledged without being named. */
  keep(isOwed: (name: BatchName) => boolean): void;
  /** Whether a batch of the device is under way. */
  holds(device: string): boolean;
  readonly size: number;
  readonly bytes: number;
  /** Resend after this time without acknowledgement: four times the smoothed time of one. */
  readonly resendAfter: DurationMs;
}

export const windowLimits = { batches: 32, bytes: 512 * 1024 } as const;
const laneShare = 0.75;
const firstResend = seconds(5);
const shortestResend = seconds(1);
const longestResend = seconds(60);
/** Weight of a new measurement (RFC 6298 uses the same). */
const smoothing = 1 / 8;

type Lane = "live" | "backlog";

interface InFlight {
  readonly out: Outgoing;
  readonly kind: Lane;
  sentAt: DurationMs;
  sends: number;
}

export function createWindow(limits: { readonly batches: number; readonly bytes: number } = windowLimits): Window {
  const inFlight = new Set<InFlight>();
  let smoothed: number | undefined;
  const bytesOf = (entries: readonly InFlight[]) => entries.reduce((sum, { out }) => sum + out.bytes, 0);
  const isBelow = (entries: readonly InFlight[], share: number) =>
    entries.length < limits.batches * share && bytesOf(entries) < limits.bytes * share;
  const resendAfter = () =>
    smoothed === undefined ? firstResend : millis(Math.min(longestResend, Math.max(shortestResend, 4 * smoothed)));
  /** A batch that was repeated in vain waits longer. */
  const waits = ({ sends }: InFlight) => Math.min(longestResend, resendAfter() * 2 ** Math.max(0, sends - 1));

  return {
    hasRoom: (kind, backlogWaits) => {
      const all = [...inFlight];
      const share = kind === "live" && !backlogWaits ? 1 : laneShare;
      const ofKind = all.filter((entry) => entry.kind === kind);
      return isBelow(all, 1) && isBelow(ofKind, share);
    },
    sent: (out, now, kind = "live") => inFlight.add({ out, kind, sentAt: now, sends: 1 }),
    acknowledge: (queueId, ranges, now) => {
      for (const entry of inFlight) {
        if (entry.out.name.queueId !== queueId || !inRanges(ranges, entry.out.name.number)) continue;
        inFlight.delete(entry);
        // Of a repeated batch nobody knows which sending was acknowledged (Karn).
        if (entry.sends === 1)
          smoothed = (smoothed ?? now - entry.sentAt) * (1 - smoothing) + (now - entry.sentAt) * smoothing;
      }
    },
    due: (now) => {
      const late = [...inFlight].filter((entry) => now - entry.sentAt >= waits(entry));
      for (const entry of late) {
        entry.sentAt = now;
        entry.sends += 1;
      }
      return late.map(({ out }) => out);
    },
    takeDelivered: () => [],
    restart: () => {
      for (const entry of inFlight) {
        entry.sentAt = millis(Number.NEGATIVE_INFINITY);
        entry.sends = 1;
      }
    },
    keep: (isOwed) => {
      for (const entry of inFlight) if (!isOwed(entry.out.name)) inFlight.delete(entry);
    },
    holds: (device) => inFlight.values().some(({ out }) => !isGap(out) && out.device === device),
    get size() {
      return inFlight.size;
    },
    get bytes() {
      return bytesOf([...inFlight]);
    },
    get resendAfter() {
      return resendAfter();
    },
  };
}
