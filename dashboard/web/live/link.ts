import { io, type Socket } from "socket.io-client";
import type { ErrorCode } from "#shared/model/errors.ts";
import type { IndicatorResult } from "#shared/model/indicator.ts";
import type {
  AlarmPart,
  ClientEvents,
  Heartbeat,
  LiveFrame,
  ServerEvents,
  ViewName,
  ViewSnapshot,
} from "#shared/model/live.ts";

/** What the socket tells the page; `liveState.ts` makes the page's state of it. */
export interface LinkListener {
  connected(): void;
  disconnected(): void;
  /** The server refuses the connection: the session may have ended. */
  refused(): void;
  frame(frame: LiveFrame): void;
  alarms(part: AlarmPart): void;
  indicators(results: readonly IndicatorResult[]): void;
  heartbeat(beat: Heartbeat): void;
}

export type Refusal = { readonly error: ErrorCode; readonly detail: string };

/** The socket as the page uses it. */
export interface Link {
  open(): void;
  close(): void;
  /** Drops a connection that went silent; a new one is made at once. */
  renew(): void;
  readonly connected: boolean;
  /** Rejects when no answer came in time; the next connection asks again. */
  subscribe(view: ViewName): Promise<ViewSnapshot | Refusal>;
  /** Begins the parts of alarms after event `seq`. */
  follow(seq: number): void;
}

const answerWithinMs = 5_000;

/** socket.io over WebSocket only, at the page's own origin; reconnects for ever, 0.5 to 5 s with jitter. */
export function createLink(listener: LinkListener): Link {
  const socket: Socket<ServerEvents, ClientEvents> = io({
    transports: ["websocket"],
    autoConnect: false,
    reconnectionDelay: 500,
    reconnectionDelayMax: 5_000,
    randomizationFactor: 0.5,
    timeout: 5_000,
  });
  socket.on("connect", () => listener.connected());
  socket.on("disconnect", (reason) => {
    listener.disconnected();
    if (reason === "io server disconnect") listener.refused();
  });
  socket.on("connect_error", () => {
    if (!socket.active) listener.refused();
  });
  socket.on("frame", (frame, received) => {
    listener.frame(frame);
    received();
  });
  socket.on("alarms", (part, received) => {
    listener.alarms(part);
    received();
  });
  socket.on("indicators", (results) => listener.indicators(results));
  socket.on("heartbeat", (beat) => listener.heartbeat(beat));

  return {
    open: () => void socket.connect(),
    close: () => void socket.disconnect(),
    renew: () => void socket.disconnect().connect(),
    get connected() {
      return socket.connected;
    },
    subscribe: (view) => socket.timeout(answerWithinMs).emitWithAck("subscribe", view),
    follow: (seq) => void socket.emit("follow", seq),
  };
}
