import { DataType, StatusCodes } from "node-opcua";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { opcua } from "../../gateway/drivers/opcua/module.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { env } from "./modbusDevices.ts";
import { node, opcuaDevice, subscribe } from "./opcuaBench.ts";
import { double, startOpcuaServer, startProxy, type TestServer, uri } from "./opcuaServer.ts";

const never = new AbortController().signal;

describe("OPC UA driver against a node-opcua server", () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let server: TestServer;
  beforeAll(async () => {
    folder = await temporaryFolder();
    server = await startOpcuaServer(folder.path, {
      nodes: {
        a: double(1),
        b: double(1),
        c: double(1),
        wide: { dataType: DataType.Int64, value: [0x7fffffff, 0xffffffff] },
        int64: { dataType: DataType.Int64, value: [0xffffffff, 0xfffffffe] },
        flag: { dataType: DataType.Boolean, value: true },
        text: { dataType: DataType.String, value: "运行" },
        nan: double(Number.NaN),
        point: { dataType: DataType.LocalizedText, value: { text: "run" } },
        ...Object.fromEntries(Array.from({ length: 35 }, (_, i) => [`many${i}`, double(i)])),
      },
    });
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });

  test("gives every type with its source time, 64 bits exactly", async () => {
    const at = new Date("2026-01-02T03:04:05.678Z");
    for (const name of ["wide", "int64", "flag", "text", "nan", "point"]) {
      const value = {
        wide: [0x7fffffff, 0xffffffff],
        int64: [0xffffffff, 0xfffffffe],
        flag: true,
        text: "运行",
        nan: Number.NaN,
        point: { text: "run" },
      }[name];
      const dataType = {
        wide: DataType.Int64,
        int64: DataType.Int64,
        flag: DataType.Boolean,
        text: DataType.String,
        nan: DataType.Double,
        point: DataType.LocalizedText,
      }[name];
      server.set(name, { dataType: dataType as DataType, value }, at);
    }
    const names = ["wide", "int64", "flag", "text", "nan", "point"];
    await using run = await subscribe(
      folder.path,
      server.port,
      names.map((name) => node(name)),
    );
    await run.until(() => run.readings.every((list) => list.length > 0));
    const first = run.readings.map((list) => list[0]);
    expect(first.map((reading) => reading?.value)).toEqual([
      "9223372036854775807",
      -2,
      true,
      "运行",
      Number.NaN,
      "run",
    ]);
    expect(new Set(first.map((reading) => reading?.at))).toEqual(new Set([at.getTime()]));
  });

  test("no change between two publishes is lost, and their order holds", async () => {
    await using run = await subscribe(folder.path, server.port, [node("a")], { publishMs: 400 });
    await run.until(() => run.readings[0]!.length > 0);
    const start = Date.now();
    for (let i = 1; i <= 200; i++) server.set("a", double(1_000 + i), new Date(start + i));
    await run.until(() => run.readings[0]!.at(-1)?.value === 1_200);
    const values = run.readings[0]!.map(({ value }) => value).filter((value) => Number(value) > 1_000);
    expect(values).toEqual(Array.from({ length: 200 }, (_, i) => 1_001 + i));
  });

  test("`every` gets each new source time of an unchanged value, `change` only the changes", async () => {
    await using run = await subscribe(folder.path, server.port, [node("b", "every"), node("c", "change")]);
    await run.until(() => run.readings.every((list) => list.length > 0));
    const start = Date.now() + 1_000;
    for (let i = 1; i <= 5; i++) {
      server.set("b", double(42), new Date(start + i));
      server.set("c", double(42), new Date(start + i));
    }
    server.set("c", double(43), new Date(start + 9));
    await run.until(() => run.readings[0]!.at(-1)?.at === start + 5 && run.readings[1]!.at(-1)?.value === 43);
    expect(run.readings[0]!.slice(-5).map(({ at }) => at - start)).toEqual([1, 2, 3, 4, 5]);
    expect(run.readings[1]!.map(({ value }) => value)).toEqual([1, 42, 43]);
  });

  test("quality follows the two top bits of the StatusCode: Good with further bits is good", async () => {
    await using run = await subscribe(folder.path, server.port, [node("a")]);
    await run.until(() => run.readings[0]!.length > 0);
    const start = Date.now() + 3_000;
    const codes = [
      StatusCodes.GoodLocalOverride,
      StatusCodes.UncertainEngineeringUnitsExceeded,
      StatusCodes.BadSensorFailure,
      StatusCodes.BadNoCommunication,
      StatusCodes.Good,
    ];
    for (const [i, code] of codes.entries())
      server.set("a", double(i), new Date(start + i), code as typeof StatusCodes.Good);
    await run.until(() => run.readings[0]!.at(-1)?.at === start + 4);
    expect(
      run.readings[0]!.slice(-5).map(({ quality, value, ...more }) => [
        quality,
        value,
        "reason" in more ? more.reason : undefined,
      ]),
    ).toEqual([
      ["good", 0, undefined],
      ["uncertain", 1, "OUT_OF_RANGE"],
      ["bad", null, "DEVICE_FAULT"],
      ["bad", null, "NOT_CONNECTED"],
      ["good", 4, undefined],
    ]);
  });

  test("a node that does not exist is bad ADDRESS_UNKNOWN and harms no other", async () => {
    const points = [node("nothing"), node("a"), { ...node("a"), address: { node: "nsu=urn:nowhere;s=a" } }];
    await using run = await subscribe(folder.path, server.port, points);
    await run.until(() => run.readings.every((list) => list.length > 0));
    expect(
      run.readings
        .map((list) => list[0])
        .map((reading) => (reading?.quality === "bad" ? reading.reason : reading?.quality)),
    ).toEqual(["ADDRESS_UNKNOWN", "good", "ADDRESS_UNKNOWN"]);
  });

  test("what was sent while the connection was away is not lost: a keep-alive, a lost message, a cut (issue 1.4.1 of node-opcua 2.186)", async () => {
    await using proxy = await startProxy(server.port);
    server.set("b", double(1), new Date());
    await using run = await subscribe(folder.path, proxy.port, [node("b")], { publishMs: 100 });
    await run.until(() => run.readings[0]!.length > 0);
    // An idle tag: long enough for a keep-alive, which comes after 5 s of silence.
    await new Promise((resolve) => setTimeout(resolve, 6_000));
    proxy.mute(true);
    server.set("b", double(100), new Date());
    await new Promise((resolve) => setTimeout(resolve, 300));
    server.set("b", double(101), new Date());
    await new Promise((resolve) => setTimeout(resolve, 300));
    proxy.cut();
    proxy.mute(false);
    await run.until(() => run.readings[0]!.at(-1)?.value === 101);
    expect(run.readings[0]!.map(({ value }) => value)).toContain(100);
  });

  test("a connection that falls silent rejects with TIMEOUT within 10 s", async () => {
    await using proxy = await startProxy(server.port);
    await using run = await subscribe(folder.path, proxy.port, [node("c")]);
    await run.until(() => run.readings[0]!.length > 0);
    const began = performance.now();
    proxy.mute(true);
    expect(await run.ended).toMatchObject({ code: "TIMEOUT" });
    expect(performance.now() - began).toBeLessThan(10_000);
  });

  test("the certificates of the client lie in the folder that it was given", async () => {
    await using run = await subscribe(folder.path, server.port, [node("a")]);
    await run.until(() => run.readings[0]!.length > 0);
    const { existsSync } = await import("node:fs");
    expect(existsSync(`${folder.path}/opcua/own`)).toBe(true);
  });
});

