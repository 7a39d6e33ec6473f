import { describe, expect, test } from "vitest";
import type { Sample } from "../../shared/model/sample.ts";
import { instant } from "../../shared/model/time.ts";
import { nodeBatchMetric } from "../../shared/wire/delivery.ts";
import { parseHostState } from "../../shared/wire/hostState.ts";
import { type LostData, lostDataMetric } from "../../shared/wire/lostData.ts";
import { encodePayload } from "../../shared/wire/sparkplug/encode.ts";
import { datatypes } from "../../shared/wire/sparkplug/types.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { eventually } from "./eventually.ts";
import { type Rig, startRig } from "./rig.ts";
import { good, tag } from "./samples.ts";
import { tagsOf } from "./tags.ts";
import type { TestNode } from "./testNode.ts";

const temp = "chem/r101/temp";

/** All samples of a tag in the store. */
async function stored(rig: Rig, path: string): Promise<readonly Sample[]> {
  await using reader = await rig.reader();
  return (await reader.range(tag(path), instant(0), instant(Date.now() + 60_000), 10_000)).samples;
}

async function bornNode(rig: Rig): Promise<TestNode> {
  const node = await rig.node();
  node.birth();
  await eventually(() => node.acks > 0, "answer to the birth");
  return node;
}

const count = (rig: Rig, metric: string): number =>
  Number(new RegExp(`^${metric.replace(/[{}]/g, "\\$&")} (\\d+)$`, "m").exec(rig.ingest.metrics.render())?.[1] ?? 0);

