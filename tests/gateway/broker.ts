// A real Aedes broker that can be killed and come back on its port, with no memory.
import { createServer, type Server, type Socket } from "node:net";
import { Aedes } from "aedes";

export interface TestBroker extends AsyncDisposable {
  readonly url: string;
  /** Ends every connection and forgets everything. */
  stop(): Promise<void>;
  /** Comes back on the same port. */
  start(): Promise<void>;
  /** Cuts the connections without stopping. */
  cut(): void;
}

export async function startBroker(): Promise<TestBroker> {
  const sockets = new Set<Socket>();
  let port = 0;
  let running: { aedes: Aedes; server: Server } | undefined;
  const start = async () => {
    const aedes = await Aedes.createBroker();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket));
      aedes.handle(socket);
    });
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
    const address = server.address();
    port = typeof address === "object" && address ? address.port : 0;
    running = { aedes, server };
  };
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  const stop = async () => {
    const stopping = running;
    running = undefined;
    if (!stopping) return;
    const closed = new Promise<void>((resolve) => stopping.server.close(() => resolve()));
    cut();
    await new Promise<void>((resolve) => stopping.aedes.close(() => resolve()));
    await closed;
  };
  await start();
  return {
    get url() {
      return `mqtt://127.0.0.1:${port}`;
    },
    start,
    stop,
    cut,
    [Symbol.asyncDispose]: stop,
  };
}
