import type { Clock } from "#shared/kit/clock.ts";
import { millis } from "#shared/model/time.ts";
import type { ModbusConnection } from "#shared/plant/protocols/modbus.ts";
import { lineOf, linePlaceOf } from "#shared/plant/protocols/modbusLine.ts";
import { ascii } from "./frames/ascii.ts";
import { mbap } from "./frames/mbap.ts";
import { rtu } from "./frames/rtu.ts";
import type { Link } from "./linkPort.ts";
import { createSharedLine } from "./sharedLine.ts";
import { openSerial } from "./transports/serial.ts";
import { openTcp } from "./transports/tcp.ts";

export type { Answer, Ask, Link, LinkCounts } from "./linkPort.ts";

/** Devices with the same key share one link. A line that is set otherwise by a new plant file is another one. */
export const linkKey = (connection: ModbusConnection): string => lineOf(connection);

/** A link over the transport that the connection names. Opens nothing yet. */
export function createLink(connection: ModbusConnection, { clock }: { readonly clock: Clock }): Link {
  const where = linePlaceOf(connection);
  switch (connection.transport) {
    case "tcp": {
      const isChecked = connection.transactionIds === "checked";
      const inFlight = isChecked ? connection.inFlight : 1;
      return createSharedLine(
        { ...overTcp(connection, clock), framing: mbap(isChecked), inFlight, where, forgetsByReopening: true },
        clock,
      );
    }
    case "rtu-over-tcp":
    case "ascii-over-tcp": {
      const framing = connection.transport === "rtu-over-tcp" ? rtu : ascii;
      // The line behind a serial server is the same, whatever connection leads to it.
      return createSharedLine(
        { ...overTcp(connection, clock), framing, inFlight: 1, where, forgetsByReopening: false },
        clock,
      );
    }
    case "rtu":
    case "ascii": {
      const framing = connection.transport === "rtu" ? rtu : ascii;
      const gap = connection.transport === "rtu" ? frameGap(connection.baudRate) : millis(0);
      const { path, baudRate, dataBits, stopBits, parity } = connection;
      const open = openSerial({ path, baudRate, dataBits, stopBits, parity }, clock);
      return createSharedLine({ open, framing, inFlight: 1, where, gap, forgetsByReopening: false }, clock);
    }
  }
}

const overTcp = ({ host, port }: { readonly host: string; readonly port: number }, clock: Clock) => ({
  open: openTcp(host, port, clock),
  gap: millis(0),
});

/** 3.5 characters of 11 bits between two RTU frames, 1.75 ms above 19200 baud (Modbus over Serial Line V1.02, 2.5.1.1). */
const frameGap = (baudRate: number) => millis(baudRate > 19_200 ? 1.75 : (3.5 * 11 * 1_000) / baudRate);
