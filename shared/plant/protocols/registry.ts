import type { TSchema } from "typebox";
import type { AddressCheck, Normalise } from "./addressCheck.ts";
import { ModbusAddress, ModbusConnection, ModbusPolling } from "./modbus.ts";
import { normalModbus } from "./modbusAddress.ts";
import { checkModbus } from "./modbusCheck.ts";
import { OpcuaAddress, OpcuaConnection, OpcuaPolling } from "./opcua.ts";
import { checkOpcua } from "./opcuaCheck.ts";

interface ProtocolSchemas {
  readonly connection: TSchema;
  readonly polling: TSchema;
  readonly address: TSchema;
  /** What is wrong beyond the schemas. */
  readonly check: AddressCheck;
  readonly normalise: Normalise;
}

/** Per protocol: the schemas of a device's connection and polling and of a tag's address, and the checks beyond them. */
export const protocols = {
  opcua: {
    connection: OpcuaConnection,
    polling: OpcuaPolling,
    address: OpcuaAddress,
    check: checkOpcua,
    normalise: (config) => config,
  },
  modbus: {
    connection: ModbusConnection,
    polling: ModbusPolling,
    address: ModbusAddress,
    check: checkModbus,
    normalise: normalModbus,
  },
} as const satisfies Record<string, ProtocolSchemas>;

export type ProtocolName = keyof typeof protocols;
export const protocolNames = Object.keys(protocols) as ProtocolName[];
export const isProtocol = (name: string): name is ProtocolName => Object.hasOwn(protocols, name);
