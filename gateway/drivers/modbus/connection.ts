import { CodedError } from "#shared/model/errors.ts";
import type { DurationMs } from "#shared/model/time.ts";
import type { Found, Framing, Receiver } from "./frames/framing.ts";
import type { ByteLine, OpenLine } from "./transports/byteLine.ts";

/** The one connection of a link. */
export interface Connection {
  readonly isOpen: boolean;
  /** How often it was opened after the first time. */
  readonly reopened: number;
  /** Bytes of a frame that has not ended. */
  readonly pending: number;
  /** Opens unless open. All who ask while it is being opened share the attempt, and each may stop waiting for it. */
  open(timeout: DurationMs, signal?: AbortSignal): Promise<void>;
  send(frame: Uint8Array): void;
  /** Forgets the beginning of a frame. */
  forget(): void;
  close(): void;
}

export interface ConnectionEvents extends Found {
  /** All that lay in the bytes that came has been told. */
  taken(): void;
  /** Lost, and not by `close`. */
  gone(cause: string): void;
}

export function createConnection(openLine: OpenLine, framing: Framing, events: ConnectionEvents): Connection {
  let current: { readonly line: ByteLine; readonly receiver: Receiver } | undefined;
  let attempt: Promise<void> | undefined;
  let times = 0;

  const open = async (timeout: DurationMs, isWanted: () => boolean) => {
    const receiver = framing.receiver(events);
    const line = await openLine(
      {
        bytes: (chunk) => {
          if (current?.receiver !== receiver) return;
          receiver.feed(chunk);
          events.taken();
        },
        gone: (cause) => {
          if (current?.receiver !== receiver) return;
          current = undefined;
          events.gone(cause);
        },
      },
      timeout,
    );
    if (!isWanted()) {
      line.close();
      throw new CodedError("NOT_CONNECTED", "The connection was given up while it was being opened.");
    }
    current = { line, receiver };
    times += 1;
  };

  const begin = (timeout: DurationMs): Promise<void> => {
    const mine: Promise<void> = open(timeout, () => attempt === mine).finally(() => {
      if (attempt === mine) attempt = undefined;
    });
    attempt = mine;
    return mine;
  };

  return {
    get isOpen() {
      return current !== undefined;
    },
    get reopened() {
      return Math.max(0, times - 1);
    },
    get pending() {
      return current?.receiver.pending ?? 0;
    },
    open: (timeout, signal) => unlessAborted(current ? Promise.resolve() : (attempt ?? begin(timeout)), signal),
    send: (frame) => current?.line.send(frame),
    forget: () => current?.receiver.reset(),
    close: () => {
      attempt = undefined;
      current?.line.close();
      current = undefined;
    },
  };
}

function unlessAborted(promise: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const stop = () => reject(new CodedError("NOT_CONNECTED", "Stopped by the gateway while connecting."));
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}
