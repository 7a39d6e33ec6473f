import type { ModbusPoint } from "../signal.ts";

/** Channels of one controller. */
export const gasChannels = 4;

/** Warning and main alarm of the controller itself, in % of the lower explosive limit (GB/T 50493: 25 and 50 at most). */
export const gasLimits = { warning: 20, alarm: 40 } as const;

/**
 * A combustible-gas controller with four detectors: concentrations as 0.1 % LEL in input registers, warnings as
 * discrete inputs, alarm relays as coils, detector faults as bits of one status register. All four Modbus tables.
 */
export function gasController(instrument: string, unit: number) {
  const base = { face: "modbus", instrument, unit } as const;
  return {
    concentration: (channel: number): ModbusPoint => ({
      ...base,
      table: "input",
      register: channel,
      format: "uint16",
      factor: 0.1,
    }),
    warning: (channel: number): ModbusPoint => ({ ...base, table: "discrete", register: channel }),
    alarm: (channel: number): ModbusPoint => ({ ...base, table: "coil", register: channel }),
    fault: (channel: number): ModbusPoint => ({
      ...base,
      table: "holding",
      register: 10,
      format: "bit",
      bit: channel,
    }),
  };
}
