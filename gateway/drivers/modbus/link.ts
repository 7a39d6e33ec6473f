import { once } from "node:events";
import { Socket } from "node:net";
import modbusSerial from "modbus-serial";
import type { Clock } from "#shared/kit/clock.ts";
import { CodedError, messageOf } from "#shared/model/errors.ts";
import { type DurationMs, type EpochMs, instant, millis, seconds } from "#shared/model/time.ts";
import type { ModbusConnection, ModbusTable } from "#shared/plant/protocols/modbus.ts";
import { within } from "../../deadline.ts";

/** What a device answered: data bytes of a response with the middle of its time, or a Modbus exception code. */
export type Answer =
  | { readonly data: Uint8Array; readonly at: EpochMs; readonly latencyMs: DurationMs }
  | { readonly exception: number; readonly latencyMs: DurationMs };

export interface Ask {
  readonly unit: number;
  readonly timeout: DurationMs;
  readonly pause: DurationMs;
  readonly table: ModbusTable;
  readonly start: number;
  readonly count: number;
}

export interface LinkCounts {
  readonly requests: number;
  readonly timeouts: number;
  readonly badFrames: number;
  readonly lateFrames: number;
  readonly reconnects: number;
}

/** One TCP connection to a host and port, shared by the units behind it; one request in flight. */
export interface Link extends AsyncDisposable {
  /** Opens the connection for `unit` unless it stands. Rejects with `NOT_CONNECTED` or `TIMEOUT`. */
  attach(unit: number, timeout: DurationMs, signal: AbortSignal): Promise<void>;
  /** The unit needs the connection no more; the last one closes it. */
  detach(unit: number): void;
  /** Rejects with `TIMEOUT` when this request got no answer, with `NOT_CONNECTED` when the connection is gone. */
  request(ask: Ask, signal: AbortSignal): Promise<Answer>;
  counts(unit: number): LinkCounts;
}

/** The part of the client that reads: nothing here can write (D13). */
type ReadingClient = Pick<
  InstanceType<typeof modbusSerial.default>,
  "setID" | "setTimeout" | "readCoils" | "readDiscreteInputs" | "readHoldingRegisters" | "readInputRegisters"
>;
const readerOf = {
  coil: "readCoils",
  discrete: "readDiscreteInputs",
  holding: "readHoldingRegisters",
  input: "readInputRegisters",
} as const;

/** modbus-serial settles no request of a destroyed connection, so every request has a deadline of its own. */
const beyondLibraryTimeout = millis(500);
/** A damaged header can shift all later answers: from this many timeouts in a row on the connection is renewed. */
const timeoutsToRenew = 2;
const keepAliveAfter = seconds(10);

interface Session {
  readonly socket: Socket;
  readonly client: ReadingClient;
  /** Aborts when the connection is gone. */
  readonly gone: AbortController;
}

const tcpOf = (connection: ModbusConnection) => {
  if (connection.transport !== "tcp") throw new CodedError("CONFIG", `${connection.transport} is not built yet.`);
  return connection;
};
export const linkKey = (connection: ModbusConnection): string => {
  const { host, port } = tcpOf(connection);
  return `${host}:${port}`;
};

