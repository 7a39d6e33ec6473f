import { DataType, type Namespace, standardUnits } from "node-opcua";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parsePlant } from "#shared/plant/load.ts";
import type { OpcuaAddress } from "#shared/plant/protocols/opcua.ts";
import { tagsOfDevice } from "#shared/plant/select.ts";
import type { Point } from "../../gateway/driver.ts";
import { compareWithServer } from "../../gateway/drivers/opcua/metadata.ts";
import { opcua } from "../../gateway/drivers/opcua/module.ts";
import { pointOf } from "../../gateway/points.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { env } from "./modbusDevices.ts";
import { opcuaDevice } from "./opcuaBench.ts";
import { openPlant, type PlantServer, startPlantServer } from "./opcuaPlantServer.ts";
import { uri } from "./opcuaServer.ts";

const never = new AbortController().signal;

/** Tags of an oven, one line of YAML each, and its state where there is one. */
function pointsOf(tags: readonly string[], state = ""): readonly Point<OpcuaAddress>[] {
  const lines = tags.map((tag) => `          - { device: server, ${tag} }`);
  const text = `
platform: { id: p, name: { zh: 平台 } }
gateways: [{ id: g }]
devices: [{ id: server, gateway: g, protocol: opcua, connection: { endpoint: "opc.tcp://127.0.0.1:1", security: none } }]
lines:
  - id: l
    name: { zh: 线 }
    equipment:
      - id: oven
        name: { zh: 烘箱, en: Oven }
        kind: oven
        ${state}
        tags:
${lines.join("\n")}
`;
  const { plant, problems } = parsePlant(text, "plant.yaml", {});
  if (!plant) throw new Error(JSON.stringify(problems));
  return tagsOfDevice(plant, "server").map(pointOf) as readonly Point<OpcuaAddress>[];
}

const at = (name: string) => `address: { node: "nsu=${uri};s=${name}" }`;
const temperature = (more: string, node = "Temp") =>
  `id: temp, name: { zh: 温度, en: Temperature }, ${at(node)}, ${more}`;

type AnalogItem = Parameters<Namespace["addAnalogDataItem"]>[0];

