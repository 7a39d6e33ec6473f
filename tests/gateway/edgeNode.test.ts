import { describe, expect, test } from "vitest";
import { instant } from "#shared/model/time.ts";
import { bdSeqOf, metricNames } from "#shared/wire/delivery.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { startBroker, type TestBroker } from "./broker.ts";
import { deviceTags, edge, group, idOf, type RunningNode, runNode, sample } from "./nodeBench.ts";
import { startHost, type TestHost } from "./testHost.ts";

interface Bench {
  readonly folder: string;
  readonly broker: TestBroker;
  readonly host: TestHost;
  start(queueId: string): Promise<RunningNode>;
}

async function withBench(body: (bench: Bench) => Promise<void>, online = true): Promise<void> {
  await using folder = await temporaryFolder();
  await using broker = await startBroker();
  await using host = await startHost(() => broker.url, group, edge, online);
  await using stack = new AsyncDisposableStack();
  await body({
    folder: folder.path,
    broker,
    host,
    start: async (queueId) => stack.use(await runNode(folder.path, broker.url, queueId)),
  });
  expect(host.broken).toEqual([]);
}

const kinds = (host: TestHost) => host.heard.map(({ type, device }) => (device ? `${type} ${device}` : type));
const connect = ({ node, box }: RunningNode, device: string, connected = true) =>
  node.deviceChanged({ device, connected, after: box.outbox.lastNumber() });
const names = (queueId: string, count: number) => Array.from({ length: count }, (_, i) => `${queueId}:${i + 1}`);

