import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import type { Log } from "#shared/kit/log.ts";
import type { Metrics } from "#shared/kit/metrics.ts";
import { CodedError, messageOf } from "#shared/model/errors.ts";
import type { UserTable } from "./credentials.ts";
import { createFrameGuard } from "./frameGuard.ts";
import { type Gate, openGate } from "./gate.ts";
import { hostPort, isLoopback, type ListenAddress } from "./listen.ts";

export interface BrokerOptions {
  readonly listen: ListenAddress;
  /** Certificate and key in PEM; needed to listen beyond loopback. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Platform id: rights name its topics. */
  readonly platform: string;
  readonly users: UserTable;
  readonly log: Log;
  readonly metrics: Metrics;
}

export interface Broker extends AsyncDisposable {
  /** Where others connect. */
  readonly url: string;
  /** Where this process itself connects, always loopback without TLS. */
  readonly localUrl: string;
}

/** Largest packet before and after login. A birth of ten thousand tags takes about 3 MB. */
const maxStrangerPacketBytes = 16 * 1024;
const maxPacketBytes = 8 * 1024 * 1024;

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

function admitTo({ aedes, userOf }: Gate, log: Log): (socket: Socket) => void {
  return (socket) => {
    socket.setNoDelay(true);
    const client = aedes.handle(socket);
    const withinBound = createFrameGuard(() => (userOf(client) ? maxPacketBytes : maxStrangerPacketBytes));
    // Aedes pulls with read(); a second listener for `data` sees each chunk on its way and changes nothing.
    socket.on("data", (chunk: Buffer) => {
      if (withinBound(chunk)) return;
      log.warn({ username: userOf(client)?.username }, "Packet beyond the size limit, connection dropped");
      socket.destroy(new Error("packet too large"));
    });
  };
}

/**
 * The embedded MQTT 3.1.1 broker. Throws `CONFIG` when asked to listen beyond loopback without TLS, or where the port
 * is taken. Closing it ends every connection.
 */
export async function openBroker(options: BrokerOptions): Promise<Broker> {
  const { listen, tls, log } = options;
  if (!tls && !isLoopback(listen.host)) {
    throw new CodedError(
      "CONFIG",
      `The broker does not listen on ${hostPort(listen)} without TLS: give --tls-cert and --tls-key, or listen on 127.0.0.1.`,
    );
  }
  await using opened = new AsyncDisposableStack();
  const gate = await openGate(options);
  opened.defer(() => new Promise<void>((resolve) => gate.aedes.close(() => resolve())));

  const open = async (server: Server, address: ListenAddress): Promise<ListenAddress> => {
    const sockets = new Set<Socket>();
    server.on("connection", (socket) => {
      sockets.add(socket);
      socket.once("close", () => sockets.delete(socket));
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

  const admit = admitTo(gate, log);
  const plain = tls ? { host: "127.0.0.1", port: 0 } : listen;
  const localUrl = `mqtt://${hostPort(await open(createServer(admit), plain))}`;
  const url = tls
    ? `mqtts://${hostPort(await open(createTlsServer({ ...tls, minVersion: "TLSv1.2" }, admit), listen))}`
    : localUrl;
  const closing = opened.move();
  return { url, localUrl, [Symbol.asyncDispose]: () => closing.disposeAsync() };
}
