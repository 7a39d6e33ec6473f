import { millis } from "#shared/model/time.ts";
import type { ModbusTcpAddress } from "#shared/plant/protocols/modbusTcp.ts";
import type { DeviceOf, DriverModule } from "../../driver.ts";

/** Modbus TCP, polled (Modbus Messaging on TCP/IP Implementation Guide V1.0b). */
export const modbusTcp: DriverModule<DeviceOf<"modbus-tcp">, ModbusTcpAddress> = {
  pollPeriod: ({ polling }) => millis(polling.periodMs),
  open: async (devices, env) => (await import("./client.ts")).openModbusTcp(devices, env),
};