describe("the host", () => {
  test("answers a birth, stores a batch, acknowledges it, and stores a redelivery only once", async () => {
    await using folder = await temporaryFolder();
    await using rig = await startRig(folder.path);
    await using node = await bornNode(rig);
    expect(node.acked).toEqual([]);
    const now = Date.now();
    node.data("plc", 1, [good(temp, now, 21.5), good("chem/r101/mode", now, 1)]);
    await node.ackOf(1);
    const acksBefore = node.acks;
    node.data("plc", 1, [good(temp, now, 21.5)], true);
    await eventually(() => node.acks > acksBefore, "second acknowledgement");
    expect(await stored(rig, temp)).toEqual([good(temp, now, 21.5)]);
    expect(count(rig, "ingest_batches_duplicate_total")).toBe(1);
  });

  test("acknowledges selectively: a lost batch is left out until it comes", async () => {
    await using folder = await temporaryFolder();
    await using rig = await startRig(folder.path);
    await using node = await bornNode(rig);
    const now = Date.now();
    node.data("plc", 1, [good(temp, now, 1)]);
    node.data("plc", 3, [good(temp, now + 2, 3)]);
    await node.ackOf(3);
    expect(node.acked).toEqual([
      [1, 1],
      [3, 3],
    ]);
    node.data("plc", 2, [good(temp, now + 1, 2)], true);
    await node.ackOf(2);
    expect(node.acked).toEqual([[1, 3]]);
  });

  test("data before a birth, and an unknown alias, stay unacknowledged and ask for a rebirth", async () => {
    await using folder = await temporaryFolder();
    await using rig = await startRig(folder.path);
    await using node = await rig.node();
    node.data("plc", 1, [good(temp, Date.now(), 1)]);
    await eventually(() => node.rebirthsAsked === 1, "rebirth request");
    node.birth();
    node.send("DDATA", "plc", [{ alias: 4_242, timestamp: Date.now(), value: 1 }]);
    node.data("plc", 1, [good(temp, Date.now(), 1)]);
    await node.ackOf(1);
    expect(count(rig, 'ingest_batches_dropped_total{reason="needs_birth"}')).toBe(2);
    // The second request waits for its turn: 5 s after the first.
    expect(node.rebirthsAsked).toBe(1);
  });

  test("a number that stays missing for 2 s asks for a rebirth; the data itself is stored at once", async () => {
    await using folder = await temporaryFolder();
    await using rig = await startRig(folder.path);
    await using node = await bornNode(rig);
    node.loseMessage();
    node.data("plc", 2, [good(temp, Date.now(), 1)]);
    const sentAt = performance.now();
    await node.ackOf(2);
    await eventually(() => node.rebirthsAsked === 1, "rebirth request");
    expect(performance.now() - sentAt).toBeGreaterThan(1_900);
  });

  test("a death makes values stale and opens gaps with their cause; the next data closes them", async () => {
    await using folder = await temporaryFolder();
    await using rig = await startRig(folder.path);
    await using node = await bornNode(rig);
    await using records = await rig.records();
    const gaps = () => records.gaps(tag(temp), instant(0), instant(Number.MAX_SAFE_INTEGER));
    const first = Date.now() - 120_000;
    node.data("plc", 1, [good(temp, first, 20)]);
    await node.ackOf(1);

    node.send("DDEATH", "plc", []);
    await eventually(() => gaps().length === 1, "gap");
    expect(gaps()).toEqual([{ tag: tag(temp), from: first, to: null, cause: "device_lost", lost: null }]);
    node.deviceBirth("plc", tagsOf(rig.plant, "plc"));
    node.data("plc", 2, [good(temp, first + 60_000, 21)]);
    await node.ackOf(2);
    await eventually(() => gaps()[0]?.to !== null, "end of the gap");
    expect(gaps()).toMatchObject([{ from: first, to: first + 60_000, cause: "device_lost" }]);

    node.death();
    await eventually(() => gaps().length === 2, "second gap");
    expect(gaps()[1]).toMatchObject({ from: first + 60_000, to: null, cause: "gateway_lost" });
  });

  test("what a gateway gave up is in the gap ledger before it is acknowledged, and said twice it is there once", async () => {
    await using folder = await temporaryFolder();
    await using rig = await startRig(folder.path);
    await using node = await bornNode(rig);
    await using records = await rig.records();
    const at = instant(Date.now() - 60_000);
    const lost: LostData = {
      batches: [{ queueId: node.queueId, ranges: [[1, 2]] }],
      cause: "outbox_full",
      tags: [{ tag: tag(temp), from: at, to: instant(at + 5_000), samples: 12 }],
    };
    const name = { queueId: node.queueId, number: 4 };
    for (const acks of [node.acks, node.acks + 1]) {
      node.send("NDATA", undefined, [lostDataMetric(lost, at), nodeBatchMetric(name, at)]);
      await eventually(() => node.acks > acks, "acknowledgement");
    }
    // What was given up will never come: it counts as settled, so that the queue can be complete.
    expect(node.acked).toEqual([
      [1, 2],
      [4, 4],
    ]);
    const gaps = records.gaps(tag(temp), instant(0), instant(Number.MAX_SAFE_INTEGER));
    expect(gaps).toEqual([{ tag: tag(temp), from: at, to: at + 5_000, cause: "outbox_full", lost: 12 }]);

    await rig.restart();
    await using next = await rig.node();
    next.birth();
    await eventually(() => next.acks > 0, "answer to the birth");
    expect(next.acked, "a new start of ingest knows it too").toContainEqual([1, 2]);
  });

  test("a backlog that fills a gap takes it out of the ledger", async () => {
    await using folder = await temporaryFolder();
    await using rig = await startRig(folder.path);
    await using node = await bornNode(rig);
    await using records = await rig.records();
    const gaps = () => records.gaps(tag(temp), instant(0), instant(Number.MAX_SAFE_INTEGER));
    const first = Date.now() - 120_000;
    node.data("plc", 1, [good(temp, first, 20)]);
    await node.ackOf(1);
    node.death();
    await eventually(() => gaps().length === 1, "gap");
    node.birth();
    node.data("plc", 9, [good(temp, first + 80_000, 21)]);
    await eventually(() => gaps()[0]?.to === first + 80_000, "end of the gap");
    for (const i of [1, 2, 3]) node.data("plc", 1 + i, [good(temp, first + i * 20_000, 20)], true);
    await eventually(() => gaps().length === 0, "filled gap");
  });

  test("a death of an earlier session is ignored", async () => {
    await using folder = await temporaryFolder();
    await using rig = await startRig(folder.path);
    await using node = await rig.node({ bdSeq: 7 });
    node.birth();
    const late = { name: "bdSeq", timestamp: Date.now(), datatype: datatypes.Int64, value: 6 };
    node.sendRaw("NDEATH", undefined, encodePayload({ timestamp: Date.now(), metrics: [late] }));
    node.data("plc", 1, [good(temp, Date.now(), 1)]);
    await node.ackOf(1);
    expect(node.rebirthsAsked).toBe(0);
  });

  test("what cannot be decoded goes to the dead letter, whole and with its reason", async () => {
    await using folder = await temporaryFolder();
    await using rig = await startRig(folder.path);
    await using node = await bornNode(rig);
    const garbage = Buffer.from([0x12, 0xff, 0xff, 0xff]);
    node.sendRaw("DDATA", "plc", garbage);
    await using records = await rig.records();
    await eventually(() => records.deadLetters(10).length === 1, "dead letter");
    const [letter] = records.deadLetters(10);
    expect(letter).toMatchObject({
      topic: "spBv1.0/demo/DDATA/edge-1/plc",
      reason: expect.stringMatching(/^MALFORMED/),
    });
    expect(Buffer.from(letter?.payload ?? [])).toEqual(garbage);
  });

  test("a foreign edge node without batches is stored too, also outside the plant model", async () => {
    await using folder = await temporaryFolder();
    await using rig = await startRig(folder.path);
    await using node = await rig.node();
    const now = Date.now();
    const metric = { datatype: datatypes.Float, value: 1.5, timestamp: now };
    node.send("NBIRTH", undefined, [{ name: "bdSeq", datatype: datatypes.Int64, value: 0, timestamp: now }]);
    node.send("DBIRTH", "plc", [
      { ...metric, name: "Motor/Speed", alias: 1 },
      { ...metric, name: temp },
    ]);
    node.send("DDATA", "plc", [{ alias: 1, value: 2.5, timestamp: now + 1 }]);
    await eventually(async () => (await stored(rig, "edge-1/plc/Motor.Speed")).length === 2, "foreign samples");
    expect(await stored(rig, "edge-1/plc/Motor.Speed")).toEqual([
      good("edge-1/plc/Motor.Speed", now, 1.5),
      good("edge-1/plc/Motor.Speed", now + 1, 2.5),
    ]);
    expect(await stored(rig, temp)).toEqual([good(temp, now, 1.5)]);
    expect(count(rig, "ingest_samples_unmodelled_total")).toBe(2);
  });
});

