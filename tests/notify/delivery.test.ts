import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { instant, millis, minutes, seconds } from "#shared/model/time.ts";
import { ManualClock } from "../fakes/clock.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { eventually } from "../ingest/eventually.ts";
import { startNotifier } from "./notifierRig.ts";
import { eventOf, plantWith } from "./plant.ts";
import { type Receiver, startReceiver } from "./receiver.ts";

const opened = new AsyncDisposableStack();
let first: Receiver;
let second: Receiver;
let folder: string;
const perTest: AsyncDisposable[] = [];
beforeAll(async () => {
  first = opened.use(await startReceiver());
  second = opened.use(await startReceiver());
});
afterAll(() => opened.disposeAsync());
beforeEach(async () => {
  const made = await temporaryFolder();
  perTest.push(made);
  folder = made.path;
  first.answer({});
  second.answer({});
});
afterEach(async () => {
  for (const one of perTest.splice(0).reverse()) await one[Symbol.asyncDispose]();
});

const template = `'{"id":"{{id}}","to":"{{to}}","title":"{{title}}","count":{{count}},"priority":"{{priority}}"}'`;
/** Wang is reached by the first server, then by the second; Li by the second only. */
const plant = (more = "") =>
  plantWith(`
channels:
  - { id: first, kind: webhook, url: "${first.url}/", template: ${template} }
  - { id: second, kind: webhook, url: "${second.url}/", template: ${template} }
people:
  - { id: wang, name: { zh: 王工 }, language: en, reach: [{ channel: first }, { channel: second }] }
  - { id: li, name: { zh: 李工 }, language: en, reach: [{ channel: second }] }
rosters:
  - { id: duty, shifts: [{ people: [wang], from: "00:00", to: "00:00" }] }
  - { id: both, shifts: [{ people: [wang, li], from: "00:00", to: "00:00" }] }
routes:
  - { id: all, priorities: [critical, high, medium], roster: duty }
  - { id: low, priorities: [low], roster: both }
grouping: { collectSeconds: 0, burst: 100 }
${more}`);

