import { expect, test } from "vitest";
import type { AlarmEvent, AlarmPriority, AlarmState, AlarmTransition } from "#shared/model/alarm.ts";
import { instant } from "#shared/model/time.ts";
import { createAlarmCaller } from "../../dashboard/web/alert/alarmCaller.ts";
import { eventOf } from "../notify/plant.ts";

/** A page of a user who has switched the calls on, unless said otherwise; `log` is what he hears and sees. */
function startPage({ isOn = true, isReady = true, isCalling = true } = {}) {
  const log: string[] = [];
  const page = { now: 0, isReady, unacknowledged: null as AlarmPriority | null };
  const timers: { due: number; run: () => void; every?: number }[] = [];
  const add = (timer: (typeof timers)[number]) => {
    timers.push(timer);
    return () => void timers.splice(timers.indexOf(timer), 1);
  };
  const kept = new Map([["alarmCall", isOn ? "on" : "off"]]);
  const caller = createAlarmCaller({
    clock: {
      now: () => instant(page.now),
      every: (every, run) => add({ due: page.now + every, run, every }),
      after: (wait, run) => add({ due: page.now + wait, run }),
      frame: (run) => add({ due: page.now, run }),
    },
    preferences: { read: (key) => kept.get(key) ?? null, write: (key, value) => void kept.set(key, value) },
    bell: {
      isReady: () => page.isReady,
      unlock: async () => {
        page.isReady = true;
      },
      ring: (priority) => void log.push(`ring ${priority}`),
    },
    notice: {
      ask: async () => void log.push("ask"),
      show: ({ status }, more) => void log.push(`notice ${status.name.zh} and ${more}`),
    },
    isCalling: () => isCalling,
    unacknowledged: () => page.unacknowledged,
  });
  const pass = (ms: number): void => {
    const until = page.now + ms;
    for (;;) {
      const next = timers.filter(({ due }) => due <= until).sort((a, b) => a.due - b.due)[0];
      if (!next) break;
      page.now = next.due;
      if (next.every) next.due += next.every;
      else timers.splice(timers.indexOf(next), 1);
      next.run();
    }
    page.now = until;
  };
  let seq = 0;
  const hear = (name: string, priority: AlarmPriority, more: Partial<AlarmEvent> = {}) => {
    const transition: AlarmTransition = more.transition ?? "raised";
    const state: AlarmState = more.status?.state ?? "UNACK";
    caller.hear({ ...eventOf({ name, priority }, transition, state, instant(0), more), seq: ++seq });
  };
  return { caller, log, page, pass, hear, kept };
}

test("a new alarm rings by its priority and shows a notice; a flood is one call in five seconds, the urgent first", () => {
  const { log, hear, pass } = startPage();
  hear("a", "low");
  expect(log).toEqual(["ring low", "notice a and 0"]);
  for (let i = 0; i < 100; i += 1) hear(`b${i}`, "medium");
  hear("fire", "critical");
  expect(log).toHaveLength(2);
  pass(5_000);
  expect(log.slice(2)).toEqual(["ring critical", "notice fire and 100"]);
});

test("acknowledgements, returns and late data call nobody", () => {
  const { log, hear } = startPage();
  hear("a", "high", { historical: true });
  hear("a", "high", { transition: "acknowledged" });
  hear("a", "high", { transition: "commented" });
  expect(log).toEqual([]);
});

test("what is urgent is called again every ten seconds until it is acknowledged, what is not only once", () => {
  const { log, hear, pass, page } = startPage();
  hear("fire", "critical");
  page.unacknowledged = "critical";
  pass(30_000);
  expect(log.filter((line) => line === "ring critical")).toHaveLength(4);
  page.unacknowledged = "medium";
  pass(30_000);
  expect(log.filter((line) => line.startsWith("ring"))).toHaveLength(4);
});

test("it is off until the user switches it on, who is asked for leave then; it stays so in this browser", async () => {
  const { caller, log, hear, kept, pass } = startPage({ isOn: false, isReady: false });
  hear("a", "high");
  pass(5_000);
  expect(log).toEqual([]);
  await caller.toggle();
  expect(log).toEqual(["ask", "ring low"]);
  expect([caller.isOn.value, caller.isBlocked.value, kept.get("alarmCall")]).toEqual([true, false, "on"]);
  hear("b", "high");
  expect(log.slice(2)).toEqual(["ring high", "notice b and 0"]);
  await caller.toggle();
  expect([caller.isOn.value, kept.get("alarmCall")]).toEqual([false, "off"]);
});

test("after a reload the browser holds the sound back: that shows, and any click lets it out", async () => {
  const { caller, pass } = startPage({ isReady: false });
  expect(caller.isBlocked.value).toBe(true);
  await caller.touched();
  expect(caller.isBlocked.value).toBe(false);
  pass(1_000);
  expect([caller.isOn.value, caller.isBlocked.value]).toEqual([true, false]);
});

test("of several tabs one calls", () => {
  const { log, hear } = startPage({ isCalling: false });
  hear("a", "critical");
  expect(log).toEqual([]);
});
