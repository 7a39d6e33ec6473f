import type { TSchema } from "typebox";
import type { AddressCheck } from "./addressCheck.ts";
import { ModbusTcpAddress, ModbusTcpConnection, ModbusTcpPolling } from "./modbusTcp.ts";
import { checkModbusTcp } from "./modbusTcpCheck.ts";
import { OpcuaAddress, OpcuaConnection, OpcuaPolling } from "./opcua.ts";

/** Per protocol: the schemas of a device's connection and polling and of a tag's address, and the checks beyond them. */
export const protocols = {
  opcua: { connection: OpcuaConnection, polling: OpcuaPolling, address: OpcuaAddress, check: () => [] },
  "modbus-tcp": {
    connection: ModbusTcpConnection,
    polling: ModbusTcpPolling,
    address: ModbusTcpAddress,
    check: checkModbusTcp,
  },
} as const satisfies Record<string, { connection: TSchema; polling: TSchema; address: TSchema; check: AddressCheck }>;

export type ProtocolName = keyof typeof protocols;
export const protocolNames = Object.keys(protocols) as ProtocolName[];
