import { describe, expect, test } from "vitest";
import { metricNames, nodeBirthMetrics } from "#shared/wire/delivery.ts";
import { datatypes } from "#shared/wire/sparkplug/types.ts";
import { instant, millis } from "../../shared/model/time.ts";
import { eventually } from "../ingest/eventually.ts";
import type { Rig } from "../ingest/rig.ts";
import { good, tag } from "../ingest/samples.ts";
import { tagsOf } from "../ingest/tags.ts";
import type { TestNode } from "../ingest/testNode.ts";
import { watch } from "../ingest/watcher.ts";
import { hostClient, withHostScene } from "./hostScene.ts";
import { tck } from "./tck.ts";

const temp = "chem/r101/temp";

async function born(rig: Rig): Promise<TestNode> {
  const node = await rig.node();
  node.birth();
  await eventually(() => node.acks > 0, "answer to the birth");
  return node;
}

describe("order", () => {
  test(
    tck(
      "a number that stays missing for the set time: a rebirth is asked for",
      "operational-behavior-host-reordering-param",
      "operational-behavior-host-reordering-start",
      "operational-behavior-host-reordering-rebirth",
      "operational-behavior-data-commands-ncmd-rebirth-verb",
      "operational-behavior-data-commands-ncmd-rebirth-name",
      "operational-behavior-data-commands-ncmd-rebirth-value",
    ),
    () =>
      withHostScene(
        async ({ tap, rig }) => {
          await using node = await born(rig);
          node.loseMessage();
          const sentAt = performance.now();
          node.data("plc", 2, [good(temp, Date.now(), 1)]);
          await node.ackOf(2);
          await eventually(() => node.rebirthsAsked === 1, "rebirth request");
          const waited = performance.now() - sentAt;
          expect(waited).toBeGreaterThan(650);
          const asked = tap
            .messages(hostClient)
            .flatMap(({ type, decoded }) =>
              decoded.metrics.some(({ name }) => name === "Node Control/Rebirth") ? [{ type, decoded }] : [],
            );
          expect(asked).toMatchObject([
            {
              type: "NCMD",
              decoded: { metrics: [{ name: "Node Control/Rebirth", datatype: datatypes.Boolean, value: true }] },
            },
          ]);
        },
        { reorderTimeout: millis(700) },
      ),
  );

  test(tck("the missing one comes in time: nothing is asked for", "operational-behavior-host-reordering-success"), () =>
    withHostScene(
      async ({ rig }) => {
        await using node = await born(rig);
        const now = Date.now();
        node.hold(() => node.data("plc", 1, [good(temp, now, 1)]));
        node.data("plc", 2, [good(temp, now + 1, 2)]);
        await node.ackOf(2);
        node.release();
        await node.ackOf(1);
        // Longer than the timeout, with numbers that go on.
        for (let i = 3; i <= 10; i++) {
          await new Promise((resolve) => setTimeout(resolve, 100));
          node.data("plc", i, [good(temp, now + i, i)]);
        }
        await node.ackOf(10);
        expect(node.rebirthsAsked).toBe(0);
      },
      { reorderTimeout: millis(500) },
    ),
  );
});

test(
  tck(
    "commands: NCMD at QoS 0, not retained, with time and no seq, naming metrics of the birth with their type",
    "topics-ncmd-topic",
    "topics-ncmd-mqtt",
    "topics-ncmd-timestamp",
    "topics-ncmd-payload",
    "payloads-ncmd-qos",
    "payloads-ncmd-retain",
    "payloads-ncmd-timestamp",
    "payloads-ncmd-seq",
    "payloads-timestamp-in-UTC",
    "operational-behavior-data-commands-ncmd-verb",
    "operational-behavior-data-commands-ncmd-metric-name",
    "operational-behavior-data-commands-ncmd-metric-value",
  ),
  () =>
    withHostScene(async ({ tap, rig }) => {
      await using node = await rig.node();
      const before = Date.now();
      node.data("plc", 1, [good(temp, before, 1)]);
      await eventually(() => node.rebirthsAsked === 1, "rebirth request");
      node.birth();
      node.data("plc", 1, [good(temp, before, 1)]);
      await node.ackOf(1);
      const commands = tap.messages(hostClient);
      const declared = new Map(
        nodeBirthMetrics({ bdSeq: 0, queueId: "q", at: instant(0) }).map(({ name, datatype }) => [name, datatype]),
      );
      const names = new Set(commands.flatMap(({ decoded }) => decoded.metrics.map(({ name }) => name)));
      expect(names).toEqual(new Set([metricNames.rebirth, metricNames.batchAck]));
      for (const { type, topic, qos, retain, decoded } of commands) {
        expect([type, topic, qos, retain]).toEqual(["NCMD", "spBv1.0/demo/NCMD/edge-1", 0, false]);
        expect(decoded.seq).toBeUndefined();
        expect(decoded.timestamp).toBeGreaterThanOrEqual(before);
        expect(decoded.timestamp).toBeLessThanOrEqual(Date.now());
        for (const { name, datatype } of decoded.metrics) expect(declared.get(name)).toBe(datatype);
      }
    }),
);

