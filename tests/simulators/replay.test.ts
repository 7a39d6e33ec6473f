import {
  AttributeIds,
  ClientMonitoredItemGroup,
  DataChangeFilter,
  DataChangeTrigger,
  type DataValue,
  DeadbandType,
  TimestampsToReturn,
} from "node-opcua";
import { describe, expect, test } from "vitest";
import { systemClock } from "#shared/kit/clock.ts";
import { silentLog } from "#shared/kit/log.ts";
import { instant } from "#shared/model/time.ts";
import { onModbus, type RecordedRow } from "../../simulators/replay/recording.ts";
import { type ReplayPace, replay } from "../../simulators/replay/replay.ts";
import { bad, good } from "../../simulators/signal.ts";
import { type OpenOpcua, openModbus, openOpcua, signal, startFaces } from "./rig.ts";

const patient = { timeout: 10_000, interval: 10 };
const start = Date.UTC(2020, 1, 8, 5, 30, 47);
const signals = [signal("flow"), signal("label", { type: "int", unit: "1" })];

type Rows = readonly [RecordedRow, ...RecordedRow[]];
const row = (second: number, flow: number | null = 5): RecordedRow => ({
  at: instant(start + second * 1_000),
  readings: [flow === null ? bad : good(flow), good(second % 2)],
});
/** Rows of one second, with holes, most of them repeating the value before. */
const manyRows = (count: number): Rows => [
  row(0),
  ...Array.from({ length: count - 1 }, (_, i) => row(i + 1 + Math.floor(i / 7) * 3, Math.floor(i / 10))),
];

type Seen = { at: number | undefined; value: unknown; status: string };

async function subscribe(
  { session, node }: OpenOpcua,
  parameters: { queueSize: number; samplingInterval: number },
  names = ["flow", "label"],
) {
  const seen = new Map<string, Seen[]>(names.map((name) => [name, []]));
  const subscription = await session.createSubscription2({
    requestedPublishingInterval: 100,
    maxNotificationsPerPublish: 10_000,
    publishingEnabled: true,
  });
  const group = ClientMonitoredItemGroup.create(
    subscription,
    names.map((name) => ({ nodeId: node(`line.unit.${name}`), attributeId: AttributeIds.Value })),
    {
      ...parameters,
      discardOldest: true,
      filter: new DataChangeFilter({
        trigger: DataChangeTrigger.StatusValueTimestamp,
        deadbandType: DeadbandType.None,
      }),
    },
    TimestampsToReturn.Both,
  );
  group.on("changed", (_item, { value, sourceTimestamp, statusCode }: DataValue, index) => {
    seen
      .get(names[index] ?? "")
      ?.push({ at: sourceTimestamp?.getTime(), value: value?.value ?? null, status: statusCode.name });
  });
  return seen;
}

async function replaying(rows: Rows, pace: Partial<ReplayPace>) {
  const faces = await startFaces(signals, onModbus(signals));
  const abort = new AbortController();
  const env = {
    faces: [faces.opcua, faces.modbus],
    subscribers: faces.opcua.subscribers,
    clock: systemClock,
    log: silentLog,
  };
  const end = replay(rows, { speed: 0, shift: "none", ...pace }, env, abort.signal);
  return {
    faces,
    end,
    abort,
    [Symbol.asyncDispose]: async () => {
      abort.abort();
      await end;
      await faces[Symbol.asyncDispose]();
    },
  };
}

const expected = (rows: Rows, column: number): Seen[] =>
  rows.map(({ at, readings }) => ({
    at,
    value: readings[column]?.value ?? null,
    status: readings[column]?.quality === "bad" ? "BadSensorFailure" : "Good",
  }));