describe("edge node", () => {
  test("is born first with every tag, then sends by alias with the batch's name last", () =>
    withBench(async ({ host, start }) => {
      const running = await start("q1");
      connect(running, "a");
      await host.until(() => kinds(host).includes("DBIRTH b"));
      running.last.set(idOf("a", "x"), sample("a", 5));
      running.box.outbox.push("a", [sample("a", 1_000), sample("a", 2_000, 7, "y")]);
      await host.until(() => host.stored.has("q1:1"));
      expect(kinds(host).slice(0, 3)).toEqual(["NBIRTH", "DBIRTH a", "DBIRTH b"]);
      const [nbirth, dbirth] = host.heard;
      expect(nbirth?.payload.metrics.map(({ name }) => name)).toEqual([
        metricNames.bdSeq,
        metricNames.rebirth,
        metricNames.batchAck,
        metricNames.replayFrom,
        metricNames.queueId,
        metricNames.batch,
        metricNames.gap,
        "Transport/Oldest Unacked",
        "Transport/Next",
        "Transport/Unacked",
        "Transport/Queue Bytes",
        "Transport/Queue Fill",
        "Transport/Open Gaps",
        "Transport/Refused Acks",
        "Transport/Durable",
      ]);
      expect(nbirth?.payload.metrics.every(({ alias }) => alias === undefined)).toBe(true);
      expect(dbirth?.payload.metrics.map(({ name }) => name)).toEqual(["l/a/x", "l/a/y", metricNames.batch]);
      expect(host.stored.get("q1:1")).toEqual([sample("a", 1_000), sample("a", 2_000, 7, "y")]);
    }));

  test("a batch of an earlier time is sent as historical between live ones", () =>
    withBench(async ({ host, start }) => {
      const running = await start("q1");
      connect(running, "a");
      await host.until(() => kinds(host).includes("DBIRTH b"));
      running.box.outbox.push("a", [sample("a", 5_000)]);
      running.box.outbox.push("a", [sample("a", 1_000)], { when: "historical" });
      running.box.outbox.push("a", [sample("a", 6_000)]);
      await host.until(() => host.stored.size === 3);
      const sent = host.heard.filter(({ type }) => type === "DDATA");
      expect(sent.map(({ batch, historical }) => [batch, historical])).toEqual([
        ["q1:1", false],
        ["q1:2", true],
        ["q1:3", false],
      ]);
    }));

  test("a device whose description changes is born again behind its data; one that comes makes a new birth", () =>
    withBench(async ({ host, start }) => {
      const running = await start("q1");
      connect(running, "a");
      await host.until(() => kinds(host).includes("DDEATH b"));
      running.box.outbox.push("a", [sample("a", 1_000)]);
      const [a, b] = deviceTags;
      if (!a || !b) throw new Error("no devices");
      const unit = { ...a, tags: a.tags.map((tag) => ({ ...tag, unit: "K" })) };
      running.node.describe([unit, b]);
      running.box.outbox.push("a", [sample("a", 2_000)]);
      await host.until(() => host.stored.size === 2);
      const after = kinds(host).slice(kinds(host).indexOf("DDEATH b") + 1);
      expect(after.filter((kind) => kind !== "DBIRTH a" && kind !== "DDATA a")).toEqual([]);
      expect(after.slice(-2)).toEqual(["DBIRTH a", "DDATA a"]);
      const births = host.heard.filter(({ type, device }) => type === "DBIRTH" && device === "a");
      const units = births.map(({ payload }) => payload.metrics[0]?.properties?.engUnit?.value);
      expect(units.at(-1)).toBe("K");
      expect(new Set(births.map(({ payload }) => payload.metrics[0]?.alias)).size).toBe(1);

      const { tags } = a;
      running.node.describe([unit, b, { id: "c", tags: tags.map((tag) => ({ ...tag, tag: idOf("c", "x") })) }]);
      await host.until(() => kinds(host).filter((kind) => kind === "NBIRTH").length === 2);
      await host.until(() => kinds(host).includes("DBIRTH c"));
    }));

  test("a device that is not connected is born with its last values and dies at once", () =>
    withBench(async ({ host, start }) => {
      await start("q1");
      await host.until(() => kinds(host).length >= 5);
      expect(kinds(host)).toEqual(["NBIRTH", "DBIRTH a", "DBIRTH b", "DDEATH a", "DDEATH b"]);
    }));

  test("births and deaths of a device stand in order with its data", () =>
    withBench(async ({ host, start }) => {
      const running = await start("q1");
      await host.until(() => kinds(host).includes("DDEATH b"));
      connect(running, "a");
      running.box.outbox.push("a", [sample("a", 1_000)]);
      running.box.outbox.push("a", [
        { tag: idOf("a", "x"), at: instant(2_000), quality: "bad", value: null, reason: "NOT_CONNECTED" },
      ]);
      connect(running, "a", false);
      await host.until(() => kinds(host).at(-1) === "DDEATH a");
      connect(running, "a");
      running.box.outbox.push("a", [sample("a", 3_000)]);
      await host.until(() => host.stored.has("q1:3"));
      expect(kinds(host).slice(5)).toEqual(["DBIRTH a", "DDATA a", "DDATA a", "DDEATH a", "DBIRTH a", "DDATA a"]);
      expect(host.stored.get("q1:2")).toMatchObject([{ quality: "bad", value: null, reason: "NOT_CONNECTED" }]);
    }));

  test("a lost device does not die for the host before the host has everything of it", () =>
    withBench(async ({ host, start }) => {
      host.policy = () => ({ store: true, acknowledge: false });
      const running = await start("q1");
      await host.until(() => kinds(host).includes("DDEATH b"));
      connect(running, "a");
      running.box.outbox.push("a", [sample("a", 1_000)]);
      connect(running, "a", false);
      await host.until(() => host.stored.has("q1:1"));
      const before = host.heard.length;
      host.askRebirth();
      await host.until(() => kinds(host).slice(before).includes("DDEATH b"));
      expect(kinds(host).slice(before)).not.toContain("DDEATH a");
      host.policy = () => ({ store: true, acknowledge: true });
      await host.until(() => kinds(host).at(-1) === "DDEATH a");
      expect(kinds(host).lastIndexOf("DDATA a")).toBeLessThan(kinds(host).lastIndexOf("DDEATH a"));
    }));

  test("waits for the host's STATE; when it goes offline, dies and comes back with the next bdSeq", () =>
    withBench(async ({ host, start }) => {
      await host.say(false);
      const running = await start("q1");
      running.box.outbox.push("a", [sample("a", 1)]);
      await running.box.durable();
      expect(host.heard).toEqual([]);
      await host.say(true);
      await host.until(() => host.stored.has("q1:1"));
      await host.say(false);
      await host.until(() => kinds(host).includes("NDEATH"));
      await host.say(true);
      await host.until(() => kinds(host).filter((kind) => kind === "NBIRTH").length === 2);
      const sequence = host.heard.flatMap(({ type, payload }) =>
        type === "NBIRTH" || type === "NDEATH" ? [bdSeqOf(payload)] : [],
      );
      expect(sequence).toEqual([0, 0, 1]);
    }, false));

  test("a rebirth is sent on request, with the same bdSeq and seq 0 again", () =>
    withBench(async ({ host, start }) => {
      await start("q1");
      await host.until(() => kinds(host).includes("DDEATH b"));
      const before = host.heard.length;
      host.askRebirth();
      await host.until(() => host.heard.length >= before + 5);
      expect(kinds(host).slice(before)).toEqual(["NBIRTH", "DBIRTH a", "DBIRTH b", "DDEATH a", "DDEATH b"]);
      expect(host.heard[before]?.payload.seq).toBe(0);
      expect(bdSeqOf(host.heard[before]!.payload)).toBe(0);
    }));

  test("without acknowledgement 32 batches are under way, not one more", () =>
    withBench(async ({ host, start }) => {
      host.policy = () => ({ store: true, acknowledge: false });
      const { box } = await start("q1");
      for (let i = 0; i < 60; i++) box.outbox.push("a", [sample("a", i)]);
      await host.until(() => host.stored.size === 32);
      host.askRebirth();
      await host.until(() => kinds(host).filter((kind) => kind === "NBIRTH").length === 2);
      expect(host.stored.size).toBe(32);
    }));

  test("lost messages and lost acknowledgements: each batch is repeated under its name, none is missing", () =>
    withBench(async ({ host, start }) => {
      let n = 0;
      host.policy = () => {
        n += 1;
        return { store: n % 7 !== 0, acknowledge: n % 3 !== 0 };
      };
      const { box } = await start("q1");
      for (let i = 1; i <= 200; i++) box.outbox.push(i % 2 ? "a" : "b", [sample(i % 2 ? "a" : "b", i)]);
      await box.durable();
      await expect.poll(() => box.outbox.depth().batches, { timeout: 25_000 }).toBe(0);
      expect([...host.stored.keys()].sort()).toEqual([...names("q1", 200)].sort());
      for (let i = 1; i <= 200; i++) expect(host.stored.get(`q1:${i}`)).toEqual([sample(i % 2 ? "a" : "b", i)]);
      const repeated = host.heard.filter(
        ({ batch }, at) => batch && host.heard.findIndex((other) => other.batch === batch) < at,
      );
      expect(repeated.length).toBeGreaterThan(10);
      expect(repeated.every(({ historical }) => historical)).toBe(true);
    }));

  test("a broker that is killed three times, and a host that is cut off: nothing is missing", () =>
    withBench(async ({ host, broker, start }) => {
      const { box } = await start("q1");
      let pushed = 0;
      const push = (count: number) => {
        for (let i = 0; i < count; i++) box.outbox.push("a", [sample("a", ++pushed)]);
      };
      for (let round = 0; round < 3; round++) {
        push(40);
        await host.until(() => host.stored.size > round * 60 + 5);
        push(40);
        await broker.stop();
        push(20);
        await host.disconnect();
        await broker.start();
        await host.connect();
        await host.say(true);
      }
      await box.durable();
      await expect.poll(() => box.outbox.depth().batches, { timeout: 25_000 }).toBe(0);
      expect([...host.stored.keys()].sort()).toEqual([...names("q1", pushed)].sort());
    }));

  test("a restart sends what was left as historical, under the old queue id, live data not behind it", () =>
    withBench(async ({ host, start }) => {
      host.policy = () => ({ store: false, acknowledge: false });
      const first = await start("q1");
      for (let i = 1; i <= 300; i++) first.box.outbox.push("a", [sample("a", i)]);
      await first.box.durable();
      await host.until(() => kinds(host).includes("DDATA a"));
      await first.stop();
      host.policy = () => ({ store: true, acknowledge: true });
      const second = await start("q2");
      await host.until(() => kinds(host).filter((kind) => kind === "NBIRTH").length === 2);
      const before = host.heard.length;
      for (let i = 1; i <= 20; i++) second.box.outbox.push("b", [sample("b", 1_000 + i)]);
      await host.until(() => host.stored.size === 320);
      expect([...host.stored.keys()].sort()).toEqual([...names("q1", 300), ...names("q2", 20)].sort());
      const sent = host.heard.slice(before).filter(({ batch }) => batch);
      expect(sent.filter(({ batch }) => batch?.startsWith("q1")).every(({ historical }) => historical)).toBe(true);
      expect(sent.filter(({ batch }) => batch?.startsWith("q2")).some(({ historical }) => historical)).toBe(false);
      expect(sent.findIndex(({ batch }) => batch === "q2:20")).toBeLessThan(100);
    }));

  test("a tag and a device that left the plant are declared while their samples wait", () =>
    withBench(async ({ host, start }) => {
      const { box } = await start("q1");
      await host.until(() => kinds(host).includes("DDEATH b"));
      box.outbox.push("gone", [sample("gone", 1)]);
      box.outbox.push("a", [sample("a", 2, 2, "old")]);
      await host.until(() => host.stored.has("q1:2"));
      expect(host.stored.get("q1:1")).toEqual([sample("gone", 1)]);
      expect(host.stored.get("q1:2")).toEqual([sample("a", 2, 2, "old")]);
      expect(deviceTags.map(({ id }) => id)).not.toContain("gone");
    }));

  test("dies by its own word when it is stopped", () =>
    withBench(async ({ host, start }) => {
      const running = await start("q1");
      await host.until(() => kinds(host).includes("DDEATH b"));
      await running.stop();
      await host.until(() => kinds(host).includes("NDEATH"));
      expect(host.heard.at(-1)?.payload.metrics).toMatchObject([{ name: "bdSeq", value: 0 }]);
    }));
});
