// A TCP proxy that does to a connection what a bad network does.
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** `up` is from the client to the server, `down` back. */
export type Direction = "up" | "down";

/** What happens to the bytes of one direction of one connection. */
export interface Weather {
  /** Each piece is passed on this much later. */
  readonly delayMs?: number;
  /** After this many bytes both sides are cut off, as by a reset. */
  readonly cutAfter?: number;
  /** From this byte on nothing is passed on, and nobody is told. */
  readonly stallAfter?: number;
  /** Of this byte one bit is turned over. */
  readonly flipAt?: number;
  /** No faster than this, in pieces of a few bytes. */
  readonly bytesPerSecond?: number;
}

export interface FaultProxy extends AsyncDisposable {
  readonly port: number;
  /** Where new connections go; null refuses them. */
  target: number | null;
  /** The weather of connection `n`, counted from 0, which begins now. */
  weather: (n: number) => Partial<Record<Direction, Weather>>;
  /** Connections so far. */
  readonly connections: number;
  /** Bytes of all connections so far. */
  readonly passed: Readonly<Record<Direction, number>>;
  /** Cuts every connection without a goodbye. */
  cut(): void;
  /** From now on nothing of this direction passes on the connections that are open, until `flow`. */
  stall(direction: Direction): void;
  flow(): void;
}

/** What a slow link brings at a time. */
const pieceBytes = 16;
/** So many of them wait at its beginning. */
const mostPieces = 250;

export async function startFaultProxy(target: number | null = null): Promise<FaultProxy> {
  const sockets = new Set<Socket>();
  const stalled = new Set<Direction>();
  const held: (() => void)[] = [];
  const passed = { up: 0, down: 0 };
  let connections = 0;

  const carry = (
    from: Socket,
    to: Socket,
    direction: Direction,
    { delayMs, cutAfter, stallAfter, flipAt, bytesPerSecond }: Weather,
  ) => {
    let at = 0;
    /** What a slow link has taken and not carried yet. */
    const waiting: Buffer[] = [];
    let isCarrying = false;
    const pass = (bytes: Buffer) => {
      if (stalled.has(direction)) held.push(() => pass(bytes));
      else if (!to.destroyed) to.write(bytes);
    };
    const dribble = (bytes: Buffer, rate: number) => {
      for (let start = 0; start < bytes.length; start += pieceBytes) {
        waiting.push(bytes.subarray(start, start + pieceBytes));
      }
      // A link that is busy takes no more: the sender's own buffers fill.
      if (waiting.length > mostPieces) from.pause();
      if (isCarrying) return;
      isCarrying = true;
      const began = performance.now();
      let carried = 0;
      const carryOn = () => {
        const allowed = ((performance.now() - began) / 1_000) * rate;
        while (carried < allowed) {
          const piece = waiting.shift();
          if (!piece) break;
          carried += piece.length;
          pass(piece);
        }
        if (waiting.length < mostPieces) from.resume();
        isCarrying = waiting.length > 0 && !to.destroyed;
        if (isCarrying) setTimeout(carryOn, 10);
      };
      carryOn();
    };
    from.on("data", (data: Buffer) => {
      const bytes = Buffer.from(data);
      const begin = at;
      at += bytes.length;
      passed[direction] += bytes.length;
      if (flipAt !== undefined && flipAt >= begin && flipAt < at) {
        bytes[flipAt - begin] = (bytes[flipAt - begin] ?? 0) ^ 0x10;
      }
      const end = Math.min(cutAfter ?? Number.POSITIVE_INFINITY, stallAfter ?? Number.POSITIVE_INFINITY);
      const kept = bytes.subarray(0, Math.max(0, end - begin));
      if (kept.length > 0) {
        if (bytesPerSecond !== undefined) dribble(kept, bytesPerSecond);
        else if (delayMs === undefined) pass(kept);
        else setTimeout(pass, delayMs, kept);
      }
      if (cutAfter === undefined || at < cutAfter || begin >= cutAfter) return;
      // What came before must arrive first.
      to.end(() => {
        to.destroy();
        from.destroy();
      });
    });
  };

  const server = createServer((inside) => {
    inside.on("error", () => {});
    if (proxy.target === null) return void inside.destroy();
    const weather = proxy.weather(connections++);
    const outside = connect(proxy.target, "127.0.0.1");
    outside.on("error", () => {});
    for (const [one, other] of [
      [inside, outside],
      [outside, inside],
    ] as const) {
      sockets.add(one);
      one.setNoDelay(true);
      one.on("close", () => {
        sockets.delete(one);
        other.destroy();
      });
    }
    carry(inside, outside, "up", weather.up ?? {});
    carry(outside, inside, "down", weather.down ?? {});
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  const proxy: FaultProxy = {
    port: (server.address() as AddressInfo).port,
    target,
    weather: () => ({}),
    get connections() {
      return connections;
    },
    passed,
    cut,
    stall: (direction) => void stalled.add(direction),
    flow: () => {
      stalled.clear();
      for (const pass of held.splice(0)) pass();
    },
    [Symbol.asyncDispose]: async () => {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return proxy;
}