describe("replay", () => {
  test("as fast as the subscriber takes it: every row once, in order, with its own time, whatever the queue", async () => {
    const rows = manyRows(500);
    await using run = await replaying(rows, {});
    await using client = await openOpcua(run.faces.opcua.endpoint);
    const seen = await subscribe(client, { queueSize: 30, samplingInterval: 0 });
    expect(await run.end).toEqual({ rows: 500, first: rows[0].at, last: rows.at(-1)?.at });
    await expect.poll(() => seen.get("label")?.length, patient).toBe(500);
    expect(seen.get("flow")).toEqual(expected(rows, 0));
    expect(seen.get("label")).toEqual(expected(rows, 1));
  });

  test("a subscriber that samples on a timer gets every row too, only slower", async () => {
    const rows = manyRows(12);
    await using run = await replaying(rows, {});
    await using client = await openOpcua(run.faces.opcua.endpoint);
    const seen = await subscribe(client, { queueSize: 30, samplingInterval: 50 });
    await run.end;
    await expect.poll(() => seen.get("flow")?.length, patient).toBe(12);
    expect(seen.get("flow")).toEqual(expected(rows, 0));
  });

  test("a missing value is bad at its own time, and nothing is filled in", async () => {
    const rows: Rows = [row(0, 1), row(1, null), row(5, 2)];
    await using run = await replaying(rows, {});
    await using client = await openOpcua(run.faces.opcua.endpoint);
    const seen = await subscribe(client, { queueSize: 30, samplingInterval: 0 });
    await run.end;
    await expect.poll(() => seen.get("flow")?.length, patient).toBe(3);
    expect(seen.get("flow")).toEqual(expected(rows, 0));
  });

  test("the first row waits for the first subscriber", async () => {
    const rows = manyRows(5);
    await using run = await replaying(rows, {});
    await using modbus = await openModbus(run.faces.modbus.port);
    const flowNow = async () => (await modbus.client.readInputRegisters(0, 2)).buffer.readFloatBE();
    expect(await flowNow()).toBe(5);
    await using client = await openOpcua(run.faces.opcua.endpoint);
    expect(run.faces.opcua.subscribers.items()).toBe(0);
    const seen = await subscribe(client, { queueSize: 30, samplingInterval: 0 }, ["flow"]);
    await run.end;
    await expect.poll(() => seen.get("flow")?.length, patient).toBe(5);
    // Over Modbus the last row stays to be polled.
    expect(await flowNow()).toBe(rows.at(-1)?.readings[0]?.value);
  });

  test("the recorded pace is kept, times its factor", async () => {
    const rows: Rows = [row(0), row(10), row(20)];
    await using run = await replaying(rows, { speed: 20 });
    await using client = await openOpcua(run.faces.opcua.endpoint);
    const seen = await subscribe(client, { queueSize: 30, samplingInterval: 0 }, ["flow"]);
    await expect.poll(() => seen.get("flow")?.length, patient).toBe(2);
    const second = performance.now();
    await expect.poll(() => seen.get("flow")?.length, patient).toBe(3);
    // Half a second later, give or take a publishing interval and a busy machine.
    expect(performance.now() - second).toBeGreaterThan(250);
    await run.end;
  });

  test.each(["now", "past"] as const)("shifted to %s, only the times move", async (shift) => {
    const rows: Rows = [row(0), row(1), row(3)];
    const before = Date.now();
    await using run = await replaying(rows, { shift, speed: shift === "now" ? 1 : 0 });
    await using client = await openOpcua(run.faces.opcua.endpoint);
    const seen = await subscribe(client, { queueSize: 30, samplingInterval: 0 }, ["flow"]);
    const end = await run.end;
    await expect.poll(() => seen.get("flow")?.filter(({ status }) => status === "Good").length, patient).toBe(3);
    const times = (seen.get("flow") ?? []).filter(({ status }) => status === "Good").map(({ at }) => at ?? 0);
    expect(times.map((at) => at - (times[0] ?? 0))).toEqual([0, 1_000, 3_000]);
    expect([end?.first, end?.last]).toEqual([times[0], times[2]]);
    const anchor = (shift === "now" ? times[0] : times[2]) ?? 0;
    expect(anchor).toBeGreaterThanOrEqual(before);
    expect(anchor).toBeLessThanOrEqual(Date.now());
  });

  test("it ends at once when it is asked to, before and after the first row", async () => {
    const waiting = await replaying(manyRows(5), {});
    await waiting[Symbol.asyncDispose]();
    expect(await waiting.end).toBeNull();
  });
});
