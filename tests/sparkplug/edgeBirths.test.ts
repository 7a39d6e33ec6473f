import { describe, expect, test } from "vitest";
import { bdSeqOf, metricNames } from "#shared/wire/delivery.ts";
import { datatypes } from "#shared/wire/sparkplug/types.ts";
import { windowLimits } from "../../gateway/edgeNode/window.ts";
import { edge, group, idOf, type RunningNode, sample } from "../gateway/nodeBench.ts";
import { fastClock, statusOfA, withEdgeScene } from "./edgeScene.ts";
import { tck } from "./tck.ts";
import type { Message } from "./wireTap.ts";

const known: readonly number[] = Object.values(datatypes).filter((type) => type !== datatypes.Unknown);
const base = `spBv1.0/${group}`;

const connect = ({ node, box }: RunningNode, device: string, connected = true) =>
  node.deviceChanged({ device, connected, after: box.outbox.lastNumber() });

/** What makes a birth of the standard one, apart from where its metrics come from. */
function expectBirth({ qos, retain, decoded }: Message): void {
  expect([qos, retain]).toEqual([0, false]);
  expect(Math.abs((decoded.timestamp ?? 0) - Date.now())).toBeLessThan(60_000);
  for (const metric of decoded.metrics) {
    expect(metric.name).not.toBe("");
    expect(known).toContain(metric.datatype);
    expect(metric.timestamp).toBeTypeOf("number");
    // Null is is_null; a metric with neither would be undefined.
    expect(metric.value, metric.name).not.toBeUndefined();
    for (const { type } of Object.values(metric.properties ?? {})) expect(known).toContain(type);
  }
}

describe("births", () => {
  test(
    tck(
      "NBIRTH",
      "topics-nbirth-topic",
      "topics-nbirth-mqtt",
      "payloads-nbirth-qos",
      "payloads-nbirth-retain",
      "message-flow-edge-node-birth-publish-nbirth-topic",
      "message-flow-edge-node-birth-publish-nbirth-payload",
      "message-flow-edge-node-birth-publish-nbirth-qos",
      "message-flow-edge-node-birth-publish-nbirth-retained",
      "message-flow-edge-node-birth-publish-nbirth-payload-seq",
      "topics-nbirth-seq-num",
      "payloads-nbirth-seq",
      "payloads-sequence-num-zero-nbirth",
      "topics-nbirth-timestamp",
      "payloads-nbirth-timestamp",
      "payloads-nbirth-edge-node-descriptor",
      "topics-nbirth-metrics",
      "topics-nbirth-rebirth-metric",
      "payloads-nbirth-rebirth-req",
      "operational-behavior-data-publish-nbirth-values",
      "operational-behavior-data-commands-rebirth-name",
      "operational-behavior-data-commands-rebirth-name-aliases",
      "operational-behavior-data-commands-rebirth-datatype",
      "operational-behavior-data-commands-rebirth-value",
      "payloads-metric-datatype-req",
      "payloads-metric-datatype-value",
    ),
    () =>
      withEdgeScene(async ({ tap, sent, start }) => {
        await start("q1");
        await tap.until(() => sent("DBIRTH").length >= 2);
        const [nbirth, ...more] = sent("NBIRTH");
        expect(more).toEqual([]);
        expect(nbirth).toMatchObject({ topic: `${base}/NBIRTH/${edge}`, decoded: { seq: 0 } });
        if (nbirth) expectBirth(nbirth);
        const rebirth = nbirth?.decoded.metrics.filter(({ name }) => name === "Node Control/Rebirth");
        expect(rebirth).toMatchObject([{ datatype: datatypes.Boolean, value: false }]);
        expect(rebirth?.[0]?.alias).toBeUndefined();
      }),
  );

  test(
    tck(
      "DBIRTHs come right after it, with the next numbers",
      "topics-dbirth-topic",
      "topics-dbirth-mqtt",
      "payloads-dbirth-qos",
      "payloads-dbirth-retain",
      "message-flow-device-birth-publish-nbirth-wait",
      "message-flow-device-birth-publish-dbirth-topic",
      "message-flow-device-birth-publish-dbirth-match-edge-node-topic",
      "message-flow-device-birth-publish-dbirth-payload",
      "message-flow-device-birth-publish-dbirth-qos",
      "message-flow-device-birth-publish-dbirth-retained",
      "message-flow-device-birth-publish-dbirth-payload-seq",
      "topics-dbirth-seq",
      "payloads-dbirth-seq",
      "payloads-dbirth-seq-inc",
      "topics-dbirth-timestamp",
      "payloads-dbirth-timestamp",
      "payloads-dbirth-order",
      "topics-dbirth-metrics",
      "operational-behavior-data-publish-dbirth-values",
      "payloads-ndata-order",
      "payloads-ddata-order",
      "payloads-metric-propertyvalue-type-value",
      "payloads-metric-propertyvalue-type-req",
    ),
    () =>
      withEdgeScene(async ({ tap, sent, start }) => {
        const running = await start("q1");
        running.last.set(idOf("a", "x"), sample("a", 1_000, 7));
        running.box.outbox.push("a", [sample("a", 2_000)]);
        await tap.until(() => sent("DDATA").length >= 1);
        expect(
          sent()
            .slice(0, 4)
            .map(({ topic, decoded: { seq } }) => [topic, seq]),
        ).toEqual([
          [`${base}/NBIRTH/${edge}`, 0],
          [`${base}/DBIRTH/${edge}/a`, 1],
          [`${base}/DBIRTH/${edge}/b`, 2],
          [`${base}/DDATA/${edge}/a`, 3],
        ]);
        for (const birth of sent("DBIRTH")) expectBirth(birth);
        const values = sent("DBIRTH").map(({ decoded }) => decoded.metrics.map(({ name, value }) => [name, value]));
        expect(values[0]).toEqual([
          ["l/a/x", 7],
          ["l/a/y", null],
          [metricNames.batch, ""],
        ]);
      }),
  );

  test(
    tck(
      "whatever is sent was named in a birth before, with an alias that is the node's alone",
      "topics-nbirth-metric-reqs",
      "topics-dbirth-metric-reqs",
      "operational-behavior-data-publish-nbirth",
      "operational-behavior-data-publish-dbirth",
      "payloads-alias-uniqueness",
      "payloads-alias-birth-requirement",
      "topics-ndata-payload",
      "operational-behavior-data-publish-nbirth-change",
    ),
    () =>
      withEdgeScene(async ({ tap, sent, start }) => {
        let tags = 1;
        const running = await start("q1", { clock: fastClock, statuses: () => [statusOfA(tags)] });
        await tap.until(() => sent("DBIRTH").length >= 2);
        running.box.outbox.push("a", [sample("a", 1), sample("a", 2, 2, "y")]);
        running.box.outbox.push("gone", [sample("gone", 3)]);
        running.box.outbox.push("b", [sample("b", 4, 4, "left")]);
        tags = 2;
        const tagCounts = () =>
          sent("NDATA").flatMap(({ decoded }) => decoded.metrics.filter(({ name }) => name === "Node Status/a/Tags"));
        await tap.until(() => sent("DDATA").length >= 3 && tagCounts().length >= 1);
        expect(tagCounts()).toMatchObject([{ value: 2 }]);

        const names = new Map<string, Set<string>>();
        const aliases = new Map<number | bigint, string>();
        for (const { type, device = "", decoded } of sent()) {
          for (const { name, alias } of decoded.metrics) {
            const metric = `${device} ${name}`;
            if (type.endsWith("BIRTH")) {
              names.set(device, (names.get(device) ?? new Set()).add(metric));
              if (alias === undefined) continue;
              expect(aliases.get(alias) ?? metric, `alias ${alias}`).toBe(metric);
              aliases.set(alias, metric);
            } else if (alias === undefined) expect(names.get(device)).toContain(metric);
            else expect(aliases.get(alias), `alias ${alias}`).toMatch(new RegExp(`^${device} `));
          }
        }
        expect(aliases.size).toBe(3 + 4 + 2);
      }),
  );
});

