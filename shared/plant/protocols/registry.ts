import { ModbusTcpAddress, ModbusTcpConnection, ModbusTcpPolling } from "./modbusTcp.ts";
import { OpcuaAddress, OpcuaConnection, OpcuaPolling } from "./opcua.ts";

/** Per protocol: the schemas of a device's connection and polling and of a tag's address. */
export const protocols = {
  opcua: { connection: OpcuaConnection, polling: OpcuaPolling, address: OpcuaAddress },
  "modbus-tcp": { connection: ModbusTcpConnection, polling: ModbusTcpPolling, address: ModbusTcpAddress },
} as const;

export type ProtocolName = keyof typeof protocols;
export const protocolNames = Object.keys(protocols) as ProtocolName[];
