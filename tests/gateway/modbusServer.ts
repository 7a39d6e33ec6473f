// A Modbus TCP server of a few lines on a raw socket: it does what a test tells it, wrong things too.
import { createServer, type Socket } from "node:net";

export interface Asked {
  readonly unit: number;
  readonly functionCode: number;
  readonly start: number;
  readonly count: number;
}

/** What the server does with a request: answer with registers or bits, an exception, silence, a reset, or raw bytes. */
export type Act =
  | { readonly registers: readonly number[] }
  | { readonly bits: readonly boolean[] }
  | { readonly exception: number }
  | { readonly raw: (transaction: number) => Uint8Array }
  | "silence"
  | "reset"
  | "end";

export interface ModbusServer extends AsyncDisposable {
  readonly port: number;
  /** Every request so far. */
  readonly asked: readonly Asked[];
  /** Connections accepted so far, and those that are open now. */
  readonly accepted: number;
  readonly open: number;
  /** Most requests that were waiting for an answer at once. */
  readonly mostInFlight: number;
  /** Ends all connections. */
  cut(): void;
}

export async function startModbusServer(
  act: (asked: Asked, at: number) => Act,
  delayMs = 0,
  port = 0,
): Promise<ModbusServer> {
  const asked: Asked[] = [];
  const sockets = new Set<Socket>();
  const counts = { accepted: 0, inFlight: 0, most: 0 };

  const answer = (socket: Socket, frame: Buffer) => {
    const request = {
      unit: frame[6] ?? 0,
      functionCode: frame[7] ?? 0,
      start: frame.readUInt16BE(8),
      count: frame.readUInt16BE(10),
    };
    asked.push(request);
    counts.inFlight += 1;
    counts.most = Math.max(counts.most, counts.inFlight);
    const transaction = frame.readUInt16BE(0);
    const decided = act(request, asked.length - 1);
    const done = () => {
      counts.inFlight -= 1;
      if (decided === "silence" || socket.destroyed) return;
      if (decided === "reset") socket.resetAndDestroy();
      else if (decided === "end") socket.end();
      else if ("raw" in decided) socket.write(decided.raw(transaction));
      else socket.write(response(transaction, request, decided));
    };
    if (delayMs > 0) setTimeout(done, delayMs);
    else done();
  };

  const server = createServer((socket) => {
    counts.accepted += 1;
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => {});
    let buffered = Buffer.alloc(0);
    socket.on("data", (data) => {
      buffered = Buffer.concat([buffered, data]);
      while (buffered.length >= 12) {
        answer(socket, buffered.subarray(0, 12));
        buffered = buffered.subarray(12);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const address = server.address();
  return {
    port: typeof address === "object" && address ? address.port : 0,
    asked,
    get accepted() {
      return counts.accepted;
    },
    get open() {
      return sockets.size;
    },
    get mostInFlight() {
      return counts.most;
    },
    cut: () => sockets.forEach((socket) => void socket.destroy()),
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

function response(
  transaction: number,
  { unit, functionCode }: Asked,
  decided: Exclude<Act, string | { raw: unknown }>,
): Uint8Array {
  const body = "exception" in decided ? [functionCode | 0x80, decided.exception] : [functionCode, ...data(decided)];
  const frame = Buffer.alloc(7 + body.length);
  frame.writeUInt16BE(transaction, 0);
  frame.writeUInt16BE(body.length + 1, 4);
  frame[6] = unit;
  Buffer.from(body).copy(frame, 7);
  return frame;
}

function data(
  decided: { readonly registers: readonly number[] } | { readonly bits: readonly boolean[] },
): readonly number[] {
  if ("registers" in decided) {
    return [decided.registers.length * 2, ...decided.registers.flatMap((register) => [register >> 8, register & 0xff])];
  }
  const bytes = new Array<number>(Math.ceil(decided.bits.length / 8)).fill(0);
  for (const [i, bit] of decided.bits.entries()) if (bit) bytes[i >> 3] = (bytes[i >> 3] ?? 0) | (1 << (i & 7));
  return [bytes.length, ...bytes];
}

/** Registers whose value is their address. */
export const ownAddress = ({ start, count }: Asked): Act => ({
  registers: Array.from({ length: count }, (_, i) => start + i),
});
