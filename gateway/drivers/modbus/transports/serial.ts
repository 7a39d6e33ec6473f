import { createRequire } from "node:module";
import type { Clock } from "#shared/kit/clock.ts";
import { CodedError, messageOf } from "#shared/model/errors.ts";
import { within } from "../../../deadline.ts";
import type { OpenLine } from "./byteLine.ts";

export interface SerialSettings {
  readonly path: string;
  readonly baudRate: number;
  readonly dataBits: 7 | 8;
  readonly stopBits: 1 | 2;
  readonly parity: "none" | "even" | "odd";
}

/** The part of `serialport` that is used. */
interface Port {
  open(done: (error: Error | null) => void): void;
  close(done: (error: Error | null) => void): void;
  write(bytes: Uint8Array): boolean;
  on(event: "data", take: (chunk: Uint8Array) => void): void;
  on(event: "close" | "error", take: (error: Error | null) => void): void;
}
type PortClass = new (options: SerialSettings & { readonly autoOpen: false }) => Port;

/**
 * A serial port as a stream of bytes, by the `serialport` that modbus-serial brings. Its own port classes cut the
 * stream by the length that the newest request expects, so that a late answer of another length damages the next one.
 * Loaded with the first serial line: a gateway of TCP devices never loads the native code.
 */
export const openSerial =
  (settings: SerialSettings, clock: Clock): OpenLine =>
  async (events, timeout) => {
    const { path } = settings;
    const port = new (loadPortClass())({ ...settings, autoOpen: false });
    const state = { isOpen: false, isDone: false };
    const release = () => {
      state.isDone = true;
      if (!state.isOpen) return;
      state.isOpen = false;
      // Closing what an unplugged adapter has closed already is no error.
      port.close(() => {});
    };
    const end = (cause: string) => {
      const isNews = state.isOpen && !state.isDone;
      release();
      if (isNews) events.gone(cause);
    };
    port.on("error", (error) => end(messageOf(error)));
    port.on("close", (error) => end(error ? messageOf(error) : "the serial port was closed"));
    port.on("data", (chunk) => {
      if (!state.isDone) events.bytes(chunk);
    });
    const opened = new Promise<void>((resolve, reject) =>
      port.open((error) => {
        if (error) return reject(error);
        state.isOpen = true;
        // Given up meanwhile.
        if (state.isDone) release();
        resolve();
      }),
    );
    try {
      await within(opened, timeout, clock, () => new CodedError("TIMEOUT", `${path}: not open in ${timeout} ms.`));
    } catch (error) {
      release();
      if (error instanceof CodedError) throw error;
      throw new CodedError("NOT_CONNECTED", `${path}: ${messageOf(error)}.`, { cause: error });
    }
    return { send: (bytes) => void port.write(bytes), close: release };
  };

function loadPortClass(): PortClass {
  const own = createRequire(import.meta.url);
  try {
    return createRequire(own.resolve("modbus-serial"))("serialport").SerialPort;
  } catch (error) {
    const remedy = "install with optional packages (npm install --include=optional)";
    throw new CodedError("CONFIG", `The package serialport is missing or does not load: ${remedy}.`, { cause: error });
  }
}
