import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { instant } from "#shared/model/time.ts";
import { openRecordsReader, openRecordsWriter } from "#shared/store/records/sqlite.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { killPeople } from "./killPlant.ts";
import { eventOf } from "./plant.ts";
import { type Receiver, startReceiver } from "./receiver.ts";

const opened = new AsyncDisposableStack();
let receiver: Receiver;
beforeAll(async () => {
  receiver = opened.use(await startReceiver());
});
afterAll(() => opened.disposeAsync());

const at = instant(Date.UTC(2026, 10, 2, 2));

/** Appends alarms to the journal, as ingest does before anybody hears of them. */
async function raise(folder: string, names: readonly string[]): Promise<void> {
  await using records = await openRecordsWriter(join(folder, "records.db"));
  if (records.notificationState().seq === null) records.saveNotification({ seq: 0 });
  records.appendAlarmEvents(names.map((name) => eventOf({ name, priority: "high" }, "raised", "UNACK", at)));
}

/** Runs the notifier until it has ended, or was killed: by its own hand at `failpoint`, or after `most` requests. */
async function run(folder: string, failpoint = "", most = Number.POSITIVE_INFINITY): Promise<string | number> {
  const script = fileURLToPath(new URL("./notifierChild.ts", import.meta.url));
  const child = spawn(process.execPath, [script, folder, receiver.url], {
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, PILOTLINE_FAILPOINT: failpoint },
  });
  const ended = once(child, "exit");
  let requests = 0;
  receiver.answer(() => {
    requests += 1;
    if (requests >= most) child.kill("SIGKILL");
    return {};
  });
  const [code, signal] = await ended;
  return signal ?? code;
}

const sent = (from: number) =>
  receiver.received.slice(from).map(({ body, headers }) => {
    const { id, to, title, alarms } = JSON.parse(body);
    expect(headers["idempotency-key"]).toBe(id);
    return {
      id: String(id),
      to: String(to),
      title: String(title),
      alarms: alarms.map(({ alarm }: { alarm: string }) => alarm),
    };
  });

/** How often each id came. */
const timesOf = (ids: readonly string[]): readonly number[] =>
  [...Map.groupBy(ids, (id) => id).values()].map((same) => same.length);

test.each([
  ["planned, not composed", "notify.planned"],
  ["the first message composed", "notify.composed"],
  ["all messages composed", "notify.composed:3"],
  ["about to send", "notify.begun"],
  ["about to send the third", "notify.begun:3"],
  ["the answer of the first recorded", "notify.recorded"],
  ["the answer of the third recorded", "notify.recorded:3"],
])("killed when it had %s: everybody is told once", async (_, failpoint) => {
  await using folder = await temporaryFolder();
  const from = receiver.received.length;
  await raise(folder.path, ["hot"]);
  expect(await run(folder.path, failpoint)).toBe("SIGKILL");
  expect(await run(folder.path)).toBe(0);
  const messages = sent(from);
  // A recorded answer is never sent again; what was on its way beside it may be, with its id.
  expect(
    messages
      .map(({ to }) => to)
      .filter((to, i, all) => all.indexOf(to) === i)
      .sort(),
  ).toEqual([...killPeople]);
  expect(new Set(messages.map(({ id }) => id)).size).toBe(3);
  await using records = await openRecordsReader(join(folder.path, "records.db"));
  expect(records.notificationMessages(10).map(({ state }) => state)).toEqual(["delivered", "delivered", "delivered"]);
});

test("killed between the server's answer and its record: sent again under the same id, marked as a possible repetition", async () => {
  await using folder = await temporaryFolder();
  const from = receiver.received.length;
  await raise(folder.path, ["hot"]);
  expect(await run(folder.path, "notify.sent")).toBe("SIGKILL");
  const before = receiver.received.length - from;
  expect(await run(folder.path)).toBe(0);
  const messages = sent(from);
  expect(new Set(messages.map(({ id }) => id)).size).toBe(3);
  const again = messages.slice(before);
  expect(again.length).toBeGreaterThan(0);
  for (const { title } of again) expect(title).toContain("may be a repetition");
  for (const { title } of messages.slice(0, before)) expect(title).not.toContain("repetition");
});

test("nothing is sent again once its answer is recorded, however often the process starts", async () => {
  await using folder = await temporaryFolder();
  await raise(folder.path, ["hot"]);
  expect(await run(folder.path)).toBe(0);
  const from = receiver.received.length;
  expect(await run(folder.path)).toBe(0);
  expect(await run(folder.path)).toBe(0);
  expect(receiver.received.length).toBe(from);
});

test("killed at any moment: every alarm reaches everybody, in order, and an id always says the same", async () => {
  await using folder = await temporaryFolder();
  const from = receiver.received.length;
  const names: string[] = [];
  for (let round = 0; round < 6; round += 1) {
    const name = `alarm-${round}`;
    names.push(`demo/chem/${name}`);
    await raise(folder.path, [name]);
    await run(folder.path, "", 1 + (round % 3));
  }
  expect(await run(folder.path)).toBe(0);
  const messages = sent(from);
  for (const person of killPeople) {
    const own = messages.filter(({ to }) => to === person);
    const heard = own.flatMap(({ alarms }) => alarms);
    expect([...new Set(heard)].sort()).toEqual([...names].sort());
    const order = own.map(({ alarms }) => names.indexOf(alarms[0]));
    expect(order).toEqual([...order].sort((a, b) => a - b));
  }
  for (const same of Map.groupBy(messages, ({ id }) => id).values()) {
    expect(new Set(same.map(({ alarms }) => alarms.join()))).toHaveLength(1);
  }
  expect(Math.max(...timesOf(messages.map(({ id }) => id)))).toBeLessThanOrEqual(names.length + 1);
});
