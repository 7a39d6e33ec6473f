import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { test } from "vitest";
import { systemClock } from "#shared/kit/clock.ts";
import { openTcp } from "../../gateway/drivers/modbus/transports/tcp.ts";
import type { MakeLine } from "./modbusFuzzDevice.ts";
import { fuzz, variants } from "./modbusFuzzSession.ts";
import { takeRequests } from "./modbusWire.ts";

const seed = Number(process.env.PILOTLINE_FUZZ_SEED ?? 1);
const exchanges = 1_000;
const timeoutMs = 25;

/** A device behind a socket that is dealt with as a line in memory is. */
async function startSocketLine(): Promise<AsyncDisposable & { readonly open: number; readonly makeLine: MakeLine }> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return {
    get open() {
      return sockets.size;
    },
    makeLine: (wire, asked) => {
      let accepted = 0;
      let newest: Socket | undefined;
      const line: ReturnType<MakeLine> = {
        open: openTcp("127.0.0.1", port, systemClock),
        get connection() {
          return newest ? accepted : 0;
        },
        get openNow() {
          return sockets.size;
        },
        deliver: (bytes) => void newest?.write(bytes),
        cut: () => void newest?.destroy(),
      };
      server.on("connection", (socket) => {
        accepted += 1;
        newest = socket;
        sockets.add(socket);
        let waiting: Buffer = Buffer.alloc(0);
        socket.on("data", (bytes: Buffer) => {
          const { requests, rest } = takeRequests(wire, Buffer.concat([waiting, bytes]));
          waiting = rest;
          for (const request of requests) if (newest === socket) asked(request, line);
        });
        socket.on("error", () => socket.destroy());
        socket.on("close", () => {
          sockets.delete(socket);
          if (newest === socket) newest = undefined;
        });
      });
      return line;
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

test.concurrent.for([
  "Modbus TCP, four in flight",
  "Modbus TCP, transaction ids ignored",
  "RTU over TCP",
  "ASCII over TCP",
])(
  "fuzzed exchanges over a real socket, %s: no wrong value, no socket left open",
  { timeout: 240_000 },
  async (name, { expect }) => {
    const variant = variants[name];
    if (!variant) throw new Error(name);
    await using server = await startSocketLine();
    const { makeLine } = server;
    const outcome = await fuzz({ variant, seed, exchanges, timeoutMs, clock: systemClock, makeLine });
    expect(outcome.wrong, `PILOTLINE_FUZZ_SEED=${seed}`).toEqual([]);
    expect(outcome.exchanges).toBeGreaterThanOrEqual(exchanges);
    expect(outcome.values).toBeGreaterThan(0);
    await expect.poll(() => server.open).toBe(0);
  },
);
