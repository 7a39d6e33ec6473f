import { expect, test } from "vitest";
import { systemClock } from "#shared/kit/clock.ts";
import { alarmPriorities } from "#shared/model/alarm.ts";
import { hours, instant, millis } from "#shared/model/time.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { eventually } from "./eventually.ts";
import { floodDevice, floodPlant, floodTags, rulesPerTag } from "./floodPlant.ts";
import { testPlant } from "./plantFixture.ts";
import { startRig } from "./rig.ts";
import { good } from "./samples.ts";
import { tagsOf } from "./tags.ts";
import { watch } from "./watcher.ts";

const tags = floodTags(1_000);
/** Tags that change with one message. */
const group = 50;
/** 10,000 alarms in 10 s. */
const pace = millis(50);

// The flood alone lasts 10 s.
const longTest = { timeout: 120_000 };

test("a flood is journaled whole, most urgent first; an acknowledgement is answered in it", longTest, async () => {
  await using folder = await temporaryFolder();
  await using rig = await startRig(folder.path, { plant: testPlant(floodPlant(tags.length)) });
  await using watcher = await watch(rig);
  await using node = await rig.node({ devices: { [floodDevice]: tagsOf(rig.plant, floodDevice) } });
  node.birth();
  await eventually(() => node.acks > 0, "answer to the birth");
  const now = Date.now();
  let number = 0;
  /** Raises the next rule of every tag. */
  const rise = async (value: number): Promise<void> => {
    for (let from = 0; from < tags.length; from += group) {
      const names = tags.slice(from, from + group).map((tag) => tag.split("/").slice(1).join("/"));
      number += 1;
      node.data(
        floodDevice,
        number,
        names.map((name) => good(name, now + number, value)),
      );
      await systemClock.sleep(pace);
    }
  };
  const flood = (async () => {
    for (let value = 1; value <= rulesPerTag; value++) await rise(value);
    await node.ackOf(number);
  })();
  const floodedAt = performance.now();
  await eventually(() => watcher.events.length > 2_000, "the flood");
  const asked = performance.now();
  expect(await watcher.acknowledge("c-1", "demo/flood/a0")).toMatchObject({ outcome: "done" });
  expect(performance.now() - asked).toBeLessThan(1_000);
  await flood;

  const all = tags.length * rulesPerTag;
  await eventually(() => watcher.events.length === all + 1, "every event on the wire");
  const events = watcher.events.toSorted((a, b) => a.seq - b.seq);
  await using records = await rig.records();
  expect(records.alarmEventsAfter(0, all + 9)).toEqual(events.map(({ v: _, ...event }) => event));
  expect(new Set(events.map(({ status }) => status.alarm)).size).toBe(all);
  expect(events.filter(({ transition }) => transition === "raised").length).toBe(all);

  // Alarms that one message raised are journaled together: none of them behind a less urgent one.
  const rank = ({ status }: (typeof events)[number]) => alarmPriorities.indexOf(status.priority);
  const overtaken = Map.groupBy(
    events.filter(({ transition }) => transition === "raised"),
    ({ at }) => at,
  );
  for (const together of overtaken.values()) {
    expect(together.map(rank)).toEqual(together.map(rank).toSorted((a, b) => a - b));
  }
  const listed = () => {
    const { alarms = [], omitted = 0 } = watcher.newest("activeAlarms") ?? {};
    return alarms.length + omitted;
  };
  await eventually(() => listed() === all, "the whole list");
  const list = watcher.newest("activeAlarms");
  expect(list?.omitted).toBeGreaterThan(0);
  expect(list?.alarms[0]?.priority).toBe("critical");
  // At most twice a second, and what was said before the flood.
  expect(watcher.count("activeAlarms")).toBeLessThan((2 * (performance.now() - floodedAt)) / 1_000 + 4);

  // One request answers for many (a critical alarm may not be shelved for so long): each alarm has an outcome of its own, and all are durable together.
  const ids = ["demo/flood/a3", "demo/flood/a0", "demo/flood/none"];
  const reply = await watcher.askOfMany("c-2", ids, {
    kind: "shelve",
    until: instant(Date.now() + hours(6)),
    comment: "x",
  });
  expect(reply.outcomes?.map(({ alarm, outcome, code }) => [alarm, outcome, code])).toEqual([
    ["demo/flood/a3", "done", undefined],
    ["demo/flood/a0", "refused", "CONFLICT"],
    ["demo/flood/none", "refused", "NOT_FOUND"],
  ]);
  expect(records.alarmSeq()).toBe(all + 2);
});
