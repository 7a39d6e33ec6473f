import { systemClock } from "#shared/kit/clock.ts";
import { type Log, silentLog } from "#shared/kit/log.ts";
import { createMetrics } from "#shared/kit/metrics.ts";
import type { ModbusAddress, ModbusPolling } from "#shared/plant/protocols/modbus.ts";
import type { DeviceOf, Driver, DriverEnv, Point, Reading } from "../../gateway/driver.ts";
import { modbus } from "../../gateway/drivers/modbus/module.ts";
import { modbusPolling, type TcpConnection, tcpConnection } from "./defaults.ts";
import type { Asked } from "./modbusServer.ts";

export const env = (folder = "", log: Log = silentLog): DriverEnv => ({
  clock: systemClock,
  log,
  metrics: createMetrics(),
  folder,
});

/** A device with short waits. */
export const device = (
  port: number,
  connection: Partial<TcpConnection> = {},
  polling: Partial<ModbusPolling> = {},
  id = `unit-${connection.unit ?? 1}`,
): DeviceOf<"modbus"> => ({
  id,
  gateway: "g",
  protocol: "modbus",
  connection: { ...tcpConnection(port), timeoutMs: 100, ...connection },
  polling: { ...modbusPolling, periodMs: 100, ...polling },
});

export async function openOne(one: DeviceOf<"modbus">, world = env()): Promise<Driver<ModbusAddress>> {
  return (await modbus.load(world)).driver(one);
}

export const point = (address: ModbusAddress): Point<ModbusAddress> => ({ address, report: "change" });
export const uint16 = (register: number) => point({ table: "holding", register, format: "uint16" });
export const upTo = (n: number) => Array.from({ length: n }, (_, i) => i);

/** Values, or why there are none. */
export const brief = (readings: readonly Reading[]) =>
  readings.map((reading) => (reading.quality === "bad" ? reading.reason : reading.value));
export const covers = ({ start, count }: Asked, register: number) => start <= register && register < start + count;
