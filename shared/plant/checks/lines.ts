import type { Plant } from "../plant.ts";
import type { Report } from "../problem.ts";
import type { ModbusConnection } from "../protocols/modbus.ts";
import { lineDifference, linePlaceOf } from "../protocols/modbusLine.ts";

/** Modbus devices of one gateway behind one connection, or on one serial line, must say the same of it. */
export function checkLines({ devices }: Plant, report: Report): void {
  const firsts = new Map<string, { readonly id: string; readonly connection: ModbusConnection }>();
  for (const [d, device] of devices.entries()) {
    if (device.protocol !== "modbus") continue;
    const { id, gateway, connection } = device;
    const place = linePlaceOf(connection);
    const line = JSON.stringify([gateway, place]);
    const first = firsts.get(line);
    if (!first) firsts.set(line, { id, connection });
    const difference = first && lineDifference(first.connection, connection);
    if (!difference) continue;
    const { key, one, other } = difference;
    report(
      `devices[${d}].connection.${key}`,
      `device \`${id}\` has \`${key}: ${other}\`, but device \`${first.id}\` on the same line ${place} has \`${key}: ${one}\``,
      "write the same for both: one line has one setting.",
    );
  }
}
