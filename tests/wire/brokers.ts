import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Aedes } from "aedes";
import { temporaryFolder } from "../fakes/folder.ts";

/** A real broker on a port of its own. Disposing of it is as hard as kill -9: it says goodbye to nobody. */
export interface TestBroker extends AsyncDisposable {
  readonly port: number;
}

export const portOf = (server: Server): number => (server.address() as AddressInfo).port;

export async function listen(server: Server, port = 0): Promise<number> {
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return portOf(server);
}

export async function startAedes(prepare: (broker: Aedes) => void = () => {}): Promise<TestBroker> {
  const broker = await Aedes.createBroker();
  prepare(broker);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => {});
    broker.handle(socket);
  });
  const port = await listen(server);
  return {
    port,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      await new Promise<void>((resolve) => broker.close(() => resolve()));
    },
  };
}

const mosquittoPath = ["/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto", "/opt/homebrew/sbin/mosquitto"].find(
  (path) => existsSync(path),
);

/** Why Mosquitto cannot be used here, or undefined. */
export const mosquittoMissing: string | undefined = mosquittoPath ? undefined : "mosquitto is not installed";

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export async function startMosquitto(): Promise<TestBroker> {
  if (!mosquittoPath) throw new Error(mosquittoMissing);
  const folder = await temporaryFolder();
  const port = await freePort();
  const config = join(folder.path, "mosquitto.conf");
  await writeFile(config, `listener ${port} 127.0.0.1\nallow_anonymous true\npersistence false\nlog_dest stderr\n`);
  const child = spawn(mosquittoPath, ["-c", config, "-v"], { stdio: ["ignore", "ignore", "pipe"] });
  await runningLine(child);
  return {
    port,
    [Symbol.asyncDispose]: async () => {
      const gone = once(child, "exit");
      child.kill("SIGKILL");
      await gone;
      await folder[Symbol.asyncDispose]();
    },
  };
}

async function runningLine(child: ChildProcess): Promise<void> {
  const lines = createInterface({ input: child.stderr! });
  for await (const line of lines) if (line.endsWith("running")) break;
  if (child.exitCode !== null) throw new Error(`mosquitto ended with exit code ${child.exitCode}`);
  child.stderr!.resume();
}

/** A TCP pass-through that stays where it is while the broker behind it comes, goes and moves. */
export interface Relay extends AsyncDisposable {
  readonly url: string;
  /** Where new connections go; null refuses them. */
  target: number | null;
  /** Cuts every connection without a goodbye. */
  cut(): void;
}

export async function startRelay(target: number): Promise<Relay> {
  const sockets = new Set<Socket>();
  const relay: { target: number | null } = { target };
  const server = createServer((inside) => {
    if (relay.target === null) return void inside.destroy();
    const outside = connect(relay.target, "127.0.0.1");
    for (const [here, there] of [
      [inside, outside],
      [outside, inside],
    ] as const) {
      sockets.add(here);
      here.pipe(there);
      here.on("error", () => {});
      here.on("close", () => {
        sockets.delete(here);
        there.destroy();
      });
    }
  });
  const port = await listen(server);
  return {
    url: `mqtt://127.0.0.1:${port}`,
    get target() {
      return relay.target;
    },
    set target(to) {
      relay.target = to;
    },
    cut: () => {
      for (const socket of sockets) socket.destroy();
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A peer that takes CONNECT, answers it with `returnCode`, and then does with the socket what the test says. */
export async function startPeer(
  returnCode: number,
  then: (socket: Socket) => void = () => {},
): Promise<AsyncDisposable & { readonly url: string }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    socket.once("data", () => {
      if (returnCode >= 0) socket.write(Uint8Array.of(0x20, 0x02, 0x00, returnCode));
      then(socket);
    });
  });
  const port = await listen(server);
  return {
    url: `mqtt://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
