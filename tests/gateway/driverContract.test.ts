import type { ModbusAddress } from "#shared/plant/protocols/modbus.ts";
import type { OpcuaAddress } from "#shared/plant/protocols/opcua.ts";
import { opcua } from "../../gateway/drivers/opcua/module.ts";
import { type DriverBench, driverContract } from "../contracts/driver.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { device, env, openOne, uint16 } from "./modbusDevices.ts";
import { type ModbusServer, startModbusServer } from "./modbusServer.ts";
import { node, opcuaDevice } from "./opcuaBench.ts";
import { double, startOpcuaServer } from "./opcuaServer.ts";

async function openModbusBench(): Promise<DriverBench<ModbusAddress>> {
  const registers = [0, 0, 0];
  const start = (port = 0): Promise<ModbusServer> =>
    startModbusServer(
      ({ start: from, count }) =>
        from + count > registers.length ? { exception: 2 } : { registers: registers.slice(from, from + count) },
      0,
      port,
    );
  let server = await start();
  const { port } = server;
  const driver = await openOne(device(port));
  return {
    driver,
    points: [uint16(0), uint16(1), uint16(2)],
    unknown: uint16(900),
    show: (values) => void registers.splice(0, registers.length, ...values),
    stopDevice: () => Promise.resolve(server[Symbol.asyncDispose]()),
    startDevice: async () => {
      server = await start(port);
    },
    [Symbol.asyncDispose]: async () => {
      await driver[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

async function openOpcuaBench(): Promise<DriverBench<OpcuaAddress>> {
  const folder = await temporaryFolder();
  const names = ["x", "y", "z"] as const;
  const start = (port = 0) =>
    startOpcuaServer(folder.path, { nodes: Object.fromEntries(names.map((name) => [name, double(0)])), port });
  let server = await start();
  let running = true;
  const stop = async () => {
    if (running) await server[Symbol.asyncDispose]();
    running = false;
  };
  const { port } = server;
  const driver = (await opcua.load(env(folder.path))).driver(opcuaDevice(port));
  let shown = Date.now();
  return {
    driver,
    points: [node("x"), node("y"), node("z")],
    unknown: node("nothing"),
    show: (values) => {
      shown = Math.max(shown + 1, Date.now());
      for (const [i, name] of names.entries()) server.set(name, double(values[i] ?? 0), new Date(shown));
    },
    stopDevice: stop,
    startDevice: async () => {
      server = await start(port);
      running = true;
    },
    [Symbol.asyncDispose]: async () => {
      await driver[Symbol.asyncDispose]();
      await stop();
      await folder[Symbol.asyncDispose]();
    },
  };
}

const polled = "Modbus has no subscription";
driverContract("Modbus TCP", openModbusBench, {
  "pushes every change in order": polled,
  "a lost subscription rejects": polled,
});
driverContract("OPC UA", openOpcuaBench);