export function createLink(connection: ModbusConnection, { clock }: { readonly clock: Clock }): Link {
  const { host, port } = tcpOf(connection);
  const where = `${host}:${port}`;
  const units = new Set<number>();
  const silent = { units: new Set<number>(), timeouts: 0 };
  let session: Session | undefined;
  let opening: Promise<void> | undefined;
  let turn: Promise<unknown> = Promise.resolve();

  const close = (cause: string) => {
    session?.gone.abort(new CodedError("NOT_CONNECTED", `${where}: ${cause}.`));
    session?.socket.destroy();
    session = undefined;
  };

  const open = async (timeout: DurationMs) => {
    const made = await openSession(host, port, timeout, clock);
    made.socket.once("close", () => {
      if (session === made) close("the device closed the connection");
    });
    answered();
    session = made;
  };

  const answered = () => {
    silent.units.clear();
    silent.timeouts = 0;
  };

  const timedOut = (unit: number) => {
    silent.units.add(unit);
    silent.timeouts += 1;
    if (silent.timeouts >= timeoutsToRenew && [...units].every((other) => silent.units.has(other))) {
      close(`no answer to ${silent.timeouts} requests in a row`);
    }
  };

  const exchange = async ({ unit, timeout, ...request }: Ask): Promise<Answer> => {
    const now = session;
    if (!now) throw new CodedError("NOT_CONNECTED", `${where}: not connected.`);
    now.client.setID(unit);
    now.client.setTimeout(timeout);
    const sent = clock.now();
    const began = clock.monotonic();
    const what = `${where} unit ${unit}, ${request.table} ${request.start}+${request.count}`;
    const late = () => new CodedError("TIMEOUT", `${what}: no answer in ${timeout} ms.`);
    const answer = now.client[readerOf[request.table]](request.start, request.count).then(
      ({ buffer }) => ({ data: buffer }),
      answerOf,
    );
    try {
      const outcome = await within(answer, millis(timeout + beyondLibraryTimeout), clock, late, now.gone.signal);
      answered();
      const latencyMs = millis(clock.monotonic() - began);
      if ("exception" in outcome) return { ...outcome, latencyMs };
      return { data: outcome.data, at: instant(Math.round((sent + clock.now()) / 2)), latencyMs };
    } catch (error) {
      if (error instanceof CodedError && error.code === "TIMEOUT") {
        timedOut(unit);
        throw late();
      }
      throw error;
    }
  };

  return {
    attach: async (unit, timeout) => {
      units.add(unit);
      if (session) return;
      opening ??= open(timeout).finally(() => {
        opening = undefined;
      });
      await opening;
    },
    detach: (unit) => {
      units.delete(unit);
      if (units.size === 0) close("no longer needed");
    },
    request: (ask) => {
      const answer = turn.then(() => exchange(ask));
      turn = answer.catch(() => {});
      return answer;
    },
    counts: () => ({ requests: 0, timeouts: 0, badFrames: 0, lateFrames: 0, reconnects: 0 }),
    [Symbol.asyncDispose]: async () => close("closed by the gateway"),
  };
}

async function openSession(host: string, port: number, timeout: DurationMs, clock: Clock): Promise<Session> {
  const where = `${host}:${port}`;
  const socket = new Socket();
  const gone = new AbortController();
  socket.on("error", () => socket.destroy());
  try {
    const late = () => new CodedError("TIMEOUT", `${where}: no connection in ${timeout} ms.`);
    socket.connect({ host, port });
    await within(once(socket, "connect"), timeout, clock, late);
  } catch (error) {
    socket.destroy();
    throw error instanceof CodedError ? error : new CodedError("NOT_CONNECTED", `${where}: ${messageOf(error)}.`);
  }
  socket.setNoDelay(true);
  socket.setKeepAlive(true, keepAliveAfter);
  // A new client per connection: the library leaks the socket of an earlier one.
  const client = new modbusSerial.default();
  await client.linkTCP(socket, { port });
  return { socket, client, gone };
}

/** The library's error as an exception of the device or a coded error. */
function answerOf(error: unknown): { exception: number } {
  if (typeof error === "object" && error !== null) {
    if ("modbusCode" in error && typeof error.modbusCode === "number") return { exception: error.modbusCode };
    if ("errno" in error && error.errno === "ETIMEDOUT") throw new CodedError("TIMEOUT", "No answer in time.");
    if ("errno" in error && error.errno === "ECONNREFUSED") throw new CodedError("NOT_CONNECTED", "Not connected.");
  }
  throw new CodedError("MALFORMED", `The answer cannot be read: ${messageOf(error)}.`, { cause: error });
}
