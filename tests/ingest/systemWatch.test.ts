import { expect, test } from "vitest";
import { instant, millis, seconds } from "#shared/model/time.ts";
import { systemAlarms } from "#shared/plant/systemLine.ts";
import { encodeDerived, type HealthMessage } from "#shared/wire/derived.ts";
import { createSystemWatch } from "../../ingest/system/systemWatch.ts";
import type { Sample } from "../../shared/model/sample.ts";
import { ManualClock } from "../fakes/clock.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { eventually } from "./eventually.ts";
import { testPlant } from "./plantFixture.ts";
import { startRig } from "./rig.ts";
import { watch } from "./watcher.ts";

const plant = testPlant();
const quiet = {
  newest: new Map(),
  storeOutageSince: null,
  unsavedAlarmEvents: 0,
  indicatorsFailed: false,
  damages: [],
  brokersAway: [],
  notification: null,
};

function startWatch(facts: Partial<typeof quiet> & { storeOutageSince?: number | null } = {}) {
  const clock = new ManualClock(instant(1_790_000_000_000));
  const measured: Sample[] = [];
  const system = createSystemWatch({
    plant,
    senses: { diskFree: () => 0.4, certificateDaysLeft: () => null },
    alarms: { evaluate: (samples) => void measured.push(...samples) },
    facts: () => ({ ...quiet, ...(facts as typeof quiet) }),
    clock,
  });
  const figure = (name: string) => {
    measured.length = 0;
    system.measure();
    return measured.find(({ tag }) => tag === `demo/system/${name}`)?.value;
  };
  const say = (message: Partial<HealthMessage>, isRetained = false) => {
    const health = { v: 1, at: clock.now(), part: "gateway-edge-1", state: "ok", newest: {}, details: {} } as const;
    system.hear(new TextEncoder().encode(encodeDerived("health", { ...health, ...message })), isRetained);
  };
  return { clock, system, figure, say };
}

test("a gateway's silence counts from its last word, or from the begin of the session", async () => {
  const { clock, system, figure, say } = startWatch();
  expect(figure("gateway-edge-1/silence")).toBeUndefined();
  system.listen(true);
  await clock.advance(seconds(3));
  expect(figure("gateway-edge-1/silence")).toBe(3);
  say({}, true);
  expect(figure("gateway-edge-1/silence")).toBe(3);
  say({});
  await clock.advance(seconds(9));
  expect(figure("gateway-edge-1/silence")).toBe(9);
  say({ state: "down" });
  expect(figure("gateway-edge-1/silence")).toBe(9);
});

test("without a session others cannot be judged, and that is a figure itself", async () => {
  const { clock, system, figure } = startWatch();
  system.listen(true);
  expect(figure("ingest/broker-outage")).toBe(0);
  system.listen(false);
  await clock.advance(seconds(7));
  expect(figure("ingest/broker-outage")).toBe(7);
  expect(figure("gateway-edge-1/silence")).toBeUndefined();
});

test("what a gateway says of itself becomes figures", () => {
  const { clock, system, figure, say } = startWatch();
  system.listen(true);
  const details = {
    devices: 3,
    devicesConnected: 1,
    outboxFill: 0.831,
    lossesOpen: 2,
    isDurable: false,
    diskFree: 0.07,
  };
  say({ at: instant(clock.now() - 6_200), details });
  const figures = ["devices-lost", "queue-fill", "losses-open", "not-durable", "disk-free", "clock-offset"];
  expect(figures.map((name) => figure(`gateway-edge-1/${name}`))).toEqual([2, 83.1, 2, 1, 7, 6.2]);
  expect(figure("gateway-edge-1/certificate-days")).toBeUndefined();
});

test("a stall of the process is measured when it is over", async () => {
  const { clock, figure } = startWatch();
  figure("ingest/loop-delay");
  await clock.advance(seconds(1));
  expect(figure("ingest/loop-delay")).toBe(0);
  await clock.advance(millis(4_500));
  expect(figure("ingest/loop-delay")).toBe(3.5);
});

test("every figure has one alarm, with what to do", () => {
  const alarms = systemAlarms(plant);
  expect(new Set(alarms.map(({ id }) => id)).size).toBe(alarms.length);
  expect(alarms.filter(({ rule }) => !rule.response)).toEqual([]);
  expect(alarms.map(({ id }) => id)).toContain("demo/system/gateway-edge-1.silence");
});

test("a full disk and a silent gateway are alarms within 10 s, in the journal and acknowledged like any other", async () => {
  await using folder = await temporaryFolder();
  await using rig = await startRig(folder.path, {
    senses: { diskFree: () => 0.05, certificateDaysLeft: () => null },
  });
  await using seen = await watch(rig);
  const raised = (alarm: string) =>
    seen.events.find(({ transition, status }) => transition === "raised" && status.alarm === alarm);
  await eventually(() => raised("demo/system/ingest.disk-free") !== undefined, "alarm of the disk");
  expect(raised("demo/system/ingest.disk-free")?.status).toMatchObject({ priority: "high", value: 5, limit: 10 });
  await eventually(() => raised("demo/system/gateway-edge-1.silence") !== undefined, "alarm of the gateway", 15_000);
  const silence = raised("demo/system/gateway-edge-1.silence");
  expect(Number(silence?.status.value)).toBeLessThan(10);
  expect(await seen.acknowledge("c-1", "demo/system/ingest.disk-free")).toMatchObject({ outcome: "done" });
}, 30_000);
