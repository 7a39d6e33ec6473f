import { DataType, type UAObject } from "node-opcua";
import { describe, expect, test } from "vitest";
import { instant } from "#shared/model/time.ts";
import { createEventTimes } from "../../gateway/drivers/opcua/eventTimes.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { type Alarm, addAlarms, listen } from "./opcuaAlarms.ts";
import { openPlant, type PlantServer, startPlantServer } from "./opcuaPlantServer.ts";
import { startProxy, uri } from "./opcuaServer.ts";
import { missing, startPeer } from "./pythonPeer.ts";

const server = "i=2253";
const condition = (name: string) => `nsu=${uri};s=${name}Alarm`;

type Alarms = Readonly<Record<string, Alarm>>;

async function startAlarms(
  folder: string,
  names: readonly string[],
  port?: number,
): Promise<{ plant: PlantServer; alarms: Alarms; at: (name: string) => Alarm }> {
  let alarms: Alarms = {};
  const fill: Parameters<typeof startPlantServer>[1]["fill"] = (namespace) => {
    alarms = addAlarms(namespace, names);
  };
  const plant = await startPlantServer(folder, port === undefined ? { fill } : { fill, port });
  const at = (name: string): Alarm => {
    const alarm = alarms[name];
    if (!alarm) throw new Error(`no alarm ${name}`);
    return alarm;
  };
  return { plant, alarms, at };
}

const serverObject = ({ addressSpace }: PlantServer): UAObject => addressSpace.rootFolder.objects.server;

describe("alarms and conditions of a server", () => {
  test("what stands is told first and marked, then what is new, each with its time, state and words", async () => {
    await using folder = await temporaryFolder();
    const { plant, at } = await startAlarms(folder.path, ["A", "B"]);
    await using _plant = plant;
    at("A").set(95);
    await using open = await openPlant(folder.path, plant.port);
    const run = await listen(open, server);
    const [standing, list] = run.events();
    expect(standing).toMatchObject({
      v: 1,
      kind: "condition",
      conditionId: condition("A"),
      branchId: null,
      eventType: "i=9482",
      source: `nsu=${uri};s=A`,
      name: "A level",
      input: `nsu=${uri};s=A`,
      limit: "High",
      enabled: true,
      active: true,
      acked: false,
      suppressed: false,
      shelved: null,
      retain: true,
      quality: "good",
      refresh: true,
    });
    expect(list).toMatchObject({ kind: "standing", conditions: [condition("A")] });
    expect(run.readings.length).toBe(2);
    expect(run.readings.every(({ quality }) => quality === "good")).toBe(true);
    expect(run.readings[0]?.at).toBe(standing?.at);

    const before = Date.now();
    at("B").set(120);
    const isB = () => run.conditions().find(({ conditionId }) => conditionId === condition("B"));
    await run.until(() => isB() !== undefined);
    expect(isB()).toMatchObject({
      active: true,
      limit: "HighHigh",
      message: expect.stringContaining("120"),
      refresh: false,
    });
    expect(Math.abs((isB()?.at ?? 0) - before)).toBeLessThan(10_000);

    at("A").set(50);
    const ofA = () => run.conditions().filter(({ conditionId, refresh }) => conditionId === condition("A") && !refresh);
    await run.until(() => ofA().some(({ active }) => active === false));
    // The state that nobody has acknowledged stays behind as a branch.
    expect(ofA().find(({ branchId }) => branchId !== null)).toMatchObject({ active: true, acked: false });
    expect(ofA().find(({ branchId }) => branchId === null)).toMatchObject({ active: false });
    // The server was asked to tell, and for nothing else.
    expect(plant.asked.filter(([service]) => service === "Call").length).toBe(1);
    expect(at("A").alarm.ackedState.id.readValue().value.value).toBe(true);
    expect(at("B").alarm.ackedState.id.readValue().value.value).toBe(false);
  });

  test("events that are no conditions are left out", async () => {
    await using folder = await temporaryFolder();
    const { plant, at } = await startAlarms(folder.path, ["A"]);
    await using _plant = plant;
    await using open = await openPlant(folder.path, plant.port);
    const run = await listen(open, server);
    for (const type of ["BaseEventType", "DeviceFailureEventType", "AuditEventType"]) {
      serverObject(plant).raiseEvent(type, {
        sourceName: { dataType: DataType.String, value: "x" },
        message: { dataType: DataType.LocalizedText, value: { text: type } },
      });
    }
    at("A").set(-1);
    await run.until(() => run.conditions().length > 0);
    expect(run.events().map((event) => (event.kind === "condition" ? event.limit : event.conditions))).toEqual([
      [],
      "LowLow",
    ]);
  });

  test("a server that asks for it is asked again what stands", async () => {
    await using folder = await temporaryFolder();
    const { plant, at } = await startAlarms(folder.path, ["A"]);
    await using _plant = plant;
    await using open = await openPlant(folder.path, plant.port);
    const run = await listen(open, server);
    at("A").set(95);
    serverObject(plant).raiseEvent("RefreshRequiredEventType", {});
    const lists = () => run.events().filter((event) => event.kind === "standing");
    await run.until(() => lists().length === 2);
    expect(lists().map(({ conditions }) => conditions)).toEqual([[], [condition("A")]]);
    const [news, repeat] = run.conditions();
    expect([news?.refresh, repeat?.refresh]).toEqual([false, true]);
    expect(repeat?.eventId).toBe(news?.eventId);
    // Both are one event: the same time, so that a store keeps it once.
    const times = run.readings.filter(({ value }) => String(value).includes(news?.eventId ?? "-")).map(({ at }) => at);
    expect(new Set(times).size).toBe(1);
  });

  test("after a break what stands is told again, with what was raised meanwhile", async () => {
    await using folder = await temporaryFolder();
    const { plant, at } = await startAlarms(folder.path, ["A", "B"]);
    await using _plant = plant;
    await using proxy = await startProxy(plant.port);
    await using open = await openPlant(folder.path, proxy.port);
    const run = await listen(open, server);
    at("A").set(95);
    await run.until(() => run.conditions().length === 1);
    proxy.cut();
    at("B").set(95);
    const lists = () => run.events().filter((event) => event.kind === "standing");
    await run.until(() => lists().length === 2);
    expect(lists()[1]?.conditions?.toSorted()).toEqual([condition("A"), condition("B")]);
  });

  test("a server that was restarted is asked anew, and what it no longer tells has ended", async () => {
    await using folder = await temporaryFolder();
    const { plant, at } = await startAlarms(folder.path, ["A", "B"]);
    at("A").set(95);
    await using open = await openPlant(folder.path, plant.port);
    const run = await listen(open, server);
    await plant[Symbol.asyncDispose]();
    const again = await startAlarms(folder.path, ["A", "B"], plant.port);
    await using _again = again.plant;
    again.at("B").set(95);
    const lists = () => run.events().filter((event) => event.kind === "standing");
    await run.until(() => lists().length === 2);
    expect(lists().map(({ conditions }) => conditions)).toEqual([[condition("A")], [condition("B")]]);
  });

  test("a server that cannot tell what stands says so, and still reports", async () => {
    await using folder = await temporaryFolder();
    await using plant = await startPlantServer(folder.path, { fill: () => {} });
    await using open = await openPlant(folder.path, plant.port);
    const run = await listen(open, server);
    expect(run.events()).toMatchObject([{ kind: "standing", conditions: null }]);
  });

  test("a notifier that the server does not have is bad", async () => {
    await using folder = await temporaryFolder();
    const { plant } = await startAlarms(folder.path, ["A"]);
    await using _plant = plant;
    await using open = await openPlant(folder.path, plant.port);
    const nothing = await listen(open, `nsu=${uri};s=nothing`);
    expect(nothing.readings).toMatchObject([{ quality: "bad", value: null, reason: "ADDRESS_UNKNOWN" }]);
  });

  test("an object below the server reports what belongs to it; its server frames no refresh there", async () => {
    await using folder = await temporaryFolder();
    const { plant, at } = await startAlarms(folder.path, ["A"]);
    await using _plant = plant;
    at("A").set(95);
    await using open = await openPlant(folder.path, plant.port);
    const run = await listen(open, `nsu=${uri};s=Tank`);
    expect(run.events()).toMatchObject([
      { conditionId: condition("A"), refresh: true },
      { kind: "standing", conditions: null },
    ]);
    at("A").set(120);
    await run.until(() => run.conditions().length === 2);
    expect(run.conditions()[1]).toMatchObject({ limit: "HighHigh", refresh: false });
  });
});

