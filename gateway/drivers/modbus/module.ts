import { millis } from "#shared/model/time.ts";
import type { ModbusAddress } from "#shared/plant/protocols/modbus.ts";
import type { DeviceOf, DriverModule } from "../../driver.ts";

/** Modbus TCP, polled (Modbus Messaging on TCP/IP Implementation Guide V1.0b). */
export const modbus: DriverModule<DeviceOf<"modbus">, ModbusAddress> = {
  pollPeriod: ({ polling }) => millis(polling.periodMs),
  load: async (env) => (await import("./client.ts")).loadModbus(env),
};
