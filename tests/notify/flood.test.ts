import { setImmediate as turn } from "node:timers/promises";
import { expect, test } from "vitest";
import { type AlarmPriority, alarmPriorities } from "#shared/model/alarm.ts";
import { instant, millis } from "#shared/model/time.ts";
import { ManualClock } from "../fakes/clock.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { startNotifier } from "./notifierRig.ts";
import { eventOf, plantWith } from "./plant.ts";
import { startReceiver } from "./receiver.ts";

const start = instant(Date.UTC(2026, 10, 2, 2));

test("10,000 alarms in ten seconds, which then clear: one summary per person, urgent people first, urgent alarms first", async () => {
  await using receiver = await startReceiver();
  await using folder = await temporaryFolder();
  const clock = new ManualClock(start);
  const plant = plantWith(`
channels: [{ id: hook, kind: webhook, url: "${receiver.url}/" }]
people:
  - { id: operator, name: { zh: 操作工 }, language: en, reach: [{ channel: hook, priorities: [medium, low] }] }
  - { id: officer, name: { zh: 安全员 }, language: en, reach: [{ channel: hook }] }
rosters: [{ id: duty, shifts: [{ people: [operator, officer], from: "00:00", to: "00:00" }] }]
routes: [{ id: all, roster: duty, escalation: [{ afterMinutes: { critical: 3 }, roster: duty }] }]`);
  await using rig = await startNotifier(folder.path, plant, clock);
  const each: readonly AlarmPriority[] = [
    ...Array<AlarmPriority>(95).fill("low"),
    "high",
    "high",
    "medium",
    "medium",
    "critical",
  ];
  const alarms = Array.from({ length: 10_000 }, (_, i) => ({ name: `a${i}`, priority: each[i % 100] ?? "low" }));
  // 100 a tenth of a second.
  let longestMs = 0;
  for (let tenth = 0; tenth < 100; tenth += 1) {
    const some = alarms.slice(tenth * 100, (tenth + 1) * 100);
    rig.records.appendAlarmEvents(some.map((alarm) => eventOf(alarm, "raised", "UNACK", clock.now())));
    rig.notifier.wake();
    const began = performance.now();
    await clock.advance(millis(100));
    await turn();
    longestMs = Math.max(longestMs, performance.now() - began);
  }
  expect(receiver.received).toHaveLength(0);
  // The longest time in which ingest could do nothing else: an acknowledgement waits no longer than this.
  expect(longestMs).toBeLessThan(1_000);
  const settle = async (n: number) => {
    for (let i = 0; i < 100 && receiver.received.length < n; i += 1) {
      await clock.advance(millis(200));
      await turn();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  await settle(2);
  const messages = () => receiver.received.map(({ body }) => JSON.parse(body));
  expect(messages()).toHaveLength(2);
  const [first, second] = messages();
  expect(first).toMatchObject({
    to: "officer",
    count: 10_000,
    priority: "critical",
    counts: { critical: 100, high: 200, medium: 200, low: 9_500 },
  });
  expect(first.title).toBe("[Demo platform] 10000 alarms: 100 critical, 200 high, 200 medium, 9500 low");
  expect(first.alarms.map(({ priority }: { priority: AlarmPriority }) => priority)).toEqual(Array(10).fill("critical"));
  expect(first.text.split("\n")).toHaveLength(11);
  expect(second).toMatchObject({ to: "operator", count: 9_700, counts: { medium: 200, low: 9_500 } });
  const ranks = second.alarms.map(({ priority }: { priority: AlarmPriority }) => alarmPriorities.indexOf(priority));
  expect(ranks).toEqual([...ranks].sort((a: number, b: number) => a - b));

  // All acknowledged and back to normal: no call is left, and nobody hears of it again.
  for (let i = 0; i < alarms.length; i += 500) {
    const some = alarms.slice(i, i + 500);
    rig.records.appendAlarmEvents(some.map((alarm) => eventOf(alarm, "acknowledged", "ACKED", clock.now())));
    await clock.advance(millis(200));
    await turn();
  }
  await clock.advance(millis(400));
  for (let i = 0; i < 50 && rig.records.notificationState().calls.length > 0; i += 1) {
    await clock.advance(millis(200));
    await turn();
  }
  expect(rig.records.notificationState()).toMatchObject({ calls: [], notices: [], messages: [] });
  expect(receiver.received).toHaveLength(2);
}, 60_000);
