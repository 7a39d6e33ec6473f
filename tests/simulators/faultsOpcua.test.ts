import { AttributeIds, type ClientSubscription, TimestampsToReturn } from "node-opcua";
import { describe, expect, test } from "vitest";
import { systemClock } from "#shared/kit/clock.ts";
import { silentLog } from "#shared/kit/log.ts";
import { instant, seconds } from "#shared/model/time.ts";
import { takeChunks } from "../../simulators/faces/opcua/chunks.ts";
import { serveHostileOpcua } from "../../simulators/faces/opcua/hostile.ts";
import { createPlayer } from "../../simulators/faults/player.ts";
import { parseScenario } from "../../simulators/faults/scenario.ts";
import { seeded } from "../../simulators/physics/random.ts";
import { good } from "../../simulators/signal.ts";
import { ManualClock } from "../fakes/clock.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { askPython, type OpenOpcua, openOpcua, pythonMissing, signal } from "./rig.ts";

const patient = { timeout: 20_000 };

/** A face with the numbers x and y, whose scenario's time the test moves. */
async function hostileFace(steps: string) {
  const folder = await temporaryFolder();
  const time = new ManualClock();
  const player = createPlayer(parseScenario(`steps:\n${steps}`, "test"), time, seeded(1));
  const options = { host: "127.0.0.1", port: 0, pkiFolder: folder.path };
  const signals = [signal("x"), signal("y")];
  const face = await serveHostileOpcua(options, signals, { clock: systemClock, log: silentLog }, player);
  const show = (x: number) => face.show([good(x), good(-x)], instant(Date.now()));
  show(1);
  return {
    face,
    show,
    to: (s: number) => time.advance(seconds(s)),
    [Symbol.asyncDispose]: async () => {
      await face[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

const read = (client: OpenOpcua, name = "line.unit.x") =>
  client.session.read({ nodeId: client.node(name), attributeId: AttributeIds.Value });

/** The values of x that a subscription of the test's own gets. */
async function listen(client: OpenOpcua) {
  const subscription: ClientSubscription = await client.session.createSubscription2({
    requestedPublishingInterval: 50,
    requestedMaxKeepAliveCount: 5,
    publishingEnabled: true,
  });
  const group = await subscription.monitorItems(
    [{ nodeId: client.node("line.unit.x"), attributeId: AttributeIds.Value }],
    { samplingInterval: 0, queueSize: 10_000, discardOldest: true },
    TimestampsToReturn.Both,
  );
  const seen: unknown[] = [];
  group.on("changed", (_item, { value }) => seen.push(value.value));
  return { subscription, seen };
}

describe("OPC UA face under a scenario", () => {
  test("while nothing is on, it serves as ever", async () => {
    await using hostile = await hostileFace("  - { at: 10, fault: opcua.cut, for: 0 }");
    await using client = await openOpcua(hostile.face.endpoint);
    const { seen } = await listen(client);
    await expect.poll(() => seen, patient).toEqual([1]);
    for (const x of [2, 3]) hostile.show(x);
    await expect.poll(() => seen, patient).toEqual([1, 2, 3]);
    expect(hostile.face.subscribers.items()).toBe(1);
  });

  test("a restart: nobody answers, then another server with the same values at the same address", async () => {
    await using hostile = await hostileFace("  - { at: 10, for: 5, fault: opcua.restart }");
    const { endpoint } = hostile.face;
    await using before = await openOpcua(endpoint);
    await hostile.to(10);
    await expect
      .poll(() => openOpcua(endpoint).catch((error: Error) => error.message), patient)
      .toMatch("ECONNREFUSED");
    await hostile.to(5);
    await using after = await eventually(() => openOpcua(endpoint));
    expect((await read(after)).value.value).toBe(1);
    expect(before.session.sessionId.toString()).not.toBe(after.session.sessionId.toString());
  });

  test("a restart with a stranger at our index, and one with other node ids", async () => {
    await using hostile = await hostileFace(
      "  - { at: 1, for: 1, fault: opcua.restart, namespaces: shifted }\n  - { at: 3, for: 1, fault: opcua.restart, nodes: renamed }",
    );
    const { endpoint } = hostile.face;
    const before = await openOpcua(endpoint);
    const oldId = before.node("line.unit.x");
    await before[Symbol.asyncDispose]();
    await hostile.to(1);
    await hostile.to(1);
    const shifted = await eventually(() => openOpcua(endpoint));
    expect(shifted.node("line.unit.x")).not.toBe(oldId);
    expect((await read(shifted)).value.value).toBe(1);
    expect((await shifted.session.read({ nodeId: oldId })).value.value).toBe(-999);
    await shifted[Symbol.asyncDispose]();
    await hostile.to(1);
    await hostile.to(1);
    await using renamed = await eventually(() => openOpcua(endpoint));
    await expect.poll(async () => (await read(renamed)).statusCode.name, patient).toBe("BadNodeIdUnknown");
    expect((await read(renamed, "line.unit.x-2")).value.value).toBe(1);
  });

  test("values stand still, and move again", async () => {
    await using hostile = await hostileFace("  - { at: 1, for: 1, fault: opcua.frozen, tag: 'line.unit.x' }");
    await using client = await openOpcua(hostile.face.endpoint);
    await hostile.to(1);
    hostile.show(2);
    expect([(await read(client)).value.value, (await read(client, "line.unit.y")).value.value]).toEqual([1, -2]);
    await hostile.to(1);
    hostile.show(3);
    await expect.poll(async () => (await read(client)).value.value).toBe(3);
  });

  test.each([
    ["BadSensorFailure", 0x808c0000],
    ["UncertainSubNormal", 0x40950000],
    ["GoodOverflow", 0x480],
    ["GoodLimitHigh", 0x600],
  ])("values carry %s, with their number", async (status, code) => {
    await using hostile = await hostileFace(
      `  - { at: 1, for: 1, fault: opcua.status, status: ${status}, tag: 'line.*' }`,
    );
    await using client = await openOpcua(hostile.face.endpoint);
    await hostile.to(1);
    hostile.show(2);
    await expect.poll(async () => (await read(client)).statusCode.value).toBe(code);
    expect((await read(client)).value.value).toBe(2);
    await hostile.to(1);
    hostile.show(3);
    await expect.poll(async () => (await read(client)).statusCode.value).toBe(0);
  });

  test("without publish responses nothing arrives, but the session answers; then the rest comes", async () => {
    await using hostile = await hostileFace("  - { at: 1, for: 1, fault: opcua.mute }");
    await using client = await openOpcua(hostile.face.endpoint);
    const { subscription, seen } = await listen(client);
    await expect.poll(() => seen, patient).toEqual([1]);
    await hostile.to(1);
    const alive = { count: 0 };
    subscription.on("keepalive", () => {
      alive.count += 1;
    });
    hostile.show(2);
    for (let i = 0; i < 20; i++) {
      expect((await read(client)).value.value).toBe(2);
      await systemClock.sleep(seconds(0.05));
    }
    expect([seen, alive.count]).toEqual([[1], 0]);
  });

  test("half open: nothing arrives any more, and nobody hangs up", async () => {
    await using hostile = await hostileFace("  - { at: 1, for: 1, fault: opcua.silent }");
    await using client = await openOpcua(hostile.face.endpoint);
    await hostile.to(1);
    const asked = read(client).then(() => "answer");
    expect(await Promise.race([asked, systemClock.sleep(seconds(0.5)).then(() => "silence")])).toBe("silence");
    await hostile.to(1);
    expect((await read(client)).value.value).toBe(1);
  });

  test("a service is refused with its status and the others are not", async () => {
    await using hostile = await hostileFace(
      "  - { at: 1, for: 1, fault: opcua.refuse, service: createSubscription, status: BadTooManySubscriptions }",
    );
    await using client = await openOpcua(hostile.face.endpoint);
    await hostile.to(1);
    await expect(client.session.createSubscription2({})).rejects.toThrow("BadTooManySubscriptions");
    expect((await read(client)).value.value).toBe(1);
    await hostile.to(1);
    const { seen } = await listen(client);
    await expect.poll(() => seen, patient).toEqual([1]);
  });

  test("sessions end without a word: the client must make another one", async () => {
    await using hostile = await hostileFace("  - { at: 1, for: 0, fault: opcua.kill, what: sessions }");
    await using client = await openOpcua(hostile.face.endpoint);
    const before = client.session.sessionId.toString();
    await hostile.to(1);
    // node-opcua makes it by itself when a request is refused.
    await expect
      .poll(async () => [(await read(client)).value.value, client.session.sessionId.toString() !== before], patient)
      .toEqual([1, true]);
  });

  test("the subscription ends", async () => {
    await using hostile = await hostileFace("  - { at: 1, for: 0, fault: opcua.kill, what: subscriptions }");
    await using client = await openOpcua(hostile.face.endpoint);
    const { seen } = await listen(client);
    await expect.poll(() => seen, patient).toEqual([1]);
    await hostile.to(1);
    await expect.poll(() => hostile.face.subscribers.items(), patient).toBe(0);
    expect((await read(client)).value.value).toBe(1);
  });

  test("the server's clock goes wrong in source times and in CurrentTime", async () => {
    await using hostile = await hostileFace("  - { at: 1, for: 1, fault: opcua.clock, offsetS: -3600 }");
    await using client = await openOpcua(hostile.face.endpoint);
    const aheadS = async () => {
      const current = await client.session.read({ nodeId: "i=2258" });
      const { sourceTimestamp } = await read(client);
      return [current.value.value, sourceTimestamp].map((at) => Math.round((at.getTime() - Date.now()) / 60_000) + 0);
    };
    expect(await aheadS()).toEqual([0, 0]);
    await hostile.to(1);
    hostile.show(1);
    await expect.poll(aheadS, patient).toEqual([-60, -60]);
    await hostile.to(1);
    hostile.show(1);
    await expect.poll(aheadS, patient).toEqual([0, 0]);
  });

  test("one number changes hundreds of times a second, and its values come in order", async () => {
    await using hostile = await hostileFace(
      "  - { at: 1, for: 1, fault: opcua.flood, tag: line.unit.x, perSecond: 2000 }",
    );
    await using client = await openOpcua(hostile.face.endpoint);
    const { seen } = await listen(client);
    await hostile.to(1);
    await expect.poll(() => seen.length, patient).toBeGreaterThan(1_000);
    await hostile.to(1);
    const flooded = seen.slice(seen.indexOf(1) + 1);
    expect(flooded).toEqual(flooded.toSorted((a, b) => Number(a) - Number(b)));
    hostile.show(1);
    await expect.poll(async () => (await read(client)).value.value, patient).toBe(1);
  });

  test.skipIf(pythonMissing)(
    `asyncua, strict about sequence numbers, lives with it ${pythonMissing ?? ""}`,
    async () => {
      await using hostile = await hostileFace(
        "  - { fault: opcua.refuse, service: republish, status: BadMessageNotAvailable }\n  - { fault: opcua.mute }\n  - { fault: opcua.refuse, service: historyRead, status: BadServiceUnsupported }",
      );
      const program = `
import asyncio, json, sys
from datetime import datetime
from asyncua import Client, ua
async def main():
  out = []
  async with Client(sys.argv[1], timeout=10) as c:
    node = c.get_node("ns=%d;s=line.unit.x" % await c.get_namespace_index("urn:pilotline:simulators"))
    sub = await c.create_subscription(50, type("H", (), {"datachange_notification": lambda s, n, v, d: out.append(v)})())
    await sub.subscribe_data_change(node)
    await asyncio.sleep(1)
    for i in range(3):
      try:
        await node.read_raw_history(datetime(2024,1,1), datetime(2024,1,2))
      except ua.UaStatusCodeError as e:
        out.append(type(e).__name__)
      out.append(await node.read_value())
  print(json.dumps(out))
asyncio.run(main())`;
      expect(await askPython(program, hostile.face.endpoint)).toEqual(
        Array(3).fill(["BadServiceUnsupported", 1]).flat(),
      );
    },
  );
});

/** Tries until it works: the server takes a while to start. */
async function eventually<T>(attempt: () => Promise<T>): Promise<T> {
  const until = Date.now() + patient.timeout;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > until) throw error;
      await systemClock.sleep(seconds(0.2));
    }
  }
}

test("chunks of a stream that is no OPC UA are none", () => {
  expect(takeChunks(Buffer.from("GET / HTTP/1.1\r\n\r\n"))).toBeUndefined();
  expect(takeChunks(Buffer.from("HELF"))).toMatchObject({ chunks: [] });
});
