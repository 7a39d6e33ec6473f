// A node-opcua server with everything that a browser meets: loops, arrays, structures, enumerations, foreign names.
import { join } from "node:path";
import {
  DataType,
  OPCUACertificateManager,
  OPCUAServer,
  type OPCUAServerOptions,
  StatusCodes,
  standardUnits,
  type UAObject,
} from "node-opcua";

export const uri = "urn:pilotline:test";

export interface BrowseServer extends AsyncDisposable {
  readonly port: number;
  /** Names of the services that were asked for, in order. */
  readonly services: readonly string[];
  /** Most nodes in one call of each service. */
  readonly largest: ReadonlyMap<string, number>;
}

export async function startBrowseServer(
  folder: string,
  options: Partial<OPCUAServerOptions> = {},
): Promise<BrowseServer> {
  const certificates = new OPCUACertificateManager({
    rootFolder: join(folder, "server-pki"),
    automaticallyAcceptUnknownCertificate: true,
  });
  const server = new OPCUAServer({
    port: 0,
    host: "127.0.0.1",
    hostname: "127.0.0.1",
    disableDiscovery: true,
    serverCertificateManager: certificates,
    userCertificateManager: certificates,
    buildInfo: { productName: "S7-1500", manufacturerName: "Siemens AG" },
    ...options,
  });
  await server.initialize();
  fill(server);
  const services: string[] = [];
  const largest = new Map<string, number>();
  server.on("request", (request) => {
    const name = serviceOf(request);
    services.push(name);
    const lists = Object.values(request).filter((value) => Array.isArray(value)) as unknown[][];
    largest.set(name, Math.max(largest.get(name) ?? 0, ...lists.map((list) => list.length)));
  });
  await server.start();
  return {
    port: Number(new URL(server.getEndpointUrl().replace("opc.tcp:", "http:")).port),
    services,
    largest,
    [Symbol.asyncDispose]: () => server.shutdown(0),
  };
}

/** The service's name, with the methods where it calls some. */
function serviceOf(request: object): string {
  const { schema, methodsToCall } = request as { schema: { name: string }; methodsToCall?: { methodId: object }[] };
  const name = schema.name.replace(/Request$/, "");
  return [name, ...(methodsToCall ?? []).map(({ methodId }) => String(methodId))].join(" ");
}

function fill({ engine: { addressSpace } }: OPCUAServer): void {
  if (!addressSpace) throw new Error("no address space");
  addressSpace.registerNamespace("urn:another");
  const namespace = addressSpace.registerNamespace(uri);
  const plant = namespace.addFolder("ObjectsFolder", { browseName: "Plant", nodeId: "s=Plant" });
  const machine = (browseName: string): UAObject =>
    namespace.addObject({ componentOf: plant, browseName, nodeId: `s=Plant.${browseName}` });
  addressSpace.installAlarmsAndConditionsService();
  const oven = machine("Oven");
  const dryer = machine("Dryer");
  // A loop: the oven's parent is its child too.
  oven.addReference({ referenceType: "Organizes", nodeId: plant.nodeId });
  const temperature = namespace.addAnalogDataItem({
    componentOf: oven,
    browseName: "Temp",
    nodeId: "s=Oven.Temp",
    displayName: { locale: "en", text: "Oven temperature" },
    dataType: DataType.Double,
    engineeringUnitsRange: { low: 0, high: 200 },
    engineeringUnits: standardUnits.degree_celsius,
    value: { dataType: DataType.Double, value: 81.5 },
  } as Parameters<typeof namespace.addAnalogDataItem>[0]);
  // It keeps a history, for the time of a lost connection.
  addressSpace.installHistoricalDataNode(temperature);
  namespace.addAnalogDataItem({
    componentOf: dryer,
    browseName: "Temp",
    nodeId: "s=Dryer.Temp",
    displayName: { locale: "zh-CN", text: "烘干温度" },
    dataType: DataType.Float,
    engineeringUnitsRange: { low: 0, high: 0 },
    // No common code: only its symbol tells.
    engineeringUnits: { namespaceUri: "urn:units", unitId: 7, displayName: { text: "℃" }, description: { text: "" } },
    valuePrecision: 3,
    value: { dataType: DataType.Float, value: 20 },
  } as Parameters<typeof namespace.addAnalogDataItem>[0]);
  namespace.addMultiStateDiscrete({
    componentOf: oven,
    browseName: "Mode",
    nodeId: "s=Oven.Mode",
    enumStrings: ["idle", "running", "fault", "moonlight"],
    value: 1,
  });
  namespace.addTwoStateDiscrete({
    componentOf: oven,
    browseName: "Door",
    nodeId: "s=Oven.Door",
    trueState: "open",
    falseState: "closed",
    value: true,
  } as Parameters<typeof namespace.addTwoStateDiscrete>[0]);
  const enumeration = namespace.addEnumerationType({
    browseName: "PhaseType",
    enumeration: [
      { displayName: "heat", value: 10 },
      { displayName: "hold", value: 20 },
    ],
  });
  const add = (browseName: string, nodeId: string, rest: object) =>
    namespace.addVariable({ componentOf: dryer, browseName, nodeId, ...rest } as Parameters<
      typeof namespace.addVariable
    >[0]);
  add("Phase", "s=Dryer.Phase", { dataType: enumeration.nodeId, value: { dataType: DataType.Int32, value: 10 } });
  add("Profile", "s=Dryer.Profile", {
    dataType: "Double",
    valueRank: 1,
    value: { dataType: DataType.Double, arrayType: 1, value: new Float64Array([1, 2]) },
  });
  add("Range", "s=Dryer.Range", { dataType: "Range", value: { dataType: DataType.ExtensionObject, value: null } });
  add("Secret", "s=Dryer.Secret", { dataType: "Double", accessLevel: 0, userAccessLevel: 0 });
  add("Count", "i=70001", { dataType: "UInt64", value: { dataType: DataType.UInt64, value: [0, 5], arrayType: 0 } });
  add("温度", 's="DB"."温度;1"', {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a name that looks like a variable of a plant file.
    displayName: "a: # ${HOME}\n{x}",
    dataType: "Float",
    value: { dataType: DataType.Float, value: 1 },
  });
  add("压力", "i=70002", { dataType: "Float", value: { dataType: DataType.Float, value: 2 } });
  const broken = add("Broken", "s=Dryer.Broken", { dataType: "Float" });
  broken.setValueFromSource({ dataType: DataType.Null }, StatusCodes.BadSensorFailure);
}
