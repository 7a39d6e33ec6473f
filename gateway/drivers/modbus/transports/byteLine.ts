import type { DurationMs } from "#shared/model/time.ts";

/** Something that carries bytes to devices and back: a TCP connection or an open serial port. */
export interface ByteLine {
  send(bytes: Uint8Array): void;
  /** Lets go at once; nothing is told afterwards. May be called again. */
  close(): void;
}

export interface LineEvents {
  bytes(chunk: Uint8Array): void;
  /** The other side or the cable ended it; told once, and not after `close`. */
  gone(cause: string): void;
}

/** Opens a line; rejects with `NOT_CONNECTED`, or with `TIMEOUT` after `timeout`, and leaves nothing open then. */
export type OpenLine = (events: LineEvents, timeout: DurationMs) => Promise<ByteLine>;
