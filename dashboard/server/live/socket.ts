import type { Server as HttpServer } from "node:http";
import { type DefaultEventsMap, Server, type Socket } from "socket.io";
import * as parser from "socket.io-parser";
import type { Clock } from "#shared/kit/clock.ts";
import type { Log } from "#shared/kit/log.ts";
import type { Metrics } from "#shared/kit/metrics.ts";
import type { AlarmPart, ClientEvents, ServerEvents, ViewSnapshot } from "#shared/model/live.ts";
import type { Accounts } from "../accounts/accounts.ts";
import type { Session } from "../accounts/sessions.ts";
import { decide, mustBeListed } from "../gate.ts";
import type { OriginCheck } from "../origins.ts";
import { createAlarmStream } from "./alarmStream.ts";
import { FrameEncoder } from "./frameEncoder.ts";
import { createHub, type Hub } from "./hub.ts";
import type { LiveState } from "./state.ts";

interface SocketData {
  session: Session;
}
type PageSocket = Socket<ClientEvents, ServerEvents, DefaultEventsMap, SocketData>;

export interface SocketDependencies {
  readonly state: LiveState;
  readonly accounts: Accounts;
  readonly origins: OriginCheck;
  /** The session token in a Cookie header, empty where there is none. */
  readonly tokenIn: (cookies: string) => string;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** The live transport of the pages (D18). */
export interface LiveSocket {
  readonly hub: Hub;
  connected(): number;
  /** Sends frames and heartbeats until `signal` aborts, then ends every connection. */
  run(signal: AbortSignal): Promise<void>;
}

const sessionRoom = (id: string): string => `session:${id}`;
const visitorOf = (role: Session["role"] | null) => ({ role, loopback: false, token: false, portal: false });

export function attachSocket(http: HttpServer, deps: SocketDependencies): LiveSocket {
  const { state, accounts, origins, clock, log, metrics } = deps;
  for (const event of ["connect", "subscribe", "follow"]) mustBeListed(`socket ${event}`);
  const refused = metrics.counter("dashboard_sockets_refused_total", "Socket connections refused, by cause.");
  const cut = metrics.counter("dashboard_sockets_cut_total", "Sockets ended because the client took no more frames.");

  const io = new Server<ClientEvents, ServerEvents, DefaultEventsMap, SocketData>(http, {
    transports: ["websocket"],
    serveClient: false,
    perMessageDeflate: false,
    maxHttpBufferSize: 65_536,
    pingInterval: 5_000,
    pingTimeout: 5_000,
    parser: { ...parser, Encoder: FrameEncoder },
    // Browsers do not apply the same-origin policy to WebSocket: this is the defence against other sites' pages.
    allowRequest: (request, answer) => {
      const allowed = origins(request.headers.origin);
      if (!allowed) refused.add(1, { cause: "origin" });
      answer(allowed ? null : "origin not allowed", allowed);
    },
  });

  io.use((socket, next) => {
    const session = accounts.sessionOf(deps.tokenIn(socket.request.headers.cookie ?? ""));
    if (!session || decide("socket connect", visitorOf(session.role)) !== "pass") {
      refused.add(1, { cause: "session" });
      next(new Error("FORBIDDEN"));
      return;
    }
    socket.data.session = session;
    next();
  });

  const hub = createHub(state, clock, {
    heartbeat: (heartbeat) => {
      endExpired();
      io.volatile.emit("heartbeat", heartbeat);
    },
    indicators: () => io.emit("indicators", state.indicators()),
  });
  /** A session can end by time or in another process's database: open sockets end within a second, too. */
  const endExpired = (): void => {
    for (const socket of io.sockets.sockets.values()) {
      const session = accounts.sessionById(socket.data.session.id);
      if (session) socket.data.session = session;
      else socket.disconnect(true);
    }
  };

  const alarms = createAlarmStream(state.alarms, clock);
  state.listen({ alarmsChanged: alarms.changed, alarmsReplaced: alarms.replaced });
  accounts.onSessionEnded((id) => io.in(sessionRoom(id)).disconnectSockets(true));

  io.on("connection", (socket: PageSocket) => {
    const may = (event: string): boolean => decide(`socket ${event}`, visitorOf(socket.data.session.role)) === "pass";
    const client = {
      frame: (frame: Parameters<ServerEvents["frame"]>[0], received: () => void) =>
        socket.emit("frame", frame, received),
      alarms: (part: AlarmPart, received: () => void) => socket.emit("alarms", part, received),
      cut: () => {
        cut.add(1);
        log.warn({ user: socket.data.session.user }, "A page takes no more frames and is disconnected");
        socket.conn.close();
      },
    };
    void socket.join(sessionRoom(socket.data.session.id));
    socket.on("disconnect", () => {
      hub.leave(client);
      alarms.leave(client);
    });

    socket.on("subscribe", (name, reply) => {
      if (typeof reply !== "function") return;
      if (!may("subscribe")) return reply({ error: "FORBIDDEN", detail: "This role may not watch live values." });
      const view = state.views.get(name);
      if (!view) return reply({ error: "NOT_FOUND", detail: `There is no view \`${String(name).slice(0, 80)}\`.` });
      const snapshot: ViewSnapshot = {
        view: view.name,
        tags: view.tags,
        frame: hub.join(client, view),
        indicators: state.indicators(),
      };
      reply(snapshot);
    });
    socket.on("follow", (seq) => {
      if (may("follow")) alarms.follow(client, seq);
    });
  });

  return {
    hub,
    connected: () => io.sockets.sockets.size,
    run: async (signal) => {
      await Promise.all([hub.run(signal), alarms.run(signal)]);
      io.disconnectSockets(true);
      io.engine.close();
    },
  };
}
