// A node-opcua server that is filled by the test: analog items, states, history, alarms; it counts what it is asked.
import { join } from "node:path";
import {
  type AddressSpace,
  type BaseNode,
  DataType,
  type Namespace,
  OPCUACertificateManager,
  OPCUAServer,
  StatusCodes,
  type UAVariable,
} from "node-opcua";
import { seconds } from "#shared/model/time.ts";
import { routeLogs } from "../../gateway/drivers/opcua/logs.ts";
import { type OpenSession, openSession } from "../../gateway/drivers/opcua/session.ts";
import { env } from "./modbusDevices.ts";
import { opcuaDevice } from "./opcuaBench.ts";
import { uri } from "./opcuaServer.ts";

export interface PlantServer extends AsyncDisposable {
  readonly port: number;
  readonly addressSpace: AddressSpace;
  readonly namespace: Namespace;
  /** Names of the services that were asked for, with how many nodes, in order. */
  readonly asked: readonly (readonly [service: string, nodes: number])[];
  /** A new server is silent of what happened before. */
  forget(): void;
  variable(name: string): UAVariable;
}

export interface PlantServerOptions {
  readonly fill: (namespace: Namespace, addressSpace: AddressSpace) => void;
  readonly port?: number;
  readonly operationLimits?: Readonly<Record<string, number>>;
}

export async function startPlantServer(folder: string, options: PlantServerOptions): Promise<PlantServer> {
  const certificates = new OPCUACertificateManager({
    rootFolder: join(folder, "server-pki"),
    automaticallyAcceptUnknownCertificate: true,
  });
  const server = new OPCUAServer({
    port: options.port ?? 0,
    host: "127.0.0.1",
    hostname: "127.0.0.1",
    disableDiscovery: true,
    serverCertificateManager: certificates,
    userCertificateManager: certificates,
    serverCapabilities: { minSupportedSampleRate: 0, operationLimits: { ...options.operationLimits } },
  });
  await server.initialize();
  const { addressSpace } = server.engine;
  if (!addressSpace) throw new Error("no address space");
  const namespace = addressSpace.registerNamespace(uri);
  options.fill(namespace, addressSpace);
  const asked: (readonly [string, number])[] = [];
  server.on("request", (request: { schema: { name: string } }) => {
    const lists = Object.values(request).filter((value) => Array.isArray(value)) as unknown[][];
    asked.push([request.schema.name.replace(/Request$/, ""), Math.max(0, ...lists.map(({ length }) => length))]);
  });
  await server.start();
  return {
    port: Number(new URL(server.getEndpointUrl().replace("opc.tcp:", "http:")).port),
    addressSpace,
    namespace,
    asked,
    forget: () => {
      asked.length = 0;
    },
    variable: (name) => {
      const found: BaseNode | null = addressSpace.findNode(`ns=${namespace.index};s=${name}`);
      if (!found) throw new Error(`no variable ${name}`);
      return found as UAVariable;
    },
    [Symbol.asyncDispose]: () => server.shutdown(0),
  };
}

/** A variable that keeps its history, with values at given times. */
export function addHistorised(
  namespace: Namespace,
  name: string,
  values: readonly (readonly [value: number, at: number, status?: (typeof StatusCodes)["Good"]])[],
  maxOnlineValues = 100_000,
): UAVariable {
  const variable = namespace.addVariable({
    browseName: name,
    nodeId: `s=${name}`,
    organizedBy: namespace.addressSpace.rootFolder.objects,
    dataType: DataType.Double,
    minimumSamplingInterval: 0,
  } as Parameters<Namespace["addVariable"]>[0]);
  namespace.addressSpace.installHistoricalDataNode(variable, { maxOnlineValues });
  for (const [value, at, status = StatusCodes.Good] of values) {
    variable.setValueFromSource({ dataType: DataType.Double, value }, status, new Date(at));
  }
  return variable;
}

/** A session as the driver opens it. */
export function openPlant(folder: string, port: number): Promise<OpenSession> {
  const world = env(folder);
  routeLogs(world.log);
  return openSession(opcuaDevice(port), world, AbortSignal.timeout(seconds(30)));
}
