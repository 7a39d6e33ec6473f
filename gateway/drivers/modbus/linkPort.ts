import type { DurationMs, EpochMs } from "#shared/model/time.ts";
import type { ModbusTable } from "#shared/plant/protocols/modbus.ts";

/** What a device answered: data bytes with the middle of request and answer as their time, or an exception code. */
export type Answer =
  | { readonly data: Uint8Array; readonly at: EpochMs; readonly latencyMs: number }
  | { readonly exception: number; readonly latencyMs: number };

/** One request for registers, or for bits in the tables `coil` and `discrete`. */
export interface Ask {
  readonly unit: number;
  /** From the sending of the request; waiting for its turn does not count. */
  readonly timeout: DurationMs;
  /** Rest of the line between the answer and the next request. */
  readonly pause: DurationMs;
  readonly table: ModbusTable;
  /** 0-based protocol address. */
  readonly start: number;
  readonly count: number;
}

/** What has happened with one unit since the start. */
export interface LinkCounts {
  readonly requests: number;
  readonly timeouts: number;
  /** Damaged frames, and whole ones that are no answer to what was asked. */
  readonly badFrames: number;
  /** Answers that nobody waited for any more; no one got them. */
  readonly lateFrames: number;
  /** How often the shared connection was opened again. */
  readonly reconnects: number;
}

/** A connection or a serial line that several units share. */
export interface Link extends AsyncDisposable {
  /**
   * Opens the connection for `unit` unless it stands. A unit that left its last request unanswered waits for its turn,
   * where others would have to wait for it. Rejects with `NOT_CONNECTED` or `TIMEOUT`.
   */
  attach(unit: number, timeout: DurationMs, signal: AbortSignal): Promise<void>;
  /** The unit needs the connection no more; the last one closes it. What it still waits for rejects. */
  detach(unit: number): void;
  /**
   * Rejects with `TIMEOUT` when no answer came, with `MALFORMED` when only bad frames did, with `NOT_CONNECTED` when the
   * connection is gone or `signal` aborts. Units take turns.
   */
  request(ask: Ask, signal: AbortSignal): Promise<Answer>;
  counts(unit: number): LinkCounts;
}