test("events of one millisecond get times of their own, and keep them when they are told again", () => {
  const times = createEventTimes();
  const of = (id: string, at: number) => times.of(id, instant(at));
  expect([of("a", 5), of("b", 5), of("c", 6), of("d", 5)]).toEqual([5, 6, 7, 8]);
  expect([of("b", 5), of("a", 5), of("d", 5), of("c", 6)]).toEqual([6, 5, 8, 7]);
});

const noPeer = missing("asyncua");
test.skipIf(noPeer)(`alarms of asyncua${noPeer ? ` (${noPeer})` : ""}`, async () => {
  await using folder = await temporaryFolder();
  await using peer = await startPeer("opcuaAlarmPeer.py");
  await peer.ask("on");
  await using open = await openPlant(folder.path, peer.port);
  const run = await listen(open, server);
  await peer.ask("plain");
  await peer.ask("off");
  await run.until(() => run.conditions().length === 2);
  expect(run.events().map(({ kind }) => kind)).toEqual(["condition", "standing", "condition"]);
  const [on, off] = run.conditions();
  expect(on).toMatchObject({
    conditionId: condition("Tank"),
    branchId: null,
    eventType: "i=9482",
    source: `nsu=${uri};s=Tank`,
    sourceName: "Tank",
    name: "Tank level",
    message: "液位高",
    severity: 700,
    enabled: true,
    active: true,
    limit: "High",
    acked: false,
    retain: true,
    quality: "uncertain",
    comment: "seen",
    refresh: true,
  });
  expect(off).toMatchObject({ active: false, retain: false, message: "正常", refresh: false });
  expect(run.events()[1]).toMatchObject({ conditions: [condition("Tank")] });
});