describe("a rebirth", () => {
  test(
    tck(
      "stops the data, sends all births with the bdSeq of the session, then goes on",
      "operational-behavior-data-commands-rebirth-action-1",
      "operational-behavior-data-commands-rebirth-action-2",
      "operational-behavior-data-commands-rebirth-action-3",
    ),
    () =>
      withEdgeScene(async ({ tap, host, sent, start }) => {
        const running = await start("q1");
        connect(running, "a");
        connect(running, "b");
        await tap.until(() => sent("DBIRTH").length >= 2);
        let at = 0;
        // Data without end: a rebirth comes between it.
        const feed = setInterval(() => running.box.outbox.push("a", [sample("a", ++at)]), 2);
        try {
          await tap.until(() => sent("DDATA").length > 10);
          host.askRebirth();
          const asked = tap.said.length;
          await tap.until(() => sent("NBIRTH").length >= 2);
          const sinceAsked = tap.said
            .slice(asked)
            .filter((one) => one.kind === "publish" && one.topic.includes("/DDATA/"));
          expect(sinceAsked.length, "at most what was under way").toBeLessThan(windowLimits.batches);
          const count = sent("DDATA").length;
          await tap.until(() => sent("DDATA").length > count + 5);
        } finally {
          clearInterval(feed);
        }
        const after = sent().slice(sent().findLastIndex(({ type }) => type === "NBIRTH"));
        expect(after.slice(0, 4).map(({ type, device }) => [type, device])).toEqual([
          ["NBIRTH", undefined],
          ["DBIRTH", "a"],
          ["DBIRTH", "b"],
          ["DDATA", "a"],
        ]);
        expect(sent("NBIRTH").map(({ decoded }) => bdSeqOf(decoded))).toEqual([0, 0]);
        expect(tap.said.filter(({ kind }) => kind === "connect")).toHaveLength(2);
        expect(host.broken).toEqual([]);
      }),
  );
});

describe("a lost instrument", () => {
  test(
    tck(
      "is told of by DDEATH with time and the next number",
      "operational-behavior-device-ddeath",
      "topics-ddeath-topic",
      "topics-ddeath-mqtt",
      "topics-ddeath-seq-num",
      "payloads-ddeath-timestamp",
      "payloads-ddeath-seq",
      "payloads-ddeath-seq-inc",
    ),
    () =>
      withEdgeScene(async ({ tap, sent, start }) => {
        const running = await start("q1");
        connect(running, "a");
        connect(running, "b");
        await tap.until(() => sent("DBIRTH").length >= 2);
        running.box.outbox.push("a", [sample("a", 1)]);
        await tap.until(() => sent("DDATA").length >= 1);
        const before = Date.now();
        connect(running, "a", false);
        await tap.until(() => sent("DDEATH").some(({ device }) => device === "a"));
        const [data, death] = sent().slice(-2);
        expect(death).toMatchObject({ topic: `${base}/DDEATH/${edge}/a`, qos: 0, retain: false });
        expect(death?.decoded.metrics).toEqual([]);
        expect(death?.decoded.seq).toBe((data?.decoded.seq ?? 0) + 1);
        expect(death?.decoded.timestamp).toBeGreaterThanOrEqual(before);
      }),
  );
});
