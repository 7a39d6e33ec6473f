import type { ByteOrder, ModbusPoint } from "../signal.ts";

export interface MeterPoints {
  readonly energy: ModbusPoint;
  readonly power: ModbusPoint;
  readonly current: ModbusPoint;
  readonly powerFactor: ModbusPoint;
}

type Layout = Readonly<Record<keyof MeterPoints, Pick<ModbusPoint, "table" | "register" | "format" | "factor">>>;

/** Register maps as meters on the market have them: every maker counts, scales and orders bytes in its own way. */
const layouts = {
  /** Floats in input registers, energy in double precision. */
  float: {
    power: { table: "input", register: 0, format: "float32" },
    current: { table: "input", register: 6, format: "float32" },
    powerFactor: { table: "input", register: 30, format: "float32" },
    energy: { table: "input", register: 80, format: "float64" },
  },
  /** Energy as 64-bit Wh, far away from the momentary values. */
  wattHours: {
    current: { table: "holding", register: 3_009, format: "float32" },
    power: { table: "holding", register: 3_059, format: "float32" },
    powerFactor: { table: "holding", register: 3_083, format: "float32" },
    energy: { table: "holding", register: 3_203, format: "uint64", factor: 0.001 },
  },
  /** Scaled integers only, as small meters have them. */
  scaled: {
    energy: { table: "holding", register: 0, format: "uint32", factor: 0.01 },
    power: { table: "holding", register: 2, format: "int32", factor: 0.001 },
    current: { table: "holding", register: 4, format: "uint16", factor: 0.01 },
    powerFactor: { table: "holding", register: 5, format: "int16", factor: 0.001 },
  },
  /** Signed 64-bit Wh: feeding back would count down. */
  signed: {
    energy: { table: "input", register: 100, format: "int64", factor: 0.001 },
    power: { table: "input", register: 104, format: "float32" },
    current: { table: "input", register: 106, format: "float32" },
    powerFactor: { table: "input", register: 108, format: "float32" },
  },
} as const satisfies Record<string, Layout>;

/** The layouts that a meter can be had with; its byte order is the maker's too. */
export const meterModels = {
  A: { layout: layouts.float, byteOrder: "ABCD" },
  B: { layout: layouts.wattHours, byteOrder: "ABCD" },
  C: { layout: layouts.scaled, byteOrder: "CDAB" },
  D: { layout: layouts.signed, byteOrder: "BADC" },
  E: { layout: layouts.float, byteOrder: "DCBA" },
} as const satisfies Record<string, { layout: Layout; byteOrder: ByteOrder }>;

/** The points of the meter that answers as `unit`. */
export function energyMeter(instrument: string, unit: number, model: keyof typeof meterModels): MeterPoints {
  const { layout, byteOrder } = meterModels[model];
  const point = (quantity: keyof MeterPoints): ModbusPoint => ({
    face: "modbus",
    instrument,
    unit,
    byteOrder,
    ...layout[quantity],
  });
  return {
    energy: point("energy"),
    power: point("power"),
    current: point("current"),
    powerFactor: point("powerFactor"),
  };
}