const start = instant(Date.UTC(2026, 10, 2, 2));
const newer = (receiver: Receiver, from: number) => receiver.received.slice(from).map(({ body }) => JSON.parse(body));
/** Time goes on until something holds: each step lets real sockets have their turn. */
async function until(clock: ManualClock, condition: () => boolean, most = minutes(10)): Promise<void> {
  const end = clock.now() + most;
  while (!condition()) {
    if (clock.now() > end) throw new Error("It did not come to that in time.");
    await clock.advance(millis(200));
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

test("an alarm is delivered once, and that is recorded", async () => {
  const [before, other] = [first.received.length, second.received.length];
  await using rig = await startNotifier(folder, plant());
  rig.records.appendAlarmEvents([eventOf({ name: "hot", priority: "high" }, "raised", "UNACK", start)]);
  rig.notifier.wake();
  await first.nth(before + 1);
  await eventually(() => rig.records.notificationMessages(1)[0]?.state === "delivered", "recorded delivery");
  expect(newer(first, before)).toEqual([
    { id: "m1", to: "wang", title: "[Demo platform] Alarm (high): hot", count: 1, priority: "high" },
  ]);
  expect(second.received.length).toBe(other);
  expect(rig.records.notificationMessages(1)[0]).toMatchObject({
    deliveredBy: "first",
    tries: { total: 1 },
    error: null,
  });
});

test("a channel that fails: three tries, then the next way; then it is dead and is passed over, and looked at again", async () => {
  const clock = new ManualClock(start);
  await using rig = await startNotifier(folder, plant(), clock);
  first.answer({ status: 500 });
  const [before, other] = [first.received.length, second.received.length];
  const raise = (name: string) =>
    rig.records.appendAlarmEvents([eventOf({ name, priority: "high" }, "raised", "UNACK", clock.now())]);
  raise("a");
  await until(clock, () => second.received.length === other + 1);
  expect(first.received.length - before).toBe(3);
  expect(new Set(newer(first, before).map(({ id }) => id))).toEqual(new Set(["m1"]));
  expect(newer(second, other)[0]).toMatchObject({ id: "m1", to: "wang" });
  await until(clock, () => rig.notifier.facts().waiting === 0);
  expect(rig.notifier.facts().channels).toMatchObject([
    { channel: "first", state: "dead", error: expect.stringContaining("500") },
    { channel: "second", state: "ok" },
  ]);
  // Known to be dead, it costs the next alarm no time.
  raise("b");
  await until(clock, () => second.received.length === other + 2, seconds(2));
  expect(first.received.length - before).toBe(3);
  // A minute later it is looked at again.
  first.answer({});
  await clock.advance(minutes(1));
  raise("c");
  await until(clock, () => first.received.length - before === 4);
  await until(clock, () => rig.notifier.facts().channels[0]?.state === "ok");
  expect(second.received.length).toBe(other + 2);
});

test("a message that no channel takes waits, with its reason, and goes out once one works again; order is kept", async () => {
  const clock = new ManualClock(start);
  await using rig = await startNotifier(folder, plant(), clock);
  first.answer({ status: 500 });
  second.answer({ status: 500 });
  const before = first.received.length;
  rig.records.appendAlarmEvents([eventOf({ name: "a", priority: "high" }, "raised", "UNACK", clock.now())]);
  await until(clock, () => (rig.records.notificationMessages(1)[0]?.tries.round ?? 0) > 0);
  expect(rig.records.notificationMessages(1)[0]).toMatchObject({
    state: "waiting",
    error: expect.stringContaining("500"),
  });
  rig.records.appendAlarmEvents([eventOf({ name: "b", priority: "critical" }, "raised", "UNACK", clock.now())]);
  await clock.advance(minutes(3));
  expect(rig.notifier.facts()).toMatchObject({ waiting: 1, waitingSince: expect.any(Number) });
  first.answer({});
  const down = first.received.length;
  await until(clock, () => rig.notifier.facts().waiting === 0 && first.received.length >= down + 2);
  expect(newer(first, down).map(({ title }) => title)).toEqual([
    expect.stringContaining("Alarm (high): a"),
    expect.stringContaining("Alarm (critical): b"),
  ]);
  expect(down).toBeGreaterThan(before);
});

test("a refused signature kills the channel at once, a refused message does not", async () => {
  const clock = new ManualClock(start);
  await using rig = await startNotifier(folder, plant(), clock);
  const other = second.received.length;
  first.answer({ status: 400 });
  rig.records.appendAlarmEvents([eventOf({ name: "a", priority: "high" }, "raised", "UNACK", clock.now())]);
  await until(clock, () => second.received.length === other + 1, seconds(2));
  expect(rig.notifier.facts().channels[0]).toMatchObject({ state: "ok" });
  first.answer({ status: 401 });
  rig.records.appendAlarmEvents([eventOf({ name: "b", priority: "high" }, "raised", "UNACK", clock.now())]);
  await until(clock, () => second.received.length === other + 2, seconds(2));
  expect(rig.notifier.facts().channels[0]).toMatchObject({ state: "dead" });
});

test("after its time a message is given up, and says why", async () => {
  const clock = new ManualClock(start);
  await using rig = await startNotifier(folder, plant("giveUpHours: 0.1"), clock);
  first.answer({ status: 500 });
  second.answer({ status: 429, headers: { "retry-after": "5" } });
  rig.records.appendAlarmEvents([eventOf({ name: "a", priority: "high" }, "raised", "UNACK", clock.now())]);
  await until(clock, () => rig.records.notificationMessages(1)[0]?.state === "failed", minutes(20));
  const [message] = rig.records.notificationMessages(1);
  expect(message).toMatchObject({ deliveredBy: null, error: expect.stringMatching(/first|second/) });
  expect((message?.endedAt ?? 0) - start).toBeGreaterThanOrEqual(minutes(6));
  expect(rig.notifier.facts().waiting).toBe(0);
});

test("what waits for one person goes out as one message, the urgent first", async () => {
  const clock = new ManualClock(start);
  await using rig = await startNotifier(folder, plant(), clock);
  const [before, other] = [first.received.length, second.received.length];
  rig.records.appendAlarmEvents([
    eventOf({ name: "draught", priority: "low" }, "raised", "UNACK", start),
    eventOf({ name: "fire", priority: "critical" }, "raised", "UNACK", start),
  ]);
  await until(clock, () => second.received.length > other && first.received.length > before);
  expect(newer(first, before)).toMatchObject([{ to: "wang", count: 2, priority: "critical" }]);
  expect(newer(second, other)).toMatchObject([{ to: "li", count: 1, priority: "low" }]);
});

test("nobody on duty, nobody told: the alarm counts as unheard until it is acknowledged", async () => {
  const clock = new ManualClock(start);
  const nobody = plant();
  const shifts = [{ people: ["wang"], from: "01:00", to: "02:00", holidays: "alike" as const }];
  const config = nobody.notification;
  if (!config) throw new Error("The plant has a notification.");
  const asleep = { ...nobody, notification: { ...config, rosters: config.rosters.map((one) => ({ ...one, shifts })) } };
  await using rig = await startNotifier(folder, asleep, clock);
  const hot = { name: "hot", priority: "high" } as const;
  rig.records.appendAlarmEvents([eventOf(hot, "raised", "UNACK", clock.now())]);
  await until(clock, () => rig.notifier.facts().unheard === 1);
  rig.records.appendAlarmEvents([eventOf(hot, "acknowledged", "ACKED", clock.now())]);
  await until(clock, () => rig.notifier.facts().unheard === 0);
});

test("a test over a channel answers what the channel says, and to whom it went", async () => {
  await using rig = await startNotifier(folder, plant());
  const never = new AbortController().signal;
  const other = second.received.length;
  await expect(rig.notifier.test("second", "li", never)).resolves.toContain("`li`");
  expect(newer(second, other)).toMatchObject([{ to: "li", title: "[Demo platform] Notification test" }]);
  first.answer({ status: 401, body: "bad key" });
  await expect(rig.notifier.test("first", undefined, never)).rejects.toMatchObject({
    code: "FORBIDDEN",
    detail: expect.stringContaining("bad key"),
  });
  expect(rig.notifier.facts().channels[0]).toMatchObject({ state: "dead" });
  await expect(rig.notifier.test("first", "li", never)).rejects.toMatchObject({ code: "NOT_FOUND" });
  await expect(rig.notifier.test("third", undefined, never)).rejects.toMatchObject({ code: "NOT_FOUND" });
});
