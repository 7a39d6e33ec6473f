import { describe, expect, test } from "vitest";
import { datatypes } from "#shared/wire/sparkplug/types.ts";
import { edge, group, idOf, sample } from "../gateway/nodeBench.ts";
import { fastClock, statusOfA, withEdgeScene } from "./edgeScene.ts";
import { tck } from "./tck.ts";

const base = `spBv1.0/${group}`;

describe("data", () => {
  test(
    tck(
      "seq goes up by one over all topics and from 255 to 0, on every message but NDEATH",
      "payloads-sequence-num-always-included",
      "payloads-sequence-num-incrementing",
      "topics-ddata-seq-num",
      "payloads-ddata-seq",
      "payloads-ddata-seq-inc",
    ),
    () =>
      withEdgeScene(async ({ tap, host, sent, start }) => {
        const running = await start("q1");
        for (let i = 1; i <= 600; i++) running.box.outbox.push(i % 2 ? "a" : "b", [sample(i % 2 ? "a" : "b", i)]);
        await tap.until(() => sent("DDATA").length >= 600);
        await running.stop();
        const numbers = sent().map(({ type, decoded }) => (type === "NDEATH" ? "NDEATH" : decoded.seq));
        expect(numbers.slice(0, -1)).toEqual(numbers.slice(0, -1).map((_, i) => i % 256));
        expect(sent().at(-1)).toMatchObject({ type: "NDEATH", decoded: { metrics: [{ name: "bdSeq" }] } });
        expect(sent().at(-1)?.decoded.seq).toBeUndefined();
        expect(host.broken).toEqual([]);
      }),
  );

  test(
    tck(
      "DDATA: alias alone, no datatype, each metric with its time, in order of time",
      "topics-ddata-topic",
      "topics-ddata-mqtt",
      "payloads-ddata-qos",
      "payloads-ddata-retain",
      "topics-ddata-timestamp",
      "payloads-ddata-timestamp",
      "topics-ddata-payload",
      "payloads-alias-data-cmd-requirement",
      "payloads-name-requirement",
      "payloads-name-birth-data-requirement",
      "payloads-metric-datatype-not-req",
      "payloads-timestamp-in-UTC",
      "payloads-metric-timestamp-in-UTC",
      "operational-behavior-data-publish-dbirth-order",
    ),
    () =>
      withEdgeScene(async ({ tap, sent, start }) => {
        const before = Date.now();
        const running = await start("q1");
        running.last.set(idOf("a", "x"), sample("a", 900));
        running.last.set(idOf("a", "y"), sample("a", 800, 1, "y"));
        await tap.until(() => sent("DDEATH").length >= 2);
        running.box.outbox.push("a", [sample("a", 1_000), sample("a", 1_001, 5, "y"), sample("a", 1_002)]);
        await tap.until(() => sent("DDATA").length >= 1);
        const [data] = sent("DDATA");
        expect(data).toMatchObject({ topic: `${base}/DDATA/${edge}/a`, qos: 0, retain: false });
        expect(data?.decoded.timestamp).toBeGreaterThanOrEqual(before);
        const metrics = data?.decoded.metrics ?? [];
        expect(metrics.map(({ name, datatype }) => [name, datatype])).toEqual(
          metrics.map(() => [undefined, undefined]),
        );
        expect(metrics.every(({ alias }) => typeof alias === "number")).toBe(true);
        expect(metrics.slice(0, 3).map(({ timestamp }) => timestamp)).toEqual([1_000, 1_001, 1_002]);
        expect(metrics[3]?.timestamp).toBe(data?.decoded.timestamp);
        for (const { decoded } of sent("DBIRTH")) {
          const times = decoded.metrics.map(({ timestamp }) => Number(timestamp));
          expect(times).toEqual(times.toSorted((a, b) => a - b));
        }
      }),
  );

  test(
    tck(
      "NDATA: by name, no datatype, each metric with its time, after all births",
      "topics-ndata-topic",
      "topics-ndata-mqtt",
      "payloads-ndata-qos",
      "payloads-ndata-retain",
      "topics-ndata-timestamp",
      "payloads-ndata-timestamp",
      "topics-ndata-seq-num",
      "payloads-ndata-seq",
      "payloads-ndata-seq-inc",
      "operational-behavior-data-publish-nbirth-order",
    ),
    () =>
      withEdgeScene(async ({ tap, sent, start }) => {
        let tags = 1;
        await start("q1", { clock: fastClock, statuses: () => [statusOfA(tags)] });
        await tap.until(() => sent("DDEATH").length >= 2);
        tags = 2;
        await tap.until(() => sent("NDATA").length >= 1);
        const [last, ndata] = sent().slice(-2);
        expect(ndata).toMatchObject({ topic: `${base}/NDATA/${edge}`, qos: 0, retain: false });
        expect(ndata?.decoded.seq).toBe((last?.decoded.seq ?? 0) + 1);
        const at = ndata?.decoded.timestamp;
        expect(ndata?.decoded.metrics).toEqual([{ name: "Node Status/a/Tags", timestamp: at, value: 2 }]);
        expect(sent("NBIRTH")[0]?.decoded.metrics).toContainEqual(
          expect.objectContaining({ name: "Node Status/a/Tags", datatype: datatypes.Int32, value: 1 }),
        );
      }),
  );
});
