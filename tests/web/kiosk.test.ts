import { describe, expect, test } from "vitest";
import type { LiveFrame } from "#shared/model/live.ts";
import type { TagId } from "#shared/model/sample.ts";
import { instant } from "#shared/model/time.ts";
import { kioskModeOf, nextPage } from "../../dashboard/web/kiosk/kioskMode.ts";
import { runWallScreen, type WallBrowser } from "../../dashboard/web/kiosk/wallScreen.ts";
import type { PageClock } from "../../dashboard/web/kit/pageClock.ts";
import type { LinkListener } from "../../dashboard/web/live/link.ts";
import { createLiveState } from "../../dashboard/web/live/liveState.ts";

/** Time that a test moves by hand; `timers` are those that run. */
function handClock() {
  let now = 0;
  const timers = new Map<object, { at: number; every: number | null; run: () => void }>();
  const add = (wait: number, every: number | null, run: () => void) => {
    const key = {};
    timers.set(key, { at: now + wait, every, run });
    return () => void timers.delete(key);
  };
  const clock: PageClock = {
    now: () => instant(now),
    every: (period, run) => add(period, period, run),
    after: (wait, run) => add(wait, null, run),
    frame: (run) => add(0, null, run),
  };
  const pass = (ms: number): void => {
    const end = now + ms;
    for (;;) {
      const [key, due] = [...timers].sort(([, a], [, b]) => a.at - b.at)[0] ?? [];
      if (!key || !due || due.at > end) break;
      now = Math.max(now, due.at);
      if (due.every === null) timers.delete(key);
      else due.at += due.every;
      due.run();
    }
    now = end;
  };
  return { clock, timers, pass };
}

function wall(newest: () => string | null) {
  const seen = { awake: 0, taken: 0, reloads: [] as string[], listeners: new Set<() => void>() };
  const browser: WallBrowser = {
    keepAwake: async () => {
      seen.taken++;
      seen.awake++;
      return () => void seen.awake--;
    },
    onShown: (run) => {
      seen.listeners.add(run);
      return () => void seen.listeners.delete(run);
    },
    newestBuild: async () => newest(),
    build: "main-1.js",
    get reloadedFor() {
      return seen.reloads.at(-1) ?? null;
    },
    reload: (build) => void seen.reloads.push(build),
  };
  return { browser, seen };
}
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

test.each([
  ["1", { everyS: null }],
  ["30", { everyS: 30 }],
  ["2", { everyS: 5 }],
  ["9999", { everyS: 3_600 }],
  ["0", null],
  ["", null],
  ["yes", null],
  ["-5", null],
  [["30"], null],
  [undefined, null],
] as const)("`?kiosk=%s`", (asked, mode) => {
  expect(kioskModeOf(asked)).toEqual(mode);
});

test("pages go round: overview, each line, overview; what is no page of the wall leads to the overview", () => {
  const lines = ["a", "b"];
  expect(nextPage({ name: "overview" }, lines)).toEqual({ name: "line", line: "a" });
  expect(nextPage({ name: "line", line: "a" }, lines)).toEqual({ name: "line", line: "b" });
  expect(nextPage({ name: "line", line: "b" }, lines)).toEqual({ name: "overview" });
  expect(nextPage({ name: "line", line: "gone" }, lines)).toEqual({ name: "overview" });
  expect(nextPage({ name: "alarms" }, lines)).toEqual({ name: "overview" });
  expect(nextPage({ name: "overview" }, [])).toEqual({ name: "overview" });
});

describe("a page on a wall", () => {
  test("turns its pages, keeps the screen on anew each time it is seen, and lets go of all of it at the end", async () => {
    const { clock, timers, pass } = handClock();
    const { browser, seen } = wall(() => "main-1.js");
    let turns = 0;
    const stop = runWallScreen(clock, browser, 30, () => void turns++);
    await settled();
    pass(3_600_000);
    expect([turns, seen.awake]).toEqual([120, 1]);
    for (const shown of seen.listeners) shown();
    await settled();
    expect([seen.awake, seen.taken]).toEqual([1, 2]);
    stop();
    expect([timers.size, seen.listeners.size, seen.awake]).toEqual([0, 0, 0]);
  });

  test("is loaded anew for a new build, once, and not while the server is away", async () => {
    const { clock, pass } = handClock();
    let newest: string | null = "main-1.js";
    const { browser, seen } = wall(() => newest);
    const stop = runWallScreen(clock, browser, null, () => {});
    const minute = async (): Promise<void> => {
      pass(60_000);
      await settled();
    };
    await minute();
    newest = null;
    await minute();
    expect(seen.reloads).toEqual([]);
    newest = "main-2.js";
    for (let i = 0; i < 5; i++) await minute();
    // A proxy that still gives the old page must not make it load for ever.
    expect(seen.reloads).toEqual(["main-2.js"]);
    newest = "main-3.js";
    await minute();
    expect(seen.reloads).toEqual(["main-2.js", "main-3.js"]);
    stop();
  });

  test("works where the browser cannot keep the screen on", async () => {
    const { clock, pass } = handClock();
    const { browser } = wall(() => "main-2.js");
    let turns = 0;
    const stop = runWallScreen(
      clock,
      { ...browser, keepAwake: () => Promise.reject(new Error("no")) },
      5,
      () => turns++,
    );
    await settled();
    pass(10_000);
    expect(turns).toBe(2);
    stop();
  });
});

test("a week of frames, heartbeats and lost connections leaves nothing behind in the live state", () => {
  const { clock, timers, pass } = handClock();
  let listener: LinkListener | undefined;
  const link = { isOpen: false };
  const live = createLiveState(
    clock,
    (given) => {
      listener = given;
      return {
        open: () => {
          link.isOpen = true;
        },
        close: () => {
          link.isOpen = false;
        },
        renew: () => {},
        get connected() {
          return link.isOpen;
        },
        subscribe: () => new Promise(() => {}),
        follow: () => {},
      };
    },
    async () => false,
  );
  live.start();
  live.show("overview");
  const tags = Array.from({ length: 40 }, (_, i) => `demo/l/e/t${i}` as TagId);
  const cells = tags.map((tag) => live.cells.cell(tag));
  const frame = (seq: number): LiveFrame => ({
    seq,
    serverTime: clock.now(),
    i: tags.map((_, i) => i),
    v: tags.map((_, i) => seq + i),
    q: tags.map(() => 0),
    r: tags.map(() => null),
    t: tags.map(() => clock.now()),
    states: [],
  });
  const before = timers.size;
  let most = 0;
  let seq = 0;
  for (let minute = 0; minute < 7 * 24 * 60; minute++) {
    if (minute % 600 === 0) {
      listener?.disconnected();
      listener?.connected();
    }
    // Pages are hidden at times: no frame is drawn then, and none may pile up.
    for (let i = 0; i < 4; i++) listener?.frame(frame(++seq));
    listener?.heartbeat({ serverTime: clock.now(), newest: { l: clock.now() }, upstream: true });
    most = Math.max(most, timers.size);
    pass(60_000);
  }
  expect(most).toBe(before + 1);
  expect(timers.size).toBe(before);
  expect(tags.map((tag) => live.cells.cell(tag))).toEqual(cells);
  expect(live.indicators.value.size).toBe(0);
  live.stop();
  expect(timers.size).toBe(0);
});