test(
  tck(
    "two edge nodes with devices of one id are two devices",
    "topic-structure-namespace-duplicate-device-id-across-edge-node",
  ),
  () =>
    withHostScene(async ({ rig }) => {
      await using one = await born(rig);
      await using other = await rig.node({
        edge: "edge-2",
        queueId: "q2",
        devices: { plc: tagsOf(rig.plant, "meter") },
      });
      other.birth();
      const now = Date.now();
      one.data("plc", 1, [good(temp, now, 20)]);
      other.data("plc", 1, [good("chem/r101/power", now, 3)]);
      await Promise.all([one.ackOf(1), other.ackOf(1)]);
      await using reader = await rig.reader();
      const at = instant(now);
      expect(await reader.count(tag(temp), at, instant(now + 1))).toBe(1);
      expect(await reader.count(tag("chem/r101/power"), at, instant(now + 1))).toBe(1);
      expect([one.rebirthsAsked, other.rebirthsAsked]).toEqual([0, 0]);
    }),
);

describe("deaths", () => {
  const qualities = (values: Readonly<Record<string, { quality: string; reason?: string | null }>> | undefined) =>
    Object.fromEntries(Object.entries(values ?? {}).map(([name, { quality, reason }]) => [name, reason ?? quality]));

  test(
    tck(
      "DDEATH: what is of the device is stale, from the payload's time on",
      "operational-behavior-edge-node-termination-host-action-ddeath-devices-offline",
      "operational-behavior-edge-node-termination-host-action-ddeath-devices-tags-stale",
    ),
    () =>
      withHostScene(async ({ rig }) => {
        await using watcher = await watch(rig);
        await using node = await born(rig);
        const now = Date.now();
        node.data("plc", 1, [good(temp, now, 20), good("chem/r101/mode", now, 1)]);
        node.data("meter", 2, [good("chem/r101/power", now, 3)]);
        const live = () => watcher.newest("live", "/chem/r101");
        await eventually(() => live()?.values.power?.quality === "good", "live values");
        node.send("DDEATH", "plc", [], now + 5_000);
        await eventually(() => live()?.values.temp?.reason === "STALE", "stale values");
        expect(qualities(live()?.values)).toMatchObject({ temp: "STALE", mode: "STALE", power: "good" });
        expect(live()?.state).toMatchObject({ state: "UNK", since: now + 5_000 });
      }),
  );

  test(
    tck(
      "NDEATH: node, devices and all their metrics are stale, by the host's own clock",
      "operational-behavior-edge-node-termination-host-action-ndeath-node-offline",
      "operational-behavior-edge-node-termination-host-action-ndeath-node-tags-stale",
      "operational-behavior-edge-node-termination-host-action-ndeath-devices-offline",
      "operational-behavior-edge-node-termination-host-action-ndeath-devices-tags-stale",
    ),
    () =>
      withHostScene(async ({ rig }) => {
        await using watcher = await watch(rig);
        await using node = await born(rig);
        // A metric of the node itself may be a tag too.
        const own = { name: "chem/r102/mode", datatype: datatypes.Int64, value: 1, timestamp: Date.now() };
        node.send("NBIRTH", undefined, [
          ...nodeBirthMetrics({ bdSeq: 0, queueId: "q1", at: instant(Date.now()) }),
          own,
        ]);
        for (const device of ["plc", "meter"]) node.deviceBirth(device, tagsOf(rig.plant, device));
        const now = Date.now();
        node.data("plc", 1, [good(temp, now, 20), good("chem/r101/mode", now, 1)]);
        node.data("meter", 2, [good("chem/r101/power", now, 3)]);
        const live = (equipment: string) => watcher.newest("live", `/chem/${equipment}`);
        await eventually(() => live("r101")?.values.power?.quality === "good", "live values");
        await eventually(() => live("r102")?.values.mode?.quality === "good", "live value of the node");
        node.death();
        await eventually(() => live("r101")?.values.temp?.reason === "STALE", "stale values");
        await eventually(() => live("r102")?.values.mode?.reason === "STALE", "stale value of the node");
        expect(qualities(live("r101")?.values)).toMatchObject({ temp: "STALE", mode: "STALE", power: "STALE" });
        const since = live("r101")?.state?.since ?? 0;
        expect(since).toBeGreaterThanOrEqual(now);
        expect(since).toBeLessThanOrEqual(Date.now());
        // Data without a new birth is not believed: the node is offline.
        node.data("plc", 3, [good(temp, now + 1, 21)]);
        await eventually(() => node.rebirthsAsked === 1, "rebirth request");
      }),
  );
});
