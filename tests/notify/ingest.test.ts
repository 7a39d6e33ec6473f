import { expect, test } from "vitest";
import { instant } from "#shared/model/time.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { eventually } from "../ingest/eventually.ts";
import { startRig } from "../ingest/rig.ts";
import { good } from "../ingest/samples.ts";
import { watch } from "../ingest/watcher.ts";
import { plantWith } from "./plant.ts";
import { startReceiver } from "./receiver.ts";

/** Escalation after a second and a bit, so that the test sees it. */
const notification = (url: string) => `
channels:
  - { id: hook, kind: webhook, url: "${url}/" }
  - { id: bus, kind: mqtt }
people:
  - { id: wang, language: en, name: { zh: 王工 }, reach: [{ channel: hook }] }
  - { id: chief, language: en, name: { zh: 主任 }, reach: [{ channel: hook }] }
  - { id: siren, name: { zh: 警铃 }, reach: [{ channel: bus }] }
rosters:
  - { id: duty, shifts: [{ people: [wang, siren], from: "00:00", to: "00:00" }] }
  - { id: chiefs, shifts: [{ people: [chief], from: "00:00", to: "00:00" }] }
routes:
  - { id: all, priorities: [critical, high], roster: duty, returns: true, escalation: [{ afterMinutes: { critical: 0.02, high: 60 }, roster: chiefs }] }
grouping: { collectSeconds: 0.2 }`;

test("from the instrument to the receiver: raised, acknowledged, back to normal; and escalated where nobody acknowledges", async () => {
  await using receiver = await startReceiver();
  await using folder = await temporaryFolder();
  await using rig = await startRig(folder.path, { plant: plantWith(notification(receiver.url)) });
  await using watcher = await watch(rig);
  await using node = await rig.node();
  node.birth();
  const told = () =>
    receiver.received.map(({ body }) => {
      const { to, title } = JSON.parse(body);
      return `${to}: ${title.replace("[示范平台] ", "").replace("[Demo platform] ", "")}`;
    });
  const now = Date.now();

  node.data("plc", 1, [good("chem/r101/temp", now, 85)]);
  await eventually(() => told().length === 1, "the alarm at the receiver");
  expect(told()).toEqual(["wang: Alarm (high): 超温"]);
  await eventually(() => watcher.newest("notification", "siren") !== undefined, "the alarm on the topic");
  expect(watcher.newest("notification", "siren")).toMatchObject({
    to: "siren",
    kind: "alarm",
    priority: "high",
    alarms: ["demo/chem/hot"],
  });
  expect(await watcher.acknowledge("c-1", "demo/chem/hot")).toMatchObject({ outcome: "done" });
  node.data("plc", 2, [good("chem/r101/temp", now + 1_000, 60)]);
  await eventually(() => told().length === 2, "the return at the receiver");
  expect(told()[1]).toBe("wang: Back to normal: 超温");

  node.data("meter", 3, [good("chem/r101/power", now + 2_000, 45)]);
  await eventually(() => told().length === 4, "the escalation");
  expect(told().slice(2)).toEqual([
    "wang: Alarm (critical): 功率高",
    "chief: Escalated: not acknowledged yet: Alarm (critical): 功率高",
  ]);

  // The state survives a restart: nobody is told again, and what is open is still followed.
  await watcher.acknowledge("c-2", "demo/chem/power-high");
  await rig.restart();
  await using records = await rig.records();
  expect(records.notificationState()).toMatchObject({ notices: [], messages: [] });
  expect(records.notificationMessages(10).every(({ state }) => state === "delivered")).toBe(true);
  expect(told()).toHaveLength(4);
  expect(records.notificationMessages(10)[0]?.endedAt).toBeGreaterThan(instant(now));
}, 30_000);

test("a test of a channel through ingest answers with what the channel says; health names a channel that is dead", async () => {
  await using receiver = await startReceiver();
  await using folder = await temporaryFolder();
  await using rig = await startRig(folder.path, { plant: plantWith(notification(receiver.url)) });
  await using watcher = await watch(rig);
  expect(await watcher.testChannel("t-1", "hook")).toMatchObject({
    outcome: "done",
    detail: expect.stringContaining("`wang`"),
  });
  expect(await watcher.testChannel("t-2", "bus")).toMatchObject({ outcome: "done" });
  await eventually(() => watcher.newest("notification", "siren") !== undefined, "the test on the topic");
  expect(await watcher.testChannel("t-3", "fax")).toMatchObject({ outcome: "refused", code: "NOT_FOUND" });
  receiver.answer({ status: 403, body: "revoked" });
  expect(await watcher.testChannel("t-4", "hook")).toMatchObject({
    outcome: "refused",
    code: "FORBIDDEN",
    detail: expect.stringContaining("revoked"),
  });
  await eventually(() => watcher.newest("health", "ingest")?.state === "degraded", "degraded health");
  const details = watcher.newest("health", "ingest")?.details;
  expect(details?.["notification.hook"]).toMatch(/^dead: .*revoked/);
  expect(details?.["notification.bus"]).toBe("ok");
});
