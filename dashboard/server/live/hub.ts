import { type Clock, ticks } from "#shared/kit/clock.ts";
import type { Heartbeat, LiveFrame } from "#shared/model/live.ts";
import { type DurationMs, millis, seconds } from "#shared/model/time.ts";
import { type Courier, createCourier } from "./courier.ts";
import type { LiveState } from "./state.ts";
import type { View } from "./views.ts";

/** Views are looked at this often, so that a lone change goes out soon … */
const beat = millis(50);
/** … but a view sends at most 4 frames a second (D18) … */
const rest = millis(250);
/** … and at least this often. */
const longestSilence = seconds(5);
const beatsPerHeartbeat = 20;

/** One connected page. */
export interface Client {
  frame(frame: LiveFrame, received: () => void): void;
  /** Ends a connection that takes nothing any more. The page may come back. */
  cut(): void;
}

export interface HubListener {
  heartbeat(beat: Heartbeat): void;
  indicators(): void;
}

/** Sends each view's frames to the clients that watch it. */
export interface Hub {
  /** Joins `view`, leaving the earlier one; returns its whole state now. */
  join(client: Client, view: View): LiveFrame;
  leave(client: Client): void;
  clients(): { readonly watching: number; readonly slow: number };
  run(signal: AbortSignal): Promise<void>;
}

interface Watcher {
  readonly courier: Courier;
  view: View;
}
interface ViewClock {
  seq: number;
  revision: number;
  sentAt: DurationMs;
}

export function createHub(state: LiveState, clock: Clock, listener: HubListener): Hub {
  const watchers = new Map<Client, Watcher>();
  const viewClocks = new Map<string, ViewClock>();
  const clockOf = (view: View): ViewClock => {
    const known = viewClocks.get(view.name);
    if (known) return known;
    const made = { seq: 0, revision: -1, sentAt: millis(-longestSilence) };
    viewClocks.set(view.name, made);
    return made;
  };

  /** The view's next frame, or null where there is nothing to say. */
  const nextFrame = (view: View): LiveFrame | null => {
    const own = clockOf(view);
    const revision = state.latest.revision(view);
    const silence = clock.monotonic() - own.sentAt;
    if (silence < (revision === own.revision ? longestSilence : rest)) return null;
    own.seq++;
    own.revision = revision;
    own.sentAt = clock.monotonic();
    return state.latest.frame(view, own.seq, clock.now());
  };

  const sendFrames = (): void => {
    const watched = Map.groupBy(watchers.values(), ({ view }) => view);
    for (const [view, group] of watched) {
      const frame = nextFrame(view);
      if (frame) for (const { courier } of group) courier.offer(frame);
    }
  };
  const cutLost = (): void => {
    for (const [client, { courier }] of watchers) if (courier.state() === "lost") client.cut();
  };

  return {
    join: (client, view) => {
      const known = watchers.get(client);
      known?.courier.drop();
      const courier =
        known?.courier ??
        createCourier(
          (frame, received) => client.frame(frame, received),
          () => clock.monotonic(),
        );
      watchers.set(client, { courier, view });
      return state.latest.frame(view, clockOf(view).seq, clock.now());
    },
    leave: (client) => {
      watchers.delete(client);
    },
    clients: () => ({
      watching: watchers.size,
      slow: [...watchers.values()].filter(({ courier }) => courier.state() !== "ok").length,
    }),
    run: async (signal) => {
      let count = 0;
      let indicatorRevision = state.indicatorRevision();
      for await (const now of ticks(clock, beat, signal)) {
        sendFrames();
        cutLost();
        if (state.indicatorRevision() !== indicatorRevision) {
          indicatorRevision = state.indicatorRevision();
          listener.indicators();
        }
        if (count++ % beatsPerHeartbeat === 0) {
          listener.heartbeat({ serverTime: now, newest: state.newest(), upstream: state.upstream() });
        }
      }
    },
  };
}
