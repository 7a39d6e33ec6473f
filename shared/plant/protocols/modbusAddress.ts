import type { TagConfig } from "../schema.ts";
import { type ModbusTable, registersOf, type WrittenModbusAddress } from "./modbus.ts";

const tables: Readonly<Record<string, ModbusTable>> = { 0: "coil", 1: "discrete", 3: "input", 4: "holding" };

/** Table and 0-based register of a Modicon number such as 40001; undefined where its address counts from 0. */
export function placeOf(modicon: string): { readonly table: ModbusTable; readonly register: number } | undefined {
  const table = tables[modicon.charAt(0)];
  const number = Number(modicon.slice(1));
  return table === undefined || number < 1 ? undefined : { table, register: number - 1 };
}

/**
 * By table and register, whichever way it was written; and with invalid markers as the format reads them, so that
 * 0x8000 means the register's content also where that is the int16 -32768. The check has let the tag through.
 */
export function normalModbus(config: TagConfig): TagConfig {
  const { modicon, ...address } = config.address as WrittenModbusAddress;
  const place = modicon === undefined ? {} : placeOf(modicon);
  const invalid = config.invalid?.map((marker) => signed(marker, address.format));
  return { ...config, address: { ...place, ...address }, ...(invalid ? { invalid } : {}) };
}

const bitsPerRegister = 16;

function signed(marker: number, format: WrittenModbusAddress["format"]): number {
  if (format !== "int16" && format !== "int32" && format !== "int64") return marker;
  const width = bitsPerRegister * registersOf[format];
  return marker >= 2 ** (width - 1) ? marker - 2 ** width : marker;
}