describe("OPC UA driver and a server that is restarted", () => {
  test("limits of the server are kept, a restart is noticed, and namespaces are found by URI again", async () => {
    await using folder = await temporaryFolder();
    const nodes = Object.fromEntries(Array.from({ length: 35 }, (_, i) => [`many${i}`, double(i)]));
    const points = Object.keys(nodes).map((name) => node(name));
    const first = await startOpcuaServer(folder.path, { nodes, maxMonitoredItemsPerCall: 10 });
    const values = (readings: Awaited<ReturnType<typeof subscribe>>["readings"]) =>
      readings.map((list) => list[0]?.value);
    const all = Array.from({ length: 35 }, (_, i) => i);
    {
      await using run = await subscribe(folder.path, first.port, points);
      await run.until(() => run.readings.every((list) => list.length > 0));
      expect(values(run.readings)).toEqual(all);
      await first[Symbol.asyncDispose]();
      expect(await run.ended).toMatchObject({ verdict: "retry" });
    }
    await using second = await startOpcuaServer(folder.path, {
      nodes,
      port: first.port,
      before: ["urn:other:1", "urn:other:2"],
    });
    expect(second.port).toBe(first.port);
    await using again = await subscribe(folder.path, second.port, points);
    await again.until(() => again.readings.every((list) => list.length > 0));
    expect(values(again.readings)).toEqual(all);
    expect(uri).toMatch(/^urn:/);
  });

  test("an absent server rejects the connection in time and leaves the driver usable", async () => {
    await using folder = await temporaryFolder();
    const world = env(folder.path);
    const driver = (await opcua.load(world)).driver(opcuaDevice(1));
    await expect(driver.connect(AbortSignal.timeout(2_000))).rejects.toBeDefined();
    await driver[Symbol.asyncDispose]();
    await expect(driver.read([node("a")], never)).rejects.toMatchObject({ code: "NOT_CONNECTED" });
  });
});
