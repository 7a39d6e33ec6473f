// Faces with readings of a test's own, and clients that share no code with them.
import { execFile, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";
import ModbusSerialModule from "modbus-serial";
import { type ClientSession, OPCUACertificateManager, OPCUAClient } from "node-opcua";
import { systemClock } from "#shared/kit/clock.ts";
import { silentLog } from "#shared/kit/log.ts";
import { type Faces, serve } from "../../simulators/serve.ts";
import { namespaceUri, type Signal } from "../../simulators/signal.ts";
import { temporaryFolder } from "../fakes/folder.ts";

export const signal = (id: string, more: Partial<Signal> = {}): Signal => ({
  line: "line",
  equipment: "unit",
  id,
  name: { zh: "测点", en: "point" },
  type: "float",
  unit: "Cel",
  range: [-100, 300],
  decimals: 2,
  deadband: 0,
  meaning: "process",
  key: false,
  access: { face: "opcua" },
  ...more,
});

/** Both faces on free ports. */
export const startFaces = (opcua: readonly Signal[], modbus: readonly Signal[] = opcua): Promise<Faces> =>
  serve(
    { host: "127.0.0.1", opcuaPort: 0, modbusPort: 0, pkiFolder: undefined },
    { opcua, modbus },
    { clock: systemClock, log: silentLog },
  );

export interface OpenOpcua extends AsyncDisposable {
  readonly session: ClientSession;
  /** Node id of a signal in this server. */
  node(name: string): string;
}

export async function openOpcua(endpoint: string): Promise<OpenOpcua> {
  const folder = await temporaryFolder();
  const certificates = new OPCUACertificateManager({ rootFolder: folder.path });
  await certificates.initialize();
  const client = OPCUAClient.create({
    endpointMustExist: false,
    clientCertificateManager: certificates,
    connectionStrategy: { maxRetry: 1 },
  });
  await client.connect(endpoint);
  const session = await client.createSession();
  const namespaces = await session.readNamespaceArray();
  return {
    session,
    node: (name) => `ns=${namespaces.indexOf(namespaceUri)};s=${name}`,
    [Symbol.asyncDispose]: async () => {
      await session.close();
      await client.disconnect();
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** Node gives the CommonJS package as it is, its types speak of a default export. */
export const ModbusSerial = ModbusSerialModule as unknown as typeof ModbusSerialModule.default;
export type ModbusSerial = InstanceType<typeof ModbusSerial>;

export interface OpenModbus extends AsyncDisposable {
  readonly client: ModbusSerial;
}

export async function openModbus(port: number, unit = 1): Promise<OpenModbus> {
  const client = new ModbusSerial();
  await client.connectTCP("127.0.0.1", { port });
  client.setTimeout(5_000);
  client.setID(unit);
  return { client, [Symbol.asyncDispose]: () => new Promise<void>((resolve) => client.destroy(() => resolve())) };
}

/** The interpreter with the Python peers. */
export const python = process.env.PILOTLINE_PYTHON ?? "python3";

export const pythonMissing: string | undefined =
  spawnSync(python, ["-c", "import asyncua, pymodbus"], { stdio: "ignore" }).status === 0
    ? undefined
    : `skipped: ${python} has no asyncua and pymodbus (PILOTLINE_PYTHON names the interpreter)`;

export const mbpollMissing: string | undefined = existsSync("/usr/bin/mbpoll") ? undefined : "skipped: no mbpoll";

/** What a program prints; asynchronous, because the server that it talks to lives in this process. */
export const outputOf = async (command: string, ...args: readonly string[]): Promise<string> =>
  (await promisify(execFile)(command, [...args], { timeout: 60_000 })).stdout;

/** What a Python program prints, as JSON. */
export const askPython = async (program: string, ...args: readonly string[]): Promise<unknown> =>
  JSON.parse(await outputOf(python, "-c", program, ...args));
