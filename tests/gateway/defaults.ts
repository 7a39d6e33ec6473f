import type { TSchema } from "typebox";
import { Value } from "typebox/value";
import { type ModbusConnection, ModbusPolling } from "#shared/plant/protocols/modbus.ts";
import { OpcuaConnection, OpcuaPolling } from "#shared/plant/protocols/opcua.ts";

/** What the loader fills in where a plant file says nothing, so that a test names only what it is about. */
const filled = <T>(schema: TSchema, given: object): T => Value.Default(schema, structuredClone(given)) as T;

export type TcpConnection = Extract<ModbusConnection, { transport: "tcp" }>;

export const modbusPolling = filled<ModbusPolling>(ModbusPolling, {});
export const opcuaPolling = filled<OpcuaPolling>(OpcuaPolling, {});

export const tcpConnection = (port: number): TcpConnection => ({
  transport: "tcp",
  host: "127.0.0.1",
  port,
  inFlight: 1,
  transactionIds: "checked",
  unit: 1,
  timeoutMs: 2_000,
  byteOrder: "ABCD",
});

export const opcuaConnection = (port: number): OpcuaConnection =>
  filled(OpcuaConnection, { endpoint: `opc.tcp://127.0.0.1:${port}`, security: "none" });
