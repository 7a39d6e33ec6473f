import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import type { Clock } from "#shared/kit/clock.ts";
import { CodedError } from "#shared/model/errors.ts";
import {
  type Chunk,
  faultAnswer,
  isLast,
  publishResponse,
  renumbered,
  requestOf,
  sequenceOf,
  takeChunks,
  typeOf,
} from "./chunks.ts";

/** What the man in the middle does now. */
export interface ShimRules {
  /** Nothing of what the server says arrives. */
  isSilent(): boolean;
  /** No publish response arrives. */
  isMute(): boolean;
  /** The status code by which the request with this encoding id is refused. */
  refusal(type: number): number | undefined;
}

/** Stands in front of an OPC UA server without security and disturbs what passes. */
export interface Shim extends AsyncDisposable {
  readonly port: number;
  /** Takes connections, at the same port as before, for the server at this port. */
  open(target: number): Promise<void>;
  /** Ends all connections with a reset and takes no new ones. */
  close(): Promise<void>;
  /** Ends all connections with a reset. */
  cut(): void;
}

/** Listens once opened. */
export function createShim(host: string, wanted: number, rules: ShimRules, clock: Clock): Shim {
  const sockets = new Set<Socket>();
  const state: { server: Server | undefined; port: number } = { server: undefined, port: wanted };
  const cut = () => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  const close = async () => {
    const { server } = state;
    state.server = undefined;
    if (!server) return;
    const closed = once(server, "close");
    server.close();
    cut();
    await closed;
  };
  return {
    get port() {
      return state.port;
    },
    open: async (target) => {
      await close();
      const server = createServer({ noDelay: true }, (client) => {
        const upstream = connect({ port: target, host, noDelay: true });
        for (const socket of [client, upstream]) {
          sockets.add(socket);
          socket.once("close", () => sockets.delete(socket));
        }
        join(client, upstream, rules, clock);
      });
      server.listen(state.port, host);
      await once(server, "listening");
      const address = server.address();
      if (address === null || typeof address === "string") {
        throw new CodedError("UNKNOWN", `The OPC UA face got no TCP port on ${host}.`);
      }
      state.port = address.port;
      state.server = server;
    },
    close,
    cut,
    [Symbol.asyncDispose]: close,
  };
}

/** Lets chunks through in both directions; what is taken out or put in is not seen in the sequence numbers. */
function join(client: Socket, upstream: Socket, rules: ShimRules, clock: Clock): void {
  const up = { shift: 0 };
  const down = { shift: 0, last: 0 };
  const refused = new Map<number, { readonly first: Chunk; readonly status: number }>();
  const muted = new Set<number>();

  const fromClient = (chunk: Chunk) => {
    const type = typeOf(chunk);
    const status = type === undefined ? undefined : rules.refusal(type);
    if (status !== undefined) refused.set(requestOf(chunk), { first: chunk, status });
    const refusal = chunk.kind.startsWith("MSG") ? refused.get(requestOf(chunk)) : undefined;
    if (!refusal) {
      upstream.write(renumbered(chunk, up.shift));
      return;
    }
    up.shift -= 1;
    if (!isLast(chunk)) return;
    refused.delete(requestOf(chunk));
    if (rules.isSilent()) return;
    down.shift += 1;
    down.last += 1;
    client.write(faultAnswer(refusal.first, refusal.status, down.last, clock.now()));
  };
  const fromServer = (chunk: Chunk) => {
    if (typeOf(chunk) === publishResponse && rules.isMute()) muted.add(requestOf(chunk));
    if (chunk.kind.startsWith("MSG") && muted.has(requestOf(chunk))) {
      if (isLast(chunk)) muted.delete(requestOf(chunk));
      down.shift -= 1;
      return;
    }
    const sequence = sequenceOf(chunk);
    if (rules.isSilent()) {
      if (sequence !== undefined) down.shift -= 1;
      return;
    }
    if (sequence !== undefined) down.last = sequence + down.shift;
    client.write(renumbered(chunk, down.shift));
  };

  for (const [from, to, pass] of [
    [client, upstream, fromClient],
    [upstream, client, fromServer],
  ] as const) {
    let waiting = Buffer.alloc(0);
    from.on("data", (bytes: Buffer) => {
      const taken = takeChunks(Buffer.concat([waiting, bytes]));
      if (!taken) {
        from.destroy();
        return;
      }
      waiting = Buffer.from(taken.rest);
      for (const chunk of taken.chunks) pass(chunk);
    });
    from.on("error", () => to.destroy());
    from.on("close", () => to.destroy());
  }
}
