import { describe, expect, test } from "vitest";
import { createMetrics } from "#shared/kit/metrics.ts";
import { instant } from "#shared/model/time.ts";
import { createNodeStatus } from "../../gateway/edgeNode/nodeStatus.ts";
import type { OutboxDepth } from "../../gateway/outbox/port.ts";
import type { DeviceStatus } from "../../gateway/status.ts";
import type { StatusReport, StatusSource } from "../../gateway/statusPage/report.ts";
import { serveStatus } from "../../gateway/statusPage/server.ts";
import { languageOf } from "../../gateway/statusPage/texts.ts";
import { ManualClock } from "../fakes/clock.ts";

const now = instant(Date.UTC(2026, 10, 25, 4));
const day = 86_400_000;

const device = (more: Partial<DeviceStatus> = {}): DeviceStatus => ({
  id: "plc-1",
  protocol: "opcua",
  connection: "lost",
  since: instant(now - 65_000),
  lastData: instant(now - 70_000),
  lastError: { code: "UNTRUSTED", detail: "opc.tcp://10.0.0.5:4840: <thumbprint AB>", at: instant(now - 1_000) },
  tags: 12,
  badTags: 12,
  unreadTags: 0,
  cadence: 0.987,
  driver: {
    warnings: ["security none: neither signed nor encrypted"],
    counters: { requests: 1_234, "exception 2": 3 },
    latencyMs: { p50: 4.25, p99: 31 },
    certificates: [
      { whose: "own", thumbprint: "AB", validTo: instant(now + 400 * day) },
      { whose: "device", thumbprint: "CD", validTo: instant(now + 12.5 * day) },
    ],
  },
  ...more,
});

const source = (devices: readonly DeviceStatus[], refused: string | null = null): StatusSource => ({
  platform: "p",
  gateway: "edge-1",
  timeZone: "Asia/Shanghai",
  startedAt: instant(now - 3_600_000),
  plant: () => ({ file: "plant.yaml", loadedAt: instant(now - 3_600_000), refused }),
  health: () => ({
    devices: 1,
    devicesConnected: 0,
    outboxBatches: 3,
    outboxBytes: 400,
    outboxFill: 0.25,
    lossesOpen: 0,
    isDurable: true,
    diskFree: 0.5,
    certificateDaysLeft: null,
    newest: {},
  }),
  devices: () => devices,
});

const serve = (from: StatusSource) => {
  const metrics = createMetrics();
  metrics.counter("gateway_readings_total", "Readings.").add(7, { device: "plc-1" });
  return serveStatus(0, from, { clock: new ManualClock(now), metrics });
};

describe("the status page", () => {
  test("JSON says of each device its state, its last error in words, and the days its certificates hold", async () => {
    await using server = await serve(source([device()]));
    const reply = await fetch(`${server.address}/status.json`);
    const report = (await reply.json()) as StatusReport;
    expect(report).toMatchObject({ v: 1, gateway: "edge-1", plant: { refused: null }, outbox: { outboxBatches: 3 } });
    expect(report.devices[0]).toMatchObject({
      id: "plc-1",
      connection: "lost",
      certificateDaysLeft: 12,
      lastError: { code: "UNTRUSTED", zh: "证书未受信任", en: "certificate not trusted" },
      driver: { counters: { "exception 2": 3 } },
    });
    expect(report.devices[0]?.lastError?.help).toMatch(/trust/);
  });

  test("HTML speaks the reader's language and lets no text of a device become markup", async () => {
    await using server = await serve(source([device()], "plant.yaml:3:1: key: <b>wrong</b>"));
    const zh = await (
      await fetch(server.address, { headers: { "accept-language": "zh-CN,zh;q=0.9,en;q=0.8" } })
    ).text();
    expect(zh).toContain('lang="zh-CN"');
    expect(zh).toContain("连接中断");
    expect(zh).toContain("证书未受信任 (UNTRUSTED)");
    expect(zh).toContain("&lt;thumbprint AB&gt;");
    expect(zh).not.toContain("<b>wrong");
    const en = await (await fetch(`${server.address}/?lang=en`)).text();
    for (const shown of [
      "98.7 %",
      "4.3 / 31.0 ms",
      "12 days",
      "requests 1,234",
      "2026-11-25 12:00:00 GMT+8",
      "1 min",
      "security none",
      "12 bad",
    ])
      expect(en).toContain(shown);
    expect(en).toContain("The new plant model is refused");
  });

  test("metrics are there; nothing can be changed; a name that is not of loopback is refused", async () => {
    await using server = await serve(source([]));
    const metrics = await fetch(`${server.address}/metrics`);
    expect(await metrics.text()).toContain('gateway_readings_total{device="plc-1"} 7');
    expect((await fetch(server.address, { method: "POST" })).status).toBe(405);
    expect((await fetch(`${server.address}/else`)).status).toBe(404);
    const rebound = await new Promise<number | undefined>((resolve) => {
      void import("node:http").then(({ get }) =>
        get(`${server.address}/status.json`, { headers: { host: "evil.example" } }, (reply) => {
          reply.resume();
          resolve(reply.statusCode);
        }),
      );
    });
    expect(rebound).toBe(403);
  });

  test("where the port is taken the next free one serves", async () => {
    await using server = await serve(source([]));
    const taken = Number(new URL(server.address).port);
    await using other = await serveStatus(taken, source([]), {
      clock: new ManualClock(now),
      metrics: createMetrics(),
    });
    expect(Number(new URL(other.address).port)).toBeGreaterThan(taken);
    expect((await fetch(other.address)).status).toBe(200);
  });

  test.each([
    [null, "de-DE", "zh"],
    [null, "en-GB,en", "en"],
    [null, undefined, "zh"],
    ["en", "zh-CN", "en"],
    ["fr", "en", "en"],
  ] as const)("asked %s, browser %s: %s", (asked, accepted, language) =>
    expect(languageOf(asked, accepted)).toBe(language),
  );
});

describe("the status as metrics of the node", () => {
  test("a birth tells everything, then only what changed, never a device that no birth named", () => {
    let devices = [device()];
    let depth: OutboxDepth = {
      batches: 3,
      backlog: 0,
      bytes: 400,
      keptBytes: 0,
      fill: 0,
      gaps: 0,
      oldestUnacknowledged: 1,
      next: 4,
      refusedAcks: 0,
      isDurable: true,
    };
    const status = createNodeStatus(
      () => devices,
      () => depth,
    );
    const birth = status.birth(now);
    expect(birth.map(({ name }) => name)).toContain("Node Status/plc-1/Certificate Days Left");
    expect(birth.find(({ name }) => name === "Node Status/plc-1/Last Error")?.value).toMatch(/^UNTRUSTED: opc\.tcp/);
    expect(birth.find(({ name }) => name === "Transport/Queue Bytes")?.value).toBe(400);
    expect(status.changes(now)).toEqual([]);
    depth = { ...depth, refusedAcks: 1 };
    devices = [device({ connection: "connected", badTags: 0 }), device({ id: "plc-2" })];
    expect(status.changes(now).map(({ name, value }) => [name, value])).toEqual([
      ["Transport/Refused Acks", 1],
      ["Node Status/plc-1/Connection", "connected"],
      ["Node Status/plc-1/Bad Tags", 0],
    ]);
    expect(status.changes(now)).toEqual([]);
    expect(status.birth(now).some(({ name }) => name === "Node Status/plc-2/Connection")).toBe(true);
  });
});