describe("STATE of the primary host", () => {
  test("online with the will's timestamp at the start; offline with a later one at a clean stop", async () => {
    await using folder = await temporaryFolder();
    await using rig = await startRig(folder.path);
    const states: { online: boolean; timestamp: number }[] = [];
    await using _ = await rig
      .session("gateway-edge-1", (topic, payload) => {
        if (topic !== "spBv1.0/STATE/pilotline-demo") return;
        const state = parseHostState(payload);
        // The host may repeat itself, when it sees the offline of its own last stop.
        if (states.at(-1)?.timestamp !== state.timestamp) states.push(state);
      })
      .then(async (session) => {
        await session.subscribe([{ filter: "spBv1.0/STATE/pilotline-demo", qos: 1 }]);
        return session;
      });
    await eventually(() => states.length === 1, "retained STATE");
    await rig.restart();
    await eventually(() => states.length === 3, "offline and online");
    expect(states.map(({ online }) => online)).toEqual([true, false, true]);
    const times = states.map(({ timestamp }) => timestamp);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });
});

test("a clean stop takes what waits to the store", async () => {
  await using folder = await temporaryFolder();
  await using rig = await startRig(folder.path);
  await using node = await bornNode(rig);
  const now = Date.now();
  for (let i = 1; i <= 50; i++) node.data("plc", i, [good(temp, now + i, i)]);
  await eventually(() => count(rig, 'ingest_messages_received_total{type="DDATA"}') === 50, "all messages");
  await rig.restart();
  expect(await stored(rig, temp)).toHaveLength(50);
  node.birth();
  await node.ackOf(50);
  expect(node.acked).toEqual([[1, 50]]);
});
