import { systemClock } from "#shared/kit/clock.ts";
import { type Log, silentLog } from "#shared/kit/log.ts";
import { createMetrics } from "#shared/kit/metrics.ts";
import type { ModbusTcpAddress, ModbusTcpConnection, ModbusTcpPolling } from "#shared/plant/protocols/modbusTcp.ts";
import type { DeviceOf, Driver, DriverEnv, Point } from "../../gateway/driver.ts";
import { modbusTcp } from "../../gateway/drivers/modbusTcp/module.ts";

export const env = (folder = "", log: Log = silentLog): DriverEnv => ({
  clock: systemClock,
  log,
  metrics: createMetrics(),
  folder,
});

/** A device with short waits. */
export const device = (
  port: number,
  connection: Partial<ModbusTcpConnection> = {},
  polling: Partial<ModbusTcpPolling> = {},
  id = `unit-${connection.unit ?? 1}`,
): DeviceOf<"modbus-tcp"> => ({
  id,
  gateway: "g",
  protocol: "modbus-tcp",
  connection: { host: "127.0.0.1", port, unit: 1, timeoutMs: 100, byteOrder: "ABCD", ...connection },
  polling: { periodMs: 100, maxGap: 10, maxRegisters: 125, ...polling },
});

export async function openOne(one: DeviceOf<"modbus-tcp">): Promise<Driver<ModbusTcpAddress>> {
  const driver = (await modbusTcp.open([one], env())).get(one.id);
  if (!driver) throw new Error("no driver");
  return driver;
}

export const point = (address: ModbusTcpAddress): Point<ModbusTcpAddress> => ({ address, report: "change" });
export const uint16 = (register: number) => point({ table: "holding", register, format: "uint16" });
