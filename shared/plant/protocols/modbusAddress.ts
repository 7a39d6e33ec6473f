import type { TagConfig } from "../schema.ts";
import { type ModbusTable, registersOf, type WrittenModbusAddress } from "./modbus.ts";

const tables: Readonly<Record<string, ModbusTable>> = { 0: "coil", 1: "discrete", 3: "input", 4: "holding" };

/** Table and 0-based register of a Modicon number such as 40001; undefined where its address counts from 0. */
export function placeOf(modicon: string): { readonly table: ModbusTable; readonly register: number } | undefined {
  const table = tables[modicon.charAt(0)];
  const number = Number(modicon.slice(1));
  return table === undefined || number < 1 ? undefined : { table, register: number - 1 };
}

/** The Modicon number of a place: five digits where they reach, else six. */
export function modiconOf(table: ModbusTable, register: number): string {
  const digit = Object.keys(tables).find((key) => tables[key] === table) ?? "";
  return `${digit}${String(register + 1).padStart(register < mostOfFive ? 4 : 5, "0")}`;
}
const mostOfFive = 9_999;

/**
 * By table and register, whichever way it was written; and with invalid markers as the format reads them, so that
 * 0x8000 means the register's content also where that is the int16 -32768, and -9999.9 the float32 next to it. The
 * check has let the tag through.
 */
export function normalModbus(config: TagConfig): TagConfig {
  const { modicon, ...address } = config.address as WrittenModbusAddress;
  const place = modicon === undefined ? {} : placeOf(modicon);
  const invalid = config.invalid?.map((marker) => asRead(marker, address.format));
  return { ...config, address: { ...place, ...address }, ...(invalid ? { invalid } : {}) };
}

const bitsPerRegister = 16;

function asRead(marker: number, format: WrittenModbusAddress["format"]): number {
  if (format === "float32") return Math.fround(marker);
  if (format !== "int16" && format !== "int32" && format !== "int64") return marker;
  const width = bitsPerRegister * registersOf[format];
  return marker >= 2 ** (width - 1) ? marker - 2 ** width : marker;
}

/**
 * The whole numbers that the registers of a value can show, written signed or unsigned; undefined where they show
 * others too, or no number.
 */
export function wholeNumbersOf({ format, width = 1 }: WrittenModbusAddress): readonly [number, number] | undefined {
  switch (format) {
    case undefined:
    case "string":
    case "bit":
    case "float32":
    case "float64":
      return undefined;
    case "bits":
      return [0, 2 ** width - 1];
    case "bcd16":
    case "bcd32":
      return [0, 10 ** (4 * registersOf[format]) - 1];
    default: {
      const bits = bitsPerRegister * registersOf[format];
      return [format.startsWith("u") ? 0 : -(2 ** (bits - 1)), 2 ** bits - 1];
    }
  }
}
