import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { type Clock, systemClock } from "#shared/kit/clock.ts";
import type { Log } from "#shared/kit/log.ts";
import type { Metrics } from "#shared/kit/metrics.ts";
import { CodedError, messageOf } from "#shared/model/errors.ts";
import type { UserTable } from "./credentials.ts";
import { createDoor, type Door } from "./door.ts";
import { openGate } from "./gate.ts";
import { type BrokerLimits, brokerLimits } from "./limits.ts";
import { hostPort, isLoopback, type ListenAddress } from "./listen.ts";

export interface BrokerOptions {
  readonly listen: ListenAddress;
  /** Certificate and key in PEM; needed to listen beyond loopback. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Platform id: rights name its topics. */
  readonly platform: string;
  readonly users: UserTable;
  /** Where they shall differ from `brokerLimits`. */
  readonly limits?: Partial<BrokerLimits>;
  readonly clock?: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
}

export interface Broker extends AsyncDisposable {
  /** Where others connect. */
  readonly url: string;
  /** Where this process itself connects, always loopback without TLS. */
  readonly localUrl: string;
}

const listening = (server: Server, { host, port }: ListenAddress): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once("error", (error) =>
      reject(
        new CodedError(
          "CONFIG",
          `The broker cannot listen on ${host}:${port} (${messageOf(error)}); choose another --listen.`,
        ),
      ),
    );
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });

/**
 * The embedded MQTT 3.1.1 broker. Throws `CONFIG` when asked to listen beyond loopback without TLS, or where the port
 * is taken. Closing it ends every connection.
 */
export async function openBroker(options: BrokerOptions): Promise<Broker> {
  const { listen, tls, log, metrics, clock = systemClock } = options;
  if (!tls && !isLoopback(listen.host)) {
    throw new CodedError(
      "CONFIG",
      `The broker does not listen on ${hostPort(listen)} without TLS: give --tls-cert and --tls-key, or listen on 127.0.0.1.`,
    );
  }
  await using opened = new AsyncDisposableStack();
  const limits = { ...brokerLimits, ...options.limits };
  const gate = await openGate({ ...options, limits });
  opened.defer(() => new Promise<void>((resolve) => gate.aedes.close(() => resolve())));

  const open = async (make: (enter: Door["enter"]) => Server, address: ListenAddress): Promise<ListenAddress> => {
    // Each listener counts for itself: strangers at the one do not keep this process from the other.
    const door = createDoor(gate, limits, { log, metrics, clock });
    const server = make(door.enter);
    const sockets = new Set<Socket>();
    // Before TLS and before MQTT: whoever is turned away has cost nothing.
    server.prependListener("connection", (socket) => {
      sockets.add(socket);
      socket.once("close", () => sockets.delete(socket));
      door.knock(socket);
    });
    opened.defer(
      () =>
        new Promise<void>((resolve) => {
          server.close(() => resolve());
          for (const socket of sockets) socket.destroy();
        }),
    );
    const port = await listening(server, address);
    return { host: address.host, port };
  };

  const plain = tls ? { host: "127.0.0.1", port: 0 } : listen;
  const localUrl = `mqtt://${hostPort(await open((enter) => createServer(enter), plain))}`;
  const secure = { ...tls, minVersion: "TLSv1.2", handshakeTimeout: limits.connectTime } as const;
  // Node says when a handshake fails or takes too long, and leaves the connection open.
  const secureServer = (enter: Door["enter"]) =>
    createTlsServer(secure, enter).on("tlsClientError", (_, socket) => socket.destroy());
  const url = tls ? `mqtts://${hostPort(await open(secureServer, listen))}` : localUrl;
  const closing = opened.move();
  return { url, localUrl, [Symbol.asyncDispose]: () => closing.disposeAsync() };
}
