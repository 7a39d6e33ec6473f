// Devices of several makers behind a valve, for the contract of the drivers.
import { join } from "node:path";
import { StatusCodes } from "node-opcua";
import { systemClock } from "#shared/kit/clock.ts";
import { silentLog } from "#shared/kit/log.ts";
import { instant } from "#shared/model/time.ts";
import type { ModbusAddress } from "#shared/plant/protocols/modbus.ts";
import type { OpcuaAddress } from "#shared/plant/protocols/opcua.ts";
import type { Driver, Point } from "../../gateway/driver.ts";
import { opcua } from "../../gateway/drivers/opcua/module.ts";
import type { Face } from "../../simulators/faces/face.ts";
import { serveModbus } from "../../simulators/faces/modbus/server.ts";
import { serveOpcua } from "../../simulators/faces/opcua/server.ts";
import { bad, good, namespaceUri, nodeName, type Signal, uncertain } from "../../simulators/signal.ts";
import type { DriverBench } from "../contracts/driver.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { signal } from "../simulators/rig.ts";
import { device, env, openOne, uint16 } from "./modbusDevices.ts";
import { startModbusServer } from "./modbusServer.ts";
import { node, opcuaDevice } from "./opcuaBench.ts";
import { double, startOpcuaServer } from "./opcuaServer.ts";
import { type PeerScript, startPeer } from "./pythonPeer.ts";
import { startValve } from "./valve.ts";

const names = ["x", "y", "z"] as const;

/** A device that shows three numbers. */
interface Instrument extends AsyncDisposable, Pick<DriverBench<never>, "show" | "showAs"> {
  readonly port: number;
}

interface Made<Address> {
  /** At the port where one is named. */
  readonly start: (folder: string, port: number) => Promise<Instrument>;
  readonly driver: (folder: string, port: number) => Promise<Driver<Address>>;
  readonly points: DriverBench<Address>["points"];
  readonly unknown: Point<Address>;
}

async function openBench<Address>({
  start,
  driver: open,
  points,
  unknown,
}: Made<Address>): Promise<DriverBench<Address>> {
  const folder = await temporaryFolder();
  let instrument = await start(folder.path, 0);
  const { port } = instrument;
  const valve = await startValve(port);
  const driver = await open(folder.path, valve.port);
  let isRunning = true;
  const stop = async () => {
    await valve.shut();
    if (isRunning) await instrument[Symbol.asyncDispose]();
    isRunning = false;
  };
  const shows = instrument.showAs !== undefined;
  return {
    driver,
    points,
    unknown,
    show: (values) => instrument.show(values),
    ...(shows && { showAs: (quality, value) => instrument.showAs?.(quality, value) }),
    hold: valve.hold,
    stopDevice: stop,
    startDevice: async () => {
      instrument = await start(folder.path, port);
      isRunning = true;
      await valve.open();
    },
    [Symbol.asyncDispose]: async () => {
      await driver[Symbol.asyncDispose]();
      await stop();
      await folder[Symbol.asyncDispose]();
    },
  };
}

const modbusDriver = (_: string, port: number): Promise<Driver<ModbusAddress>> =>
  // Long enough for a peer in Python on a busy machine; silence is tried with an abort.
  openOne(device(port, { timeoutMs: 10_000 }));
const modbusPoints = { points: [uint16(0), uint16(1), uint16(2)], unknown: uint16(900) } as const;

const opcuaDriver = async (folder: string, port: number): Promise<Driver<OpcuaAddress>> =>
  (await opcua.load(env(folder))).driver(opcuaDevice(port));
const opcuaPoints = { points: [node("x"), node("y"), node("z")], unknown: node("nothing") } as const;

/** A Modbus server of a few lines. */
export const openRawModbus = (): Promise<DriverBench<ModbusAddress>> =>
  openBench({
    ...modbusPoints,
    driver: modbusDriver,
    start: async (_, port) => {
      const registers = [0, 0, 0];
      const server = await startModbusServer(
        ({ start, count }) =>
          start + count > registers.length ? { exception: 2 } : { registers: registers.slice(start, start + count) },
        0,
        port,
      );
      return {
        port: server.port,
        show: (values) => void registers.splice(0, registers.length, ...values),
        [Symbol.asyncDispose]: () => Promise.resolve(server[Symbol.asyncDispose]()),
      };
    },
  });

