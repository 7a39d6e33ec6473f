import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { AttributeIds, resolveNodeId } from "node-opcua";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { instant } from "#shared/model/time.ts";
import { parsePlant } from "#shared/plant/load.ts";
import type { Plant, PlantTag } from "#shared/plant/plant.ts";
import { lengthOf, type ModbusAddress, type ModbusFormat } from "#shared/plant/protocols/modbus.ts";

import { plantAlarms, plantTags } from "#shared/plant/select.ts";
import { engineeringUnit } from "../../simulators/faces/opcua/units.ts";
import { demoPlantFile } from "../../simulators/plantFile/demo.ts";
import { plantNames, startPlants } from "../../simulators/plants/registry.ts";
import type { Faces } from "../../simulators/serve.ts";
import { namespaceUri, nodeName, type Reading } from "../../simulators/signal.ts";
import { type OpenOpcua, openModbus, openOpcua, startFaces } from "./rig.ts";

const file = fileURLToPath(new URL("../../plant.example.yaml", import.meta.url));
const text = await readFile(file, "utf8");
const running = startPlants(plantNames, 1);
const signals = running.flatMap((plant) => plant.signals);

test("plant.example.yaml is what `simulate all --write-plant` writes", () => {
  expect(text).toBe(demoPlantFile(running));
});

test("it has no mistakes, alarms on every line and a state and a meter on every machine", () => {
  const { plant, problems } = parsePlant(text, "plant.example.yaml", {});
  expect(problems).toEqual([]);
  const lines = plant?.lines ?? [];
  expect(lines.map(({ id }) => id)).toEqual(plantNames);
  for (const line of lines) {
    const own = plantAlarms(plant as Plant).filter(({ line: { id } }) => id === line.id);
    expect(own.length).toBeGreaterThanOrEqual(1);
    expect(
      own.some(({ rule }) => "deadband" in rule && rule.deadband > 0 && rule.onDelayMs > 0 && rule.response?.en),
    ).toBe(true);
    expect(line.equipment.filter(({ state, energyMeter }) => state && energyMeter).length).toBeGreaterThanOrEqual(7);
  }
});

test("every byte order, 16, 32 and 64 bits, floats and bits are among its addresses", () => {
  const { plant } = parsePlant(text, "plant.example.yaml", {});
  const seen = plantTags(plant as Plant).flatMap(({ device, address }) =>
    device.protocol === "modbus" ? [{ order: device.connection.byteOrder, ...(address as ModbusAddress) }] : [],
  );
  const has = <K extends keyof (typeof seen)[number]>(key: K) => [...new Set(seen.map((one) => one[key]))];
  expect(has("order")).toEqual(expect.arrayContaining(["ABCD", "CDAB", "BADC", "DCBA"]));
  expect(has("table")).toEqual(expect.arrayContaining(["coil", "discrete", "holding", "input"]));
  expect(has("format")).toEqual(
    expect.arrayContaining(["int16", "uint16", "int32", "uint32", "int64", "uint64", "float32", "float64", "bit"]),
  );
});

