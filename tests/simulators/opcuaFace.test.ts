import { once } from "node:events";
import { createServer } from "node:net";
import {
  AttributeIds,
  ClientSubscription,
  DataChangeFilter,
  DataChangeTrigger,
  DataType,
  type DataValue,
  DeadbandType,
  StatusCodes,
  TimestampsToReturn,
} from "node-opcua";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { silentLog } from "#shared/kit/log.ts";
import { instant, seconds } from "#shared/model/time.ts";
import { serveOpcua } from "../../simulators/faces/opcua/server.ts";
import type { Faces } from "../../simulators/serve.ts";
import { bad, good, uncertain } from "../../simulators/signal.ts";
import { ManualClock } from "../fakes/clock.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { askPython, type OpenOpcua, openOpcua, pythonMissing, signal, startFaces } from "./rig.ts";

const patient = { timeout: 10_000 };
const at = instant(Date.parse("2024-05-06T07:08:09.123Z"));
const signals = [
  signal("temperature"),
  signal("state", { type: "string", unit: "" }),
  signal("mode", { type: "int", unit: "1", values: ["off", "on", "fault"] }),
  signal("count", { type: "int", unit: "1" }),
  signal("open", { type: "bool", unit: "" }),
  signal("energy", { unit: "kW.h", range: undefined }),
];
const readings = [good(21.5), good("running"), good(2), good(7), good(true), good(1234.5)];

describe("OPC UA face", () => {
  let faces: Faces;
  let client: OpenOpcua;
  beforeAll(async () => {
    faces = await startFaces(signals);
    faces.opcua.show(readings, at);
    client = await openOpcua(faces.opcua.endpoint);
  });
  afterAll(async () => {
    await client[Symbol.asyncDispose]();
    await faces[Symbol.asyncDispose]();
  });
  const read = (name: string, attributeId = AttributeIds.Value) =>
    client.session.read({ nodeId: client.node(`line.unit.${name}`), attributeId });

  test("values come with type, source time and status", async () => {
    const values = await Promise.all(signals.map(({ id }) => read(id)));
    expect(values.map(({ value }) => value.value)).toEqual([21.5, "running", 2, 7, true, 1234.5]);
    expect(values.map(({ value }) => DataType[value.dataType])).toEqual([
      "Double",
      "String",
      "UInt32",
      "Int32",
      "Boolean",
      "Double",
    ]);
    for (const value of values) {
      expect(value.statusCode).toEqual(StatusCodes.Good);
      expect(value.sourceTimestamp?.getTime()).toBe(at);
    }
  });

  test("an uncertain reading keeps its value, a bad one has none", async () => {
    faces.opcua.show([uncertain(20), bad, ...readings.slice(2)], at);
    const [temperature, state] = [await read("temperature"), await read("state")];
    expect([temperature.value.value, temperature.statusCode.name]).toEqual([20, "UncertainSensorNotAccurate"]);
    expect([state.value.value ?? null, state.statusCode.name]).toEqual([null, "BadSensorFailure"]);
    faces.opcua.show(readings, at);
    expect((await read("state")).value.value).toBe("running");
  });

  test("an analog item has its range and unit, an enumeration its words", async () => {
    const property = (name: string, browseName: string) =>
      propertyOf(client, client.node(`line.unit.${name}`), browseName);
    expect(await property("temperature", "EURange")).toMatchObject({ low: -100, high: 300 });
    const unit = await property("temperature", "EngineeringUnits");
    // "CEL" as number, OPC UA Part 8, 5.6.3.3.
    expect(unit).toMatchObject({ unitId: 4_408_652 });
    expect(unit.displayName.text).toBe("°C");
    expect((await property("mode", "EnumStrings")).map(({ text }: { text: string }) => text)).toEqual([
      "off",
      "on",
      "fault",
    ]);
  });

  test("names are there in both languages", async () => {
    expect((await read("temperature", AttributeIds.DisplayName)).value.value).toMatchObject({
      locale: "en",
      text: "point",
    });
    expect((await read("temperature", AttributeIds.Description)).value.value).toMatchObject({
      locale: "zh-CN",
      text: "测点",
    });
  });

  test("a client cannot write", async () => {
    const statusCode = await client.session.write({
      nodeId: client.node("line.unit.temperature"),
      attributeId: AttributeIds.Value,
      value: { value: { dataType: DataType.Double, value: 1 } },
    });
    expect(statusCode).toEqual(StatusCodes.BadNotWritable);
    expect((await read("temperature")).value.value).toBe(21.5);
  });

  test("a subscriber gets every change, also of an unchanged value with a new time, and the face sees him", async () => {
    const seen: (readonly [number, number | undefined])[] = [];
    const subscription = await client.session.createSubscription2({
      requestedPublishingInterval: 100,
      publishingEnabled: true,
    });
    const group = await subscription.monitorItems(
      [{ nodeId: client.node("line.unit.temperature"), attributeId: AttributeIds.Value }],
      {
        samplingInterval: 0,
        queueSize: 100,
        discardOldest: true,
        filter: new DataChangeFilter({
          trigger: DataChangeTrigger.StatusValueTimestamp,
          deadbandType: DeadbandType.None,
        }),
      },
      TimestampsToReturn.Both,
    );
    group.on("changed", (_item, value: DataValue) => seen.push([value.value.value, value.sourceTimestamp?.getTime()]));
    await expect.poll(() => seen.length, patient).toBe(1);
    expect(faces.opcua.subscribers.items()).toBe(1);
    expect(faces.opcua.subscribers.samplingMs()).toBe(0);
    expect(faces.opcua.subscribers.room()).toBe(100);
    const expected = Array.from({ length: 50 }, (_, i): readonly [number, number] => [
      i < 25 ? 30 : 31,
      at + 1_000 * (i + 1),
    ]);
    for (const [value, time] of expected) faces.opcua.show([good(value), ...readings.slice(1)], instant(time));
    expect(faces.opcua.subscribers.room()).toBe(50);
    await expect.poll(() => seen.length, patient).toBe(51);
    expect(seen.slice(1)).toEqual(expected);
    await subscription.terminate();
    await expect.poll(() => faces.opcua.subscribers.items(), patient).toBe(0);
    expect(faces.opcua.subscribers.room()).toBe(Number.POSITIVE_INFINITY);
  });

  test("bad readings in a row are one report where a client asks for a deadband, and the next good one comes", async () => {
    const seen: string[] = [];
    faces.opcua.show(readings, at);
    const subscription = await client.session.createSubscription2({
      requestedPublishingInterval: 50,
      publishingEnabled: true,
    });
    const group = await subscription.monitorItems(
      [{ nodeId: client.node("line.unit.temperature"), attributeId: AttributeIds.Value }],
      {
        samplingInterval: 0,
        queueSize: 10,
        discardOldest: true,
        filter: new DataChangeFilter({
          trigger: DataChangeTrigger.StatusValue,
          deadbandType: DeadbandType.Absolute,
          deadbandValue: 1,
        }),
      },
      TimestampsToReturn.Both,
    );
    group.on("changed", (_item, { statusCode }: DataValue) => seen.push(statusCode.name));
    await expect.poll(() => seen.length, patient).toBe(1);
    for (const second of [1, 2, 3]) faces.opcua.show([bad, ...readings.slice(1)], instant(at + 1_000 * second));
    faces.opcua.show(readings, instant(at + 4_000));
    await expect.poll(() => seen, patient).toEqual(["Good", "BadSensorFailure", "Good"]);
    await subscription.terminate();
  });

  test.skipIf(pythonMissing)(`asyncua sees the same ${pythonMissing ?? ""}`, async () => {
    faces.opcua.show(readings, at);
    const program = `
import asyncio, json, sys
from asyncua import Client, ua
async def main():
    async with Client(sys.argv[1]) as c:
        ns = await c.get_namespace_index("urn:pilotline:simulators")
        node = lambda name: c.get_node(f"ns={ns};s=line.unit.{name}")
        dv = await node("temperature").read_data_value()
        unit = await (await node("temperature").get_child("0:EngineeringUnits")).read_value()
        span = await (await node("temperature").get_child("0:EURange")).read_value()
        try:
            await node("temperature").write_value(3.0); written = "yes"
        except ua.UaStatusCodeError as error: written = type(error).__name__
        print(json.dumps([dv.Value.Value, dv.SourceTimestamp.isoformat(), unit.UnitId, unit.DisplayName.Text, [span.Low, span.High], await node("state").read_value(), await node("open").read_value(), written]))
asyncio.run(main())`;
    const said = await askPython(program, faces.opcua.endpoint);
    expect(said).toEqual([
      21.5,
      "2024-05-06T07:08:09.123000+00:00",
      4_408_652,
      "°C",
      [-100, 300],
      "running",
      true,
      "BadNotWritable",
    ]);
  });
});

