// A TCP connection to a server that a test can hold up: what the server says waits, and comes late.
import { connect, createServer, type Server, type Socket } from "node:net";

export interface Valve extends AsyncDisposable {
  readonly port: number;
  /** Holds up what the server says, or lets all of it through. */
  hold(held: boolean): void;
  /** Ends the connections and refuses new ones, as a server that is gone; and is there again at the same port. */
  shut(): Promise<void>;
  open(): Promise<void>;
}

export async function startValve(target: number): Promise<Valve> {
  const sockets = new Set<Socket>();
  const waiting: (() => void)[] = [];
  let held = false;
  let server: Server | undefined;
  const listen = async (port: number): Promise<number> => {
    const made = createServer((client) => {
      const upstream = connect(target, "127.0.0.1");
      client.on("data", (data) => upstream.write(data));
      upstream.on("data", (data) => {
        const pass = () => void client.write(data);
        if (held) waiting.push(pass);
        else pass();
      });
      for (const [one, other] of [
        [client, upstream],
        [upstream, client],
      ] as const) {
        sockets.add(one);
        one.on("error", () => {});
        one.on("close", () => {
          sockets.delete(one);
          other.destroy();
        });
      }
    });
    await new Promise<void>((resolve) => made.listen(port, "127.0.0.1", resolve));
    server = made;
    const address = made.address();
    return typeof address === "object" && address ? address.port : 0;
  };
  const port = await listen(0);
  const shut = async () => {
    const closing = server;
    server = undefined;
    for (const socket of sockets) socket.destroy();
    waiting.length = 0;
    if (closing) await new Promise((resolve) => closing.close(resolve));
  };
  return {
    port,
    hold: (wanted) => {
      held = wanted;
      if (!held) for (const pass of waiting.splice(0)) pass();
    },
    shut,
    open: async () => {
      held = false;
      await listen(port);
    },
    [Symbol.asyncDispose]: shut,
  };
}
