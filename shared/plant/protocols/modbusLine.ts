import type { ModbusConnection } from "./modbus.ts";

/** What units share: `host:port`, or the path of a serial port. */
export const linePlaceOf = (connection: ModbusConnection): string =>
  "path" in connection ? connection.path : `${connection.host}:${connection.port}`;

/** Settings of the line, not of the unit on it, in the order in which a plant file says them. */
const lineKeys = ["transport", "inFlight", "transactionIds", "baudRate", "parity", "dataBits", "stopBits"] as const;

/** Place and settings of the line: two connections with the same text can share it. */
export function lineOf(connection: ModbusConnection): string {
  const settings: Readonly<Record<string, unknown>> = connection;
  return [linePlaceOf(connection), ...lineKeys.map((name) => settings[name] ?? "–")].join(" ");
}

/** The first setting in which two devices on one line differ. */
export function lineDifference(
  one: ModbusConnection,
  other: ModbusConnection,
): { readonly key: string; readonly one: unknown; readonly other: unknown } | undefined {
  const settings = (connection: ModbusConnection): Readonly<Record<string, unknown>> => connection;
  const key = lineKeys.find((name) => settings(one)[name] !== settings(other)[name]);
  return key && { key, one: settings(one)[key], other: settings(other)[key] };
}