function fill(namespace: Namespace): void {
  const { objects } = namespace.addressSpace.rootFolder;
  const analog = (name: string, more: object) =>
    namespace.addAnalogDataItem({
      organizedBy: objects,
      browseName: name,
      nodeId: `s=${name}`,
      dataType: DataType.Double,
      value: { dataType: DataType.Double, value: 1 },
      engineeringUnitsRange: { low: 0, high: 200 },
      ...more,
    } as AnalogItem);
  analog("Temp", { engineeringUnits: standardUnits.degree_celsius, description: "Oven temperature, zone 1" });
  analog("Pressure", { engineeringUnits: standardUnits.bar, engineeringUnitsRange: { low: 0, high: 10 } });
  analog("Rounded", {
    engineeringUnits: standardUnits.bar,
    engineeringUnitsRange: { low: Math.fround(0.1), high: Math.fround(9.9) },
  });
  const foreign = { namespaceUri: "urn:own", unitId: 9, description: { text: "" } };
  analog("Odd", { engineeringUnits: { ...foreign, displayName: { text: "furlong" } } });
  analog("Symbol", { engineeringUnits: { ...foreign, displayName: { text: "L/min" } } });
  analog("NoUnit", { engineeringUnits: { ...foreign, unitId: -1, displayName: { text: "" } } });
  analog("Rpm", { engineeringUnits: { ...standardUnits.bar, unitId: 0x52504d, displayName: { text: "1/min" } } });
  analog("NoRange", { engineeringUnits: standardUnits.bar, engineeringUnitsRange: { low: 0, high: 0 } });
  analog("P7", { engineeringUnits: standardUnits.degree_celsius, description: "Blower vibration" });
  analog("中文", { engineeringUnits: standardUnits.degree_celsius, displayName: "压差", description: "出口压差" });
  const discrete = { organizedBy: objects } as const;
  namespace.addMultiStateDiscrete({
    ...discrete,
    browseName: "Mode",
    nodeId: "s=Mode",
    enumStrings: ["idle", "running", "fault"],
    value: 1,
  });
  namespace.addTwoStateDiscrete({
    ...discrete,
    browseName: "Door",
    nodeId: "s=Door",
    trueState: "open",
    falseState: "closed",
    value: true,
  } as Parameters<Namespace["addTwoStateDiscrete"]>[0]);
  const phases = namespace.addEnumerationType({
    browseName: "PhaseType",
    enumeration: [
      { displayName: "heat", value: 10 },
      { displayName: "hold", value: 20 },
    ],
  });
  namespace.addVariable({
    ...discrete,
    browseName: "Phase",
    nodeId: "s=Phase",
    dataType: phases.nodeId,
    value: { dataType: DataType.Int32, value: 10 },
  } as Parameters<Namespace["addVariable"]>[0]);
}

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let server: PlantServer;
beforeAll(async () => {
  folder = await temporaryFolder();
  server = await startPlantServer(folder.path, { fill });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

async function warnings(points: readonly Point<OpcuaAddress>[], from = server): Promise<readonly string[]> {
  await using open = await openPlant(folder.path, from.port);
  return await compareWithServer(open, points, env(), never);
}

test("what agrees says nothing: other symbols and codes of the same unit, float32 ranges, no word at all", async () => {
  const points = pointsOf([
    temperature("unit: Cel, range: [0, 200]"),
    `id: pressure, name: { zh: 压力, en: Pressure }, ${at("Pressure")}, unit: bar, range: [0, 10]`,
    `id: rounded, name: { zh: 压力 }, ${at("Rounded")}, unit: bar, range: [0.1, 9.9]`,
    `id: symbol, name: { zh: 流量 }, ${at("Symbol")}, unit: L/min`,
    `id: bare, name: { zh: 量, en: No unit }, ${at("NoUnit")}, unit: kPa`,
    `id: speed, name: { zh: 转速, en: rpm }, ${at("Rpm")}, unit: "{rev}/min"`,
    `id: open-ended, name: { zh: 压力, en: No range }, ${at("NoRange")}, unit: bar, range: [0, 3]`,
    `id: gone, name: { zh: 无 }, ${at("Gone")}, unit: kPa`,
    `id: elsewhere, name: { zh: 无 }, address: { node: "nsu=urn:nowhere;s=Temp" }, unit: kPa`,
  ]);
  expect(await warnings(points)).toEqual([]);
});

test("another unit is told with both words and the remedy, and no range beside it", async () => {
  expect(await warnings(pointsOf([temperature("unit: K, range: [0, 100]")]))).toEqual([
    "p/l/oven/temp (nsu=urn:pilotline:test;s=Temp, “Oven temperature, zone 1”): the server's EngineeringUnits say “°C” (UNECE CEL, UCUM Cel), plant.yaml says `unit: K`; write `unit: Cel`, or correct the server or the node.",
  ]);
  const pressure = (unit: string) => pointsOf([`id: p, name: { zh: 压力, en: Pressure }, ${at("Pressure")}, ${unit}`]);
  expect((await warnings(pressure("unit: kPa")))[0]).toContain(
    "“bar” (UNECE BAR, UCUM bar), plant.yaml says `unit: kPa`; write `unit: bar`, or scale the values with `scale: { factor: 100 }`.",
  );
  // Forgotten in plant.yaml.
  expect((await warnings(pressure("decimals: 1")))[0]).toContain("plant.yaml says `unit: 1`; write `unit: bar`");
});

test("a unit that is unknown here is compared by its symbol", async () => {
  const odd = (unit: string) => pointsOf([`id: odd, name: { zh: 长 }, ${at("Odd")}, unit: ${unit}`]);
  expect((await warnings(odd("m")))[0]).toContain(
    "say “furlong”, plant.yaml says `unit: m`; it is no unit that is known here",
  );
});

test("another range is told; with a scale it is compared after scaling, and the unit is not", async () => {
  expect(await warnings(pointsOf([temperature("unit: Cel, range: [0, 150]")]))).toEqual([
    "p/l/oven/temp (nsu=urn:pilotline:test;s=Temp, “Oven temperature, zone 1”): the server's EURange is 0 to 200, plant.yaml says `range: [0, 150]` in Cel; correct the one that is wrong, for a value outside of plant.yaml's range is uncertain.",
  ]);
  const scaled = (range: string) =>
    pointsOf([
      `id: p, name: { zh: 压力, en: Pressure }, ${at("Pressure")}, unit: kPa, scale: { factor: 100, offset: -50 }, range: ${range}`,
    ]);
  expect(await warnings(scaled("[-50, 950]"))).toEqual([]);
  expect((await warnings(scaled("[0, 1000]")))[0]).toContain(
    "EURange is 0 to 10, -50 to 950 after scaling, plant.yaml",
  );
});

test("states of the server and of state.map are held against each other, wherever the server keeps their names", async () => {
  const state = (node: string, type: string, map: string) =>
    warnings(
      pointsOf(
        [`id: mode, name: { zh: 状态, en: Mode phase door }, ${at(node)}, type: ${type}, meaning: state`],
        `state: { tag: mode, map: ${map} }`,
      ),
    );
  expect(await state("Mode", "int", '{ "0": SBY, "1": PRD, "2": UDT }')).toEqual([]);
  expect(await state("Mode", "int", '{ "0": SBY, "1": PRD, "7": ENG }')).toEqual([
    "p/l/oven/mode (nsu=urn:pilotline:test;s=Mode, “Mode”): the server has the states 2 “fault”, which state.map of oven does not list; add them, for a state that is not listed is unknown (UNK).",
    "p/l/oven/mode (nsu=urn:pilotline:test;s=Mode, “Mode”): state.map of oven lists 7 (ENG), the server has only 0 “idle”, 1 “running”, 2 “fault”; correct the map or the node.",
  ]);
  // The enumeration of the data type.
  expect(await state("Phase", "int", '{ "10": PRD, "20": PRD }')).toEqual([]);
  expect((await state("Phase", "int", '{ "10": PRD }'))[0]).toContain("20 “hold”");
  // The two states.
  expect(await state("Door", "bool", '{ "true": SBY, "false": PRD }')).toEqual([]);
  expect((await state("Door", "bool", '{ "false": PRD }'))[0]).toContain("true “open”");
});

test("names that share no word are told once for the device; another wording or language is no difference", async () => {
  const points = pointsOf([
    `id: t1, name: { zh: 烘箱温度, en: Oven temperature }, ${at("P7")}, unit: Cel`,
    `id: t2, name: { zh: 烘箱温度 }, ${at("中文")}, unit: Cel`,
    // The server's English and our Chinese have nothing to compare.
    `id: "3", name: { zh: 温度 }, ${at("Temp")}, unit: Cel`,
    `id: zone_temp, name: { zh: 温度, en: T }, ${at("Temp")}, unit: Cel`,
  ]);
  expect(await warnings(points)).toEqual([
    `The server's names share no word with plant.yaml's: p/l/oven/t1 “Oven temperature” is nsu=${uri};s=P7 “Blower vibration”; p/l/oven/t2 “烘箱温度” is nsu=${uri};s=中文 “出口压差”; check that these are the right nodes, or take the server's words into the names.`,
  ]);
});

test("a server that does not let itself be asked has no words; a stop rejects", async () => {
  const open = await openPlant(folder.path, server.port);
  const points = pointsOf([temperature("unit: K")]);
  await expect(compareWithServer(open, points, env(), AbortSignal.abort(new Error("stop")))).rejects.toThrow("stop");
  await open[Symbol.asyncDispose]();
  expect(await compareWithServer(open, points, env(), never)).toEqual([]);
});

test("thousands of nodes are asked in few calls within the server's limits, and the list is short", async () => {
  const names = Array.from({ length: 1_200 }, (_, i) => `A${i}`);
  await using large = await startPlantServer(folder.path, {
    fill: (namespace) => {
      for (const name of names) {
        namespace.addAnalogDataItem({
          organizedBy: namespace.addressSpace.rootFolder.objects,
          browseName: name,
          nodeId: `s=${name}`,
          dataType: DataType.Double,
          engineeringUnitsRange: { low: 0, high: 1 },
          engineeringUnits: standardUnits.bar,
        } as AnalogItem);
      }
    },
    operationLimits: { maxNodesPerRead: 400, maxNodesPerTranslateBrowsePathsToNodeIds: 300 },
  });
  const points = pointsOf(names.map((name) => `id: ${name}, name: { zh: 量 }, ${at(name)}, unit: kPa, range: [0, 1]`));
  await using open = await openPlant(folder.path, large.port);
  large.forget();
  const told = await compareWithServer(open, points, env(), never);
  expect(told.length).toBe(51);
  expect(told.at(-1)).toBe("and 1150 more differences between the server and plant.yaml.");
  const most = (service: string) => Math.max(...large.asked.filter(([name]) => name === service).map(([, n]) => n));
  expect(most("Read")).toBe(400);
  expect(most("TranslateBrowsePathsToNodeIds")).toBe(300);
  expect(large.asked.length).toBeLessThan(30);
});

test("the driver's diagnosis shows the differences while it is subscribed", async () => {
  const driver = (await opcua.load(env(folder.path))).driver(opcuaDevice(server.port));
  const stopping = new AbortController();
  await driver.connect(never);
  const running = driver.subscribe?.(pointsOf([temperature("unit: K")]), () => {}, stopping.signal);
  const warnings = () => driver.diagnosis().warnings.join("\n");
  await expect.poll(warnings, { timeout: 20_000 }).toContain("plant.yaml says `unit: K`");
  stopping.abort();
  await running;
  await driver[Symbol.asyncDispose]();
});
