import type { LiveFrame } from "#shared/model/live.ts";
import { type DurationMs, seconds } from "#shared/model/time.ts";

/** A client that leaves a frame unacknowledged for this long is slow … */
export const slowAfter = seconds(2);
/** … and for this long, lost: it is disconnected. */
export const lostAfter = seconds(15);

/** Delivers frames to one client: at most one under way, the newest waits, older ones are dropped (D18). */
export interface Courier {
  offer(frame: LiveFrame): void;
  /** Forgets the waiting frame, for the client has changed its view. */
  drop(): void;
  state(): "ok" | "slow" | "lost";
}

/** `send` calls back when the client has received the frame. `monotonic` reads a clock that never goes back. */
export function createCourier(
  send: (frame: LiveFrame, received: () => void) => void,
  monotonic: () => DurationMs,
): Courier {
  const desk: { sentAt: DurationMs | null; waiting: LiveFrame | null } = { sentAt: null, waiting: null };
  const dispatch = (frame: LiveFrame): void => {
    desk.waiting = null;
    desk.sentAt = monotonic();
    send(frame, () => {
      desk.sentAt = null;
      if (desk.waiting) dispatch(desk.waiting);
    });
  };
  return {
    offer: (frame) => {
      if (desk.sentAt === null) dispatch(frame);
      else desk.waiting = frame;
    },
    drop: () => {
      desk.waiting = null;
    },
    state: () => {
      const age = desk.sentAt === null ? 0 : monotonic() - desk.sentAt;
      if (age >= lostAfter) return "lost";
      return age >= slowAfter ? "slow" : "ok";
    },
  };
}
