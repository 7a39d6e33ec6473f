// Two brokers that know nothing of each other: ingest is at both, an edge node at one of them, where its host is online.
import { describe, expect, test } from "vitest";
import { systemClock } from "#shared/kit/clock.ts";
import { silentLog } from "#shared/kit/log.ts";
import { instant } from "#shared/model/time.ts";
import { parseBrokers } from "#shared/wire/brokerAddress.ts";
import { parseHostState } from "#shared/wire/hostState.ts";
import { keepSession } from "#shared/wire/keepSession.ts";
import { encodePayload } from "#shared/wire/sparkplug/encode.ts";
import { decodeMessage } from "#shared/wire/sparkplug/message.ts";
import { datatypes } from "#shared/wire/sparkplug/types.ts";
import { hostIdOf } from "#shared/wire/topics.ts";
import { heldForDefault } from "../../gateway/edgeNode/hostOptions.ts";
import { EdgeNode } from "../../ingest/host/edgeNode.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { edge, group, runNode, sample } from "../gateway/nodeBench.ts";
import { startHost } from "../gateway/testHost.ts";
import { eventually } from "../ingest/eventually.ts";
import { type BrokerAccess, startRig } from "../ingest/rig.ts";
import { good, tag } from "../ingest/samples.ts";
import { mosquittoMissing, startAedes, startMosquitto } from "../wire/brokers.ts";
import { fastClock } from "./edgeScene.ts";
import { hostClient, hostTopic, states } from "./hostScene.ts";
import { tck } from "./tck.ts";
import { startWireTap } from "./wireTap.ts";

const temp = "chem/r101/temp";
const slow = 30_000;
const accessTo = (url: string, ...otherUrls: string[]): BrokerAccess => ({
  ...{ url, otherUrls },
  credential: async (username) => ({ username, password: "not asked" }),
});
/** A gateway of the rig's plant, without devices. */
const gatewayAt = (url: string, ...otherUrls: string[]) => ({
  name: { group: "demo", edge: "edge-1" },
  host: { id: hostIdOf("demo"), delivery: "acked" as const, heldFor: heldForDefault },
  broker: { url, otherUrls },
});
const gatewayClient = "demo-edge-1";

test(
  tck(
    "ingest says STATE first at each, with a timestamp of its own there",
    "operational-behavior-primary-application-state-with-multiple-servers-state",
    "operational-behavior-host-application-multi-server-timestamp",
  ),
  async () => {
    await using folder = await temporaryFolder();
    await using a = await startWireTap();
    await using b = await startWireTap();
    await using rig = await startRig(folder.path, { broker: accessTo(a.url, b.url) });
    for (const tap of [a, b]) {
      await tap.until(() => states(tap).length > 0);
      const said = tap.of(hostClient);
      const [connect, first] = [
        said.find(({ kind }) => kind === "connect"),
        said.find(({ kind }) => kind === "publish"),
      ];
      if (connect?.kind !== "connect" || first?.kind !== "publish") throw new Error("no session");
      const will = parseHostState(connect.will?.payload ?? Uint8Array.of());
      expect([first.topic, parseHostState(first.payload)]).toEqual([hostTopic, { ...will, online: true }]);
    }
    // A session lost at one of them is one of its own: the other's STATE stays as it is.
    a.cut(hostClient);
    await a.until(() => states(a).length > 1);
    const times = (tap: typeof a) => states(tap).map(({ payload }) => parseHostState(payload).timestamp);
    expect(times(a).at(-1)).toBeGreaterThan(times(a)[0] ?? 0);
    expect(times(b)).toHaveLength(1);
    expect(rig.plant.platform.id).toBe("demo");
  },
  slow,
);

test(tck(
  "the edge node is at one broker; where that dies it goes on at the next, STATE first, and nothing is lost",
  "operational-behavior-primary-application-state-with-multiple-servers-single-server",
  "operational-behavior-primary-application-state-with-multiple-servers-state-subs",
), async () => {
  await using folder = await temporaryFolder();
  const a = await startWireTap();
  await using b = await startWireTap();
  await using rig = await startRig(folder.path, { broker: accessTo(a.url, b.url) });
  await using running = await runNode(folder.path, a.url, "q1", gatewayAt(a.url, b.url));
  await using reader = await rig.reader();
  const now = Date.now();
  const stored = () => reader.count(tag(temp), instant(now), instant(now + 1_000));
  const give = (from: number, to: number) => {
    for (let i = from; i < to; i++) running.box.outbox.push("plc", [good(temp, now + i, i)]);
  };
  give(0, 50);
  await eventually(async () => (await stored()) === 50, "data by the first broker", slow);
  expect(b.of(gatewayClient)).toEqual([]);

  give(50, 100);
  await a[Symbol.asyncDispose]();
  give(100, 150);
  await eventually(async () => (await stored()) === 150, "all data", slow);
  await expect.poll(() => running.box.outbox.depth().batches, { timeout: slow }).toBe(0);
  const atB = b.of(gatewayClient).map((one) => {
    if (one.kind === "subscribe") return one.filter;
    return one.kind === "publish" ? one.topic.split("/")[2] : one.kind;
  });
  expect(atB.slice(0, 4)).toEqual(["connect", "spBv1.0/demo/NCMD/edge-1", hostTopic, "NBIRTH"]);
}, 60_000);

