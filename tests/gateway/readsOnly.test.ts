// Monitoring only (D13), seen from the devices: every service and function code that arrives at them is one that reads.
import { AttributeIds, DataType, OPCUAClient } from "node-opcua";
import { expect, test } from "vitest";
import { systemClock } from "#shared/kit/clock.ts";
import type { OpcuaAddress } from "#shared/plant/protocols/opcua.ts";
import type { Point } from "../../gateway/driver.ts";
import { sweep } from "../../gateway/drivers/modbus/probe/sweep.ts";
import { parseTarget } from "../../gateway/drivers/modbus/probe/target.ts";
import { opcua } from "../../gateway/drivers/opcua/module.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { runCommand } from "./browseCommand.ts";
import { startBrowseServer } from "./browseServer.ts";
import { device, env, openOne, point, uint16 } from "./modbusDevices.ts";
import { type Act, type Asked, startModbusServer } from "./modbusServer.ts";
import { node, opcuaDevice } from "./opcuaBench.ts";
import { startValve } from "./valve.ts";

const never = new AbortController().signal;

/** Of OPC 10000-4: discovery, channel, session, browsing, reading, subscriptions. */
const readingServices = [
  /^(GetEndpoints|FindServers)$/,
  /^(CreateSession|ActivateSession|CloseSession|Cancel)$/,
  /^(Browse|BrowseNext|TranslateBrowsePathsToNodeIds)$/,
  /^(Read|HistoryRead)$/,
  /^(Create|Modify|Transfer|Delete)Subscriptions?$/,
  /^(Create|Modify|Delete)MonitoredItems$/,
  /^(SetMonitoringMode|SetTriggering|SetPublishingMode|Publish|Republish)$/,
  // Asks for the alarms that stand: ConditionRefresh and ConditionRefresh2 change nothing (OPC 10000-9, 5.5.7).
  /^Call ns=0;i=(3875|12912)$/,
];

const changes = (service: string): boolean => !readingServices.some((reading) => reading.test(service));

test("the recorder would see a write and a call of a method", async () => {
  await using folder = await temporaryFolder();
  await using server = await startBrowseServer(folder.path);
  const client = OPCUAClient.create({ endpointMustExist: false });
  await client.connect(`opc.tcp://127.0.0.1:${server.port}`);
  const session = await client.createSession();
  await session.write({
    nodeId: "ns=3;s=Oven.Temp",
    attributeId: AttributeIds.Value,
    value: { value: { dataType: DataType.Double, value: 1 } },
  });
  // GetMonitoredItems of the server object.
  await session.call({ objectId: "i=2253", methodId: "i=11492", inputArguments: [] });
  await client.disconnect();
  expect(server.services.filter(changes)).toEqual(["Write", "Call ns=0;i=11492"]);
});

test("an OPC UA server is asked for nothing but reading, through losses, history, events and browsing", async () => {
  await using folder = await temporaryFolder();
  await using server = await startBrowseServer(folder.path);
  await using valve = await startValve(server.port);
  const driver = (await opcua.load(env(folder.path))).driver(opcuaDevice(valve.port));
  const events: Point<OpcuaAddress> = { address: { events: "i=2253" }, report: "change" };
  const percent = { ...node("Oven.Temp"), deadband: { raw: 1, percent: 1 } };
  const points = [percent, node("Oven.Mode", "every"), { ...node("Dryer.Phase"), period: 200 }, node("none"), events];

  await driver.connect(never);
  await driver.read([node("Oven.Temp"), node("Oven.Mode"), node("none")], never);
  /** Until the first values are there, and then until the connection is lost or the end. */
  const subscribe = async (stop: AbortSignal) => {
    const { promise: begun, resolve } = Promise.withResolvers<void>();
    const running = driver
      .subscribe?.(points as readonly Point<OpcuaAddress>[], () => resolve(), stop)
      .then(
        () => "ended",
        () => "lost",
      );
    await begun;
    return { running };
  };
  const first = await subscribe(never);
  await valve.shut();
  expect(await first.running).toBe("lost");
  await valve.open();
  await driver.connect(never);
  const stop = new AbortController();
  const second = await subscribe(stop.signal);
  driver.diagnosis();
  stop.abort();
  expect(await second.running).toBe("ended");
  await driver[Symbol.asyncDispose]();

  await runCommand(folder.path, valve.port, "--values", "--properties");
  await runCommand(folder.path, valve.port, "--write-plant", "-", "--whole", "--profile", "auto");

  const asked = [...new Set(server.services)];
  expect(asked.filter(changes)).toEqual([]);
  // It was a whole run, seen by the recorder.
  expect(asked).toEqual(
    expect.arrayContaining([
      "CreateSession",
      "Read",
      "Browse",
      "CreateSubscription",
      "CreateMonitoredItems",
      "Publish",
    ]),
  );
}, 60_000);

test("a Modbus device gets no function code but 1 to 4, through losses, refusals and the probe", async () => {
  let act: (asked: Asked) => Act = ({ functionCode, count, start }) => {
    if (start >= 100) return { exception: 2 };
    return functionCode <= 2 ? { bits: Array(count).fill(true) } : { registers: Array(count).fill(7) };
  };
  await using server = await startModbusServer((asked) => act(asked));
  const answering = act;
  await using driver = await openOne(device(server.port, { timeoutMs: 300 }));
  const points = [
    uint16(0),
    uint16(120),
    point({ table: "input", register: 4, format: "float32" }),
    point({ table: "coil", register: 3 }),
    point({ table: "discrete", register: 9 }),
  ];
  const read = () => driver.read(points, never).catch(() => []);
  await driver.connect(never);
  await read();
  // A device that does not know a function is not asked for it again: last.
  const wrongs = [
    "silence",
    "reset",
    "end",
    { exception: 6 },
    { exception: 11 },
    { exception: 4 },
    { exception: 1 },
  ] as const;
  for (const wrong of wrongs) {
    act = () => wrong;
    await read();
    act = answering;
    await driver.connect(never).catch(() => {});
    await read();
  }
  for (const table of ["coil", "discrete", "holding", "input"]) {
    const target = parseTarget(`modbus://127.0.0.1:${server.port}/1?table=${table}&from=90&count=20&timeoutMs=300`);
    await sweep(target, systemClock, never).catch(() => undefined);
  }
  const codes = [...new Set(server.asked.map(({ functionCode }) => functionCode))].sort();
  expect(codes).toEqual([1, 2, 3, 4]);
  expect(server.asked.length).toBeGreaterThan(15);
}, 60_000);
