import type { Socket } from "node:net";
import type { Clock } from "#shared/kit/clock.ts";
import type { Log } from "#shared/kit/log.ts";
import type { Metrics } from "#shared/kit/metrics.ts";
import { seconds } from "#shared/model/time.ts";
import { createAdmission } from "./admission.ts";
import { createFrameGuard } from "./frameGuard.ts";
import type { Gate } from "./gate.ts";
import type { BrokerLimits } from "./limits.ts";

/** TCP asks a silent peer whether it is still there, also one that wants no keep-alive of MQTT. */
const tcpKeepAlive = seconds(30);

export interface Door {
  /** A bare connection, before TLS. */
  knock(socket: Socket): void;
  /** One that is ready to speak MQTT. */
  enter(socket: Socket): void;
}

const peerOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`;

/** Takes connections for the gate: within the rate, and within the packet size. */
export function createDoor(
  { aedes, userOf }: Gate,
  limits: BrokerLimits,
  { log, metrics, clock }: { readonly log: Log; readonly metrics: Metrics; readonly clock: Clock },
): Door {
  const admission = createAdmission(limits, clock);
  const turnedAway = metrics.counter("broker_connections_refused_total", "Connections refused before CONNECT.");
  /** By peer: behind TLS the socket is another object. */
  const strangers = new Map<string, () => void>();
  const clients = new WeakMap<object, string>();
  aedes.on("client", (client) => strangers.get(clients.get(client) ?? "")?.());
  return {
    knock: (socket) => {
      const entry = admission.enter(socket.remoteAddress ?? "");
      if (typeof entry === "string") {
        turnedAway.add(1);
        log.warn({ address: socket.remoteAddress, why: entry }, "Connection refused");
        return void socket.destroy();
      }
      const peer = peerOf(socket);
      strangers.set(peer, entry.known);
      socket.setKeepAlive(true, tcpKeepAlive);
      socket.once("close", () => {
        strangers.delete(peer);
        entry.known();
      });
    },
    enter: (socket) => {
      if (socket.destroyed) return;
      socket.setNoDelay(true);
      const client = aedes.handle(socket);
      clients.set(client, peerOf(socket));
      const withinBound = createFrameGuard(() => (userOf(client) ? limits.packetBytes : limits.strangerPacketBytes));
      // Aedes pulls with read(); a second listener for `data` sees each chunk on its way and changes nothing.
      socket.on("data", (chunk: Buffer) => {
        if (withinBound(chunk)) return;
        log.warn({ username: userOf(client)?.username }, "Packet beyond the size limit, connection dropped");
        socket.destroy(new Error("packet too large"));
      });
    },
  };
}