test(tck(
  "where the host is not online the node walks on, and is born only where it is",
  "operational-behavior-primary-application-state-with-multiple-servers-walk",
  "operational-behavior-edge-node-birth-sequence-wait",
), async () => {
  await using folder = await temporaryFolder();
  await using a = await startWireTap();
  await using b = await startWireTap();
  await using atA = await startHost(() => a.url, group, edge, false);
  await using atB = await startHost(() => b.url, group, edge, false);
  const client = `${group}-${edge}`;
  const births = (tap: typeof a) => tap.messages(client).filter(({ type }) => type === "NBIRTH").length;
  const visits = (tap: typeof a) => tap.of(client).filter(({ kind }) => kind === "connect").length;
  const broker = { url: a.url, otherUrls: [b.url] };
  await using running = await runNode(folder.path, a.url, "q1", { broker, clock: fastClock });
  running.box.outbox.push("a", [sample("a", 1_000)]);
  await a.until(() => visits(a) === 2);
  expect([births(a), births(b)]).toEqual([0, 0]);
  expect(visits(b)).toBeGreaterThan(0);

  await atB.say(true);
  await b.until(() => births(b) === 1);
  await atB.until(() => atB.stored.size === 1);
  // The host leaves it for the other one.
  await atA.say(true);
  await atB.say(false);
  await a.until(() => births(a) === 1);
  expect(b.messages(client).at(-1)?.type).toBe("NDEATH");
  running.box.outbox.push("a", [sample("a", 2_000)]);
  await atA.until(() => atA.stored.size === 1);
  expect([...atA.broken, ...atB.broken]).toEqual([]);
}, 60_000);

describe.skipIf(mosquittoMissing)(`Mosquitto ${mosquittoMissing ?? ""}`.trim(), () => {
  test("kill -9 of the broker in use, again and again: every sample is stored once", async () => {
    await using folder = await temporaryFolder();
    const first = await startMosquitto();
    await using second = await startMosquitto();
    const urls = [`mqtt://127.0.0.1:${first.port}`, `mqtt://127.0.0.1:${second.port}`] as const;
    await using rig = await startRig(folder.path, { broker: accessTo(...urls) });
    await using running = await runNode(folder.path, urls[0], "q1", gatewayAt(...urls));
    await using reader = await rig.reader();
    const now = Date.now();
    const range = [instant(now), instant(now + 1_000)] as const;
    for (let i = 0; i < 400; i++) {
      running.box.outbox.push("plc", [good(temp, now + i, i)]);
      if (i === 200) await first[Symbol.asyncDispose]();
      await new Promise((resolve) => setImmediate(resolve));
    }
    await eventually(async () => (await reader.count(tag(temp), ...range)) === 400, "all data", slow);
    const { samples } = await reader.range(tag(temp), ...range, 1_000);
    expect(samples.map(({ value }) => value)).toEqual(Array.from({ length: 400 }, (_, i) => i));
  }, 60_000);
});

test("brokers are tried in their order, without a wait until all of them were in vain", async () => {
  await using broker = await startAedes();
  const gone = await startAedes();
  const away = await startAedes();
  for (const one of [gone, away]) await one[Symbol.asyncDispose]();
  const urls = [gone, away, broker].map(({ port }) => `mqtt://127.0.0.1:${port}`).join(", ");
  const waits: number[] = [];
  const clock = { ...systemClock, sleep: async (wait: number) => void waits.push(wait) };
  const stop = new AbortController();
  let sessions = 0;
  await keepSession(
    () => ({ ...parseBrokers(urls), clientId: "c", onMessage: () => {} }),
    async () => {
      sessions += 1;
      if (sessions === 2) stop.abort();
    },
    { clock, random: () => 1, log: silentLog },
    stop.signal,
  );
  // The patience of closing a session is among them.
  expect(waits.filter((wait) => wait !== 2_000)).toEqual([100, 100, 500, 100, 100]);
  expect(() => parseBrokers("mqtt://a:1,mqtt://a:1")).toThrow(/CONFIG.*twice/);
  expect(() => parseBrokers("mqtt://a:1,")).toThrow(/CONFIG/);
});

test("what comes by another broker than the birth asks for one; the death of the session that was left does not count", () => {
  const node = new EdgeNode("p", "g");
  const at = instant(1_000);
  const bdSeq = { name: "bdSeq", datatype: datatypes.Int64, value: 0, timestamp: at };
  const payload = (seq: number) => decodeMessage("NDATA", encodePayload({ timestamp: at, seq, metrics: [bdSeq] }));
  const receive = (type: "NBIRTH" | "NDATA" | "NDEATH", seq: number, broker: string) =>
    node.receive({ group: "p", edge: "g", type }, payload(seq), at, broker).kind;
  expect(receive("NBIRTH", 0, "a")).toBe("birth");
  expect(receive("NDATA", 1, "a")).toBe("data");
  expect(receive("NBIRTH", 0, "b")).toBe("birth");
  expect([receive("NDEATH", 0, "a"), receive("NDATA", 2, "a"), receive("NDATA", 1, "b")]).toEqual([
    "ignored",
    "needsBirth",
    "data",
  ]);
});
