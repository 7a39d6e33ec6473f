import type { ModbusPoint } from "../signal.ts";

/** An indoor-air monitor: oxygen as 0.01 %, carbon dioxide as ppm, both 16-bit, and a horn as a coil. */
export function roomMonitor(instrument: string, unit: number) {
  const base = { face: "modbus", instrument, unit } as const;
  return {
    oxygen: { ...base, table: "holding", register: 0, format: "uint16", factor: 0.01 },
    carbonDioxide: { ...base, table: "holding", register: 1, format: "uint16" },
    temperature: { ...base, table: "holding", register: 2, format: "int16", factor: 0.1 },
    horn: { ...base, table: "coil", register: 0 },
  } as const satisfies Record<string, ModbusPoint>;
}