test("nobody waits for ever for a subscriber that no longer fetches", async () => {
  await using folder = await temporaryFolder();
  const clock = new ManualClock();
  const options = { host: "127.0.0.1", port: 0, pkiFolder: folder.path };
  await using face = await serveOpcua(options, signals, { clock, log: silentLog });
  await using client = await openOpcua(face.endpoint);
  const subscription = await client.session.createSubscription2({
    requestedPublishingInterval: 100,
    publishingEnabled: false,
  });
  await subscription.monitorItems(
    [{ nodeId: client.node("line.unit.temperature"), attributeId: AttributeIds.Value }],
    { samplingInterval: 0, queueSize: 3, discardOldest: true },
    TimestampsToReturn.Both,
  );
  for (let i = 1; i <= 3; i++) face.show([good(i), ...readings.slice(1)], instant(i));
  expect(face.subscribers.room()).toBe(0);
  await clock.advance(seconds(9));
  expect(face.subscribers.room()).toBe(0);
  await clock.advance(seconds(2));
  expect(face.subscribers.room()).toBe(Number.POSITIVE_INFINITY);
});

test("a face with a subscriber closes quickly, and its port is free again", async () => {
  const faces = await startFaces(signals);
  const port = Number(new URL(faces.opcua.endpoint).port);
  await using client = await openOpcua(faces.opcua.endpoint);
  ClientSubscription.ignoreNextWarning = true;
  await client.session.createSubscription2({ requestedPublishingInterval: 100, publishingEnabled: true });
  const before = performance.now();
  await faces[Symbol.asyncDispose]();
  expect(performance.now() - before).toBeLessThan(3_000);
  const next = createServer().listen(port, "127.0.0.1");
  await once(next, "listening");
  next.close();
});

async function propertyOf({ session }: OpenOpcua, nodeId: string, browseName: string) {
  const browsed = await session.browse({ nodeId, referenceTypeId: "HasProperty", resultMask: 63 });
  const property = browsed.references?.find(({ browseName: name }) => name.name === browseName);
  if (!property) throw new Error(`${nodeId} has no property ${browseName}`);
  return (await session.read({ nodeId: property.nodeId, attributeId: AttributeIds.Value })).value.value;
}