describe("read with independent clients", () => {
  let faces: Faces;
  let tags: readonly PlantTag[];
  let wanted: ReadonlyMap<string, Reading>;
  let client: OpenOpcua;
  beforeAll(async () => {
    faces = await startFaces(signals);
    // Into a run, so that few values are zero.
    for (const plant of running) plant.pass(170);
    const readings = running.flatMap((plant) => plant.readings());
    for (const face of [faces.opcua, faces.modbus]) face.show(readings, instant(1_700_000_000_000));
    wanted = new Map(signals.map((one, i) => [nodeName(one), readings[i] as Reading]));
    const environment = {
      PILOTLINE_SIM_OPCUA_PORT: new URL(faces.opcua.endpoint).port,
      PILOTLINE_SIM_MODBUS_PORT: String(faces.modbus.port),
    };
    tags = plantTags(parsePlant(text, "plant.example.yaml", environment).plant as Plant);
    client = await openOpcua(faces.opcua.endpoint);
  });
  afterAll(async () => {
    await client[Symbol.asyncDispose]();
    await faces[Symbol.asyncDispose]();
  });

  const expected = ({ line, equipment, config }: PlantTag): Reading =>
    wanted.get(`${line.id}.${equipment.id}.${config.id}`) as Reading;

  test("every OPC UA node is there with the value of its signal, every value has a tag", async () => {
    const ours = tags.filter(({ device }) => device.protocol === "opcua");
    const namespaceArray = await client.session.readNamespaceArray();
    const values = await client.session.read(
      ours.map(({ address, device }) => {
        expect(device.connection).toMatchObject({ endpoint: faces.opcua.endpoint });
        const node = "node" in address ? (address.node ?? "") : "";
        return { nodeId: resolveNodeId(node, { namespaceArray }), attributeId: AttributeIds.Value };
      }),
    );
    const got = values.map(({ value }) => value.value ?? null);
    expect(got).toEqual(ours.map((tag) => expected(tag).value));
    expect(ours.length).toBe(signals.filter(({ access }) => access.face === "opcua").length);
    expect(namespaceArray).toContain(namespaceUri);
  });

  test("range and unit of the nodes are those of the tags", async () => {
    const analog = tags.filter(({ device, config }) => device.protocol === "opcua" && config.range);
    const property = async (tag: PlantTag, name: string) => {
      const node = client.node(`${tag.line.id}.${tag.equipment.id}.${tag.config.id}`);
      const found = await client.session.translateBrowsePath({
        startingNode: node,
        relativePath: { elements: [{ referenceTypeId: "i=46", targetName: { namespaceIndex: 0, name } }] },
      } as never);
      const nodeId = found.targets?.[0]?.targetId;
      if (!nodeId) throw new Error(`${node} has no ${name}`);
      return (await client.session.read({ nodeId, attributeId: AttributeIds.Value })).value.value;
    };
    for (const tag of analog) {
      const { low, high } = await property(tag, "EURange");
      expect([low, high]).toEqual(tag.config.range);
      const { symbol } = engineeringUnit(tag.config.unit);
      expect((await property(tag, "EngineeringUnits")).displayName.text).toBe(symbol);
    }
    expect(analog.length).toBeGreaterThan(100);
  });

  test("every Modbus address gives the value of its signal after scaling", async () => {
    const ours = tags.filter(({ device }) => device.protocol === "modbus");
    expect(ours.length).toBe(signals.filter(({ access }) => access.face === "modbus").length);
    for (const tag of ours) {
      const { value } = expected(tag);
      const got = await readModbus(tag, faces.modbus.port);
      if (typeof value !== "number") expect(got, tag.id).toBe(value);
      else {
        const resolution = tag.config.scale?.factor ?? (isInteger(tag) ? 1 : Math.abs(value) * 1e-6);
        expect(Math.abs(Number(got) - value), tag.id).toBeLessThanOrEqual(resolution * 0.51 + 1e-9);
      }
    }
  });
});

const isInteger = ({ address }: PlantTag): boolean => "format" in address && /int/.test(address.format ?? "");

/** Reads one tag with modbus-serial and takes it apart here, without code of gateway or simulators. */
async function readModbus(tag: PlantTag, port: number): Promise<number | boolean | undefined> {
  if (tag.device.protocol !== "modbus") return undefined;
  const { unit, byteOrder } = tag.device.connection;
  const address = tag.address as ModbusAddress;
  const { table, register, format, bit } = address;
  await using open = await openModbus(port, unit);
  if (table === "coil") return (await open.client.readCoils(register, 1)).data[0];
  if (table === "discrete") return (await open.client.readDiscreteInputs(register, 1)).data[0];
  const words = lengthOf(address);
  const read =
    table === "input"
      ? open.client.readInputRegisters(register, words)
      : open.client.readHoldingRegisters(register, words);
  const bytes = Buffer.from((await read).buffer);
  if (format === "bit") return ((bytes.readUInt16BE() >> (bit ?? 0)) & 1) === 1;
  if (words > 1 && (byteOrder === "DCBA" || byteOrder === "BADC")) bytes.swap16();
  const straight =
    words > 1 && (byteOrder === "CDAB" || byteOrder === "DCBA")
      ? Buffer.concat(Array.from({ length: words }, (_, i) => bytes.subarray(2 * (words - 1 - i), 2 * (words - i))))
      : bytes;
  const readers: Partial<Record<ModbusFormat, () => number>> = {
    int16: () => straight.readInt16BE(),
    uint16: () => straight.readUInt16BE(),
    int32: () => straight.readInt32BE(),
    uint32: () => straight.readUInt32BE(),
    int64: () => Number(straight.readBigInt64BE()),
    uint64: () => Number(straight.readBigUInt64BE()),
    float32: () => straight.readFloatBE(),
    float64: () => straight.readDoubleBE(),
  };
  const raw = readers[format ?? "uint16"]?.() ?? Number.NaN;
  return raw * (tag.config.scale?.factor ?? 1) + (tag.config.scale?.offset ?? 0);
}