/** Times that grow with each value, also within a millisecond. */
function growingTimes(): () => number {
  let newest = Date.now();
  return () => {
    newest = Math.max(newest + 1, Date.now());
    return newest;
  };
}

/** The server of node-opcua. */
export const openNodeOpcua = (): Promise<DriverBench<OpcuaAddress>> =>
  openBench({
    ...opcuaPoints,
    driver: opcuaDriver,
    start: async (folder, port) => {
      const nodes = Object.fromEntries(names.map((name) => [name, double(0)]));
      const server = await startOpcuaServer(folder, { nodes, port });
      const next = growingTimes();
      const statuses = { uncertain: StatusCodes.UncertainSensorNotAccurate, bad: StatusCodes.BadSensorFailure };
      return {
        port: server.port,
        show: (values) => {
          const at = new Date(next());
          for (const [i, name] of names.entries()) server.set(name, double(values[i] ?? 0), at);
        },
        showAs: (quality, value) => server.set("y", double(value), new Date(next()), statuses[quality]),
        [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
      };
    },
  });

/** What a face of the simulators shows, as an instrument. */
function faceInstrument(face: Face, port: number): Instrument {
  const next = growingTimes();
  let shown = names.map(() => good(0));
  const show = (readings: typeof shown) => {
    shown = readings;
    face.show(shown, instant(next()));
  };
  return {
    port,
    show: (values) => show(values.map(good)),
    showAs: (quality, value) =>
      show(shown.map((was, i) => (i !== 1 ? was : quality === "bad" ? bad : uncertain(value)))),
    [Symbol.asyncDispose]: () => face[Symbol.asyncDispose](),
  };
}

const host = "127.0.0.1";
const opcuaSignals = names.map((name) => signal(name));
const modbusSignals = names.map(
  (name, register): Signal =>
    signal(name, {
      access: { face: "modbus", instrument: "meter", unit: 1, table: "holding", register, format: "uint16" },
    }),
);

export const openModbusFace = (): Promise<DriverBench<ModbusAddress>> =>
  openBench({
    ...modbusPoints,
    driver: modbusDriver,
    start: async (_, port) => {
      const face = await serveModbus({ host, port }, modbusSignals);
      return faceInstrument(face, face.port);
    },
  });

const faceNode = (name: string): Point<OpcuaAddress> => ({
  address: { node: `nsu=${namespaceUri};s=${nodeName(signal(name))}` },
  report: "change",
});

export const openOpcuaFace = (): Promise<DriverBench<OpcuaAddress>> =>
  openBench({
    points: [faceNode("x"), faceNode("y"), faceNode("z")],
    unknown: faceNode("nothing"),
    driver: opcuaDriver,
    start: async (folder, port) => {
      const options = { host, port, pkiFolder: join(folder, "face") };
      const face = await serveOpcua(options, opcuaSignals, { clock: systemClock, log: silentLog });
      return faceInstrument(face, Number(new URL(face.endpoint.replace("opc.tcp:", "http:")).port));
    },
  });

const startPeerInstrument = async (script: PeerScript, port: number): Promise<Instrument> => {
  const peer = await startPeer(script, port);
  return {
    port: peer.port,
    show: (values) => peer.ask(JSON.stringify(values)),
    ...(script !== "modbusPeer.py" && {
      showAs: (quality: "uncertain" | "bad", value: number) => peer.ask(JSON.stringify({ y: value, quality })),
    }),
    [Symbol.asyncDispose]: () => peer[Symbol.asyncDispose](),
  };
};

export const openModbusPeer = (): Promise<DriverBench<ModbusAddress>> =>
  openBench({
    ...modbusPoints,
    driver: modbusDriver,
    start: (_, port) => startPeerInstrument("modbusPeer.py", port),
  });

export const openOpcuaPeer = (script: "opcuaPeer.py" | "open62541Peer.py") => (): Promise<DriverBench<OpcuaAddress>> =>
  openBench({ ...opcuaPoints, driver: opcuaDriver, start: (_, port) => startPeerInstrument(script, port) });
