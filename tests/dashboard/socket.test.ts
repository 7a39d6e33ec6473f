import { expect, test } from "vitest";
import type { AlarmEvent } from "#shared/model/alarm.ts";
import type { AlarmPart, Heartbeat, LiveFrame, ViewSnapshot } from "#shared/model/live.ts";
import { instant } from "#shared/model/time.ts";
import { note, temp } from "./plant.ts";
import { event, live, status } from "./samples.ts";
import { origin, type Page, startServer } from "./server.ts";

const connected = (page: Page) =>
  new Promise<void>((resolve, reject) => {
    // It may have come while the next page's user was made.
    if (page.connected) resolve();
    page.once("connect", resolve);
    page.once("connect_error", reject);
  });
type ViewName = "overview" | `line:${string}`;
const subscribe = async (page: Page, view: ViewName): Promise<ViewSnapshot> => {
  const answer = await page.emitWithAck("subscribe", view);
  if ("error" in answer) throw new Error(answer.detail);
  return answer;
};
/** Acknowledges every frame: to be called before subscribing, for a frame that nobody hears is never acknowledged. */
const acknowledging = (page: Page): Page => page.on("frame", (_, received) => received());
/** The next frame for which `wanted` holds. */
const frameWith = (page: Page, wanted: (frame: LiveFrame) => boolean) =>
  new Promise<LiveFrame>((resolve) => {
    page.on("frame", (frame) => {
      if (wanted(frame)) resolve(frame);
    });
  });

test("a page gets the whole state on subscribing, then whole-state frames as values change", async () => {
  await using server = await startServer();
  await server.listen();
  const page = acknowledging(server.page(await server.cookieOf("viewer")));
  await connected(page);
  server.state.latest.apply("chem", [live(1_000, 20.5)], null);

  const snapshot = await subscribe(page, "line:chem");
  expect(snapshot.tags).toEqual([temp, "demo/chem/r1/press", "demo/chem/r1/mode"]);
  expect(snapshot.frame).toMatchObject({ i: [0, 1, 2], v: [20.5, null, null], q: [0, 2, 2], t: [1_000, null, null] });
  expect(snapshot.frame.states).toEqual([{ equipment: "demo/chem/r1", state: "UNK", since: null }]);

  const next = frameWith(page, (frame) => frame.v[0] === 21.5);
  const since = { equipment: "demo/chem/r1", state: "PRD", since: instant(2_000) } as const;
  server.state.latest.apply("chem", [live(2_000, 21.5)], since);
  const frame = await next;
  expect(frame.seq).toBeGreaterThan(snapshot.frame.seq);
  expect(frame).toMatchObject({ i: [0, 1, 2], t: [2_000, null, null], states: [since] });
});

test("the overview holds the key tags of all lines; an unknown view is refused", async () => {
  await using server = await startServer();
  await server.listen();
  const page = acknowledging(server.page(await server.cookieOf("viewer")));
  await connected(page);
  expect((await subscribe(page, "overview")).tags).toEqual([temp, note]);
  expect(await page.emitWithAck("subscribe", "line:none")).toMatchObject({ error: "NOT_FOUND" });
  expect(await page.emitWithAck("subscribe", "__proto__" as "overview")).toMatchObject({ error: "NOT_FOUND" });
});

test("a page that changes its view gets frames of the new one only", async () => {
  await using server = await startServer();
  await server.listen();
  const page = acknowledging(server.page(await server.cookieOf("viewer")));
  await connected(page);
  await subscribe(page, "line:chem");
  const widths: number[] = [];
  await subscribe(page, "line:coat");
  const next = frameWith(page, (frame) => widths.push(frame.i.length) > 0 && frame.t[0] === 5_000);
  server.state.latest.apply("chem", [live(4_000, 1)], null);
  server.state.latest.apply("coat", [live(5_000, 1, note)], null);
  await next;
  expect(new Set(widths)).toEqual(new Set([1]));
});

test("nothing is sent while nothing changes, except the heartbeat", async () => {
  await using server = await startServer();
  await server.listen();
  const page = acknowledging(server.page(await server.cookieOf("viewer")));
  await connected(page);
  server.state.latest.apply("chem", [live(1_000, 1)], null);
  const first = frameWith(page, () => true);
  await subscribe(page, "line:chem");
  await first;
  let frames = 0;
  page.on("frame", () => frames++);
  const beats: Heartbeat[] = [];
  await new Promise<void>((resolve) => page.on("heartbeat", (beat) => beats.push(beat) === 3 && resolve()));
  expect(frames).toBe(0);
  expect(beats[2]).toMatchObject({ newest: { chem: null, coat: null }, upstream: false });
  const period = (Number(beats[2]?.serverTime) - Number(beats[0]?.serverTime)) / 2;
  expect(period).toBeGreaterThan(900);
  expect(period).toBeLessThan(1_200);
});

test("a client that does not acknowledge has one frame under way, then gets the newest, not those between", async () => {
  await using server = await startServer();
  await server.listen();
  const slow = server.page(await server.cookieOf("viewer"));
  const quick = acknowledging(server.page(await server.cookieOf("viewer")));
  const got: LiveFrame[] = [];
  const held: (() => void)[] = [];
  const first = new Promise<void>((resolve) => {
    slow.on("frame", (frame, received) => {
      got.push(frame);
      held.push(received);
      resolve();
    });
  });
  await Promise.all([connected(slow), connected(quick)]);
  await Promise.all([subscribe(slow, "line:chem"), subscribe(quick, "line:chem")]);

  const seen: number[] = [];
  for (const value of [1, 2, 3, 4]) {
    const arrived = frameWith(quick, (frame) => frame.v[0] === value);
    server.state.latest.apply("chem", [live(value, value)], null);
    seen.push((await arrived).seq);
  }
  await first;
  expect(got.length).toBe(1);
  const second = new Promise<LiveFrame>((resolve) => slow.on("frame", resolve));
  held[0]?.();
  expect((await second).v[0]).toBe(4);
  expect((await second).seq).toBe(seen[3]);
  expect(got.length).toBe(2);
});

/** Parts of alarms, one by one; `taking` acknowledges each as it comes. */
function partsOf(page: Page, taking = true): { next(): Promise<AlarmPart>; take(): void } {
  const parts: AlarmPart[] = [];
  const held: (() => void)[] = [];
  let wake = (): void => {};
  page.on("alarms", (part, received) => {
    parts.push(part);
    if (taking) received();
    else held.push(received);
    wake();
  });
  return {
    next: async () => {
      while (parts.length === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      return parts.shift() as AlarmPart;
    },
    take: () => held.shift()?.(),
  };
}

test("alarm events reach every page in order, with their numbers", async () => {
  await using server = await startServer();
  await server.listen();
  const page = server.page(await server.cookieOf("safety"));
  const parts = partsOf(page);
  await connected(page);
  page.emit("follow", 0);
  expect(await parts.next()).toEqual({ seq: 0, alarms: [] });
  const events = server.records.appendAlarmEvents([event("UNACK"), event("NORM"), event("UNACK")]);
  // The first two were published while the broker was away: the third shows that they are missing.
  if (events[2]) server.state.alarms.event(events[2]);
  const got: AlarmEvent[] = [];
  while (got.length < 3) {
    const part = await parts.next();
    if ("events" in part) got.push(...part.events);
  }
  expect(got).toEqual(events);
});

test("a page goes on after the event that it saw last, and gets the list where that is not known", async () => {
  await using server = await startServer();
  await server.listen();
  const events = server.records.appendAlarmEvents([event("UNACK"), event("NORM"), event("UNACK")]);
  server.state.alarms.active(3, [status("UNACK")]);
  const page = server.page(await server.cookieOf("safety"));
  const parts = partsOf(page);
  await connected(page);
  const after = async (seq: number): Promise<AlarmPart> => {
    page.emit("follow", seq);
    return parts.next();
  };
  const whole = { seq: 3, alarms: [status("UNACK")] };
  expect(await after(1)).toEqual({ seq: 3, events: events.slice(1) });
  expect(await after(3)).toEqual({ seq: 3, events: [] });
  for (const unknown of [0, 7, -1, Number.NaN, "x" as unknown as number]) expect(await after(unknown)).toEqual(whole);
  server.records.appendAlarmEvents(Array.from({ length: 1_001 }, () => event("UNACK")));
  server.state.alarms.active(1_004, [status("UNACK")]);
  expect(await after(3)).toEqual({ seq: 1_004, alarms: [status("UNACK")] });
});

test("in a flood a page gets groups, one under way; who takes none is moved to the list", async () => {
  await using server = await startServer();
  await server.listen();
  const [quick, slow] = [server.page(await server.cookieOf("safety")), server.page(await server.cookieOf("viewer"))];
  const [taken, held] = [partsOf(quick), partsOf(slow, false)];
  await Promise.all([connected(quick), connected(slow)]);
  for (const page of [quick, slow]) page.emit("follow", 0);
  await Promise.all([taken.next(), held.next()]);
  const flood = Array.from({ length: 3_000 }, (_, i) => event("UNACK", `demo/chem/a${i % 1_500}`));
  const got: AlarmEvent[] = [];
  let groups = 0;
  for (let done = 0; done < flood.length; done += 500) {
    for (const one of server.records.appendAlarmEvents(flood.slice(done, done + 500))) server.state.alarms.event(one);
    while (got.length < done + 500) {
      const part = await taken.next();
      if (!("events" in part)) throw new Error("A page that takes all was moved to the list.");
      got.push(...part.events);
      groups++;
    }
  }
  expect(got.map(({ seq }) => seq)).toEqual(flood.map((_, i) => i + 1));
  expect(groups).toBeLessThan(50);
  held.take();
  const whole = await held.next();
  expect([whole.seq, "alarms" in whole && whole.alarms.length]).toEqual([3_000, 1_500]);
});

test("a list that differs from the events is shown to everybody", async () => {
  await using server = await startServer();
  await server.listen();
  const page = server.page(await server.cookieOf("safety"));
  const parts = partsOf(page);
  await connected(page);
  page.emit("follow", 0);
  await parts.next();
  // Ingest cannot write its journal: the alarm stands all the same.
  server.state.alarms.active(0, [status("UNACK")]);
  expect(await parts.next()).toEqual({ seq: 0, alarms: [status("UNACK")] });
  server.state.alarms.active(0, [], 12);
  expect(server.state.alarms.listed().length).toBe(1);
});

test("the new indicators come to every page", async () => {
  await using server = await startServer();
  await server.listen();
  const page = server.page(await server.cookieOf("viewer"));
  await connected(page);
  const got = new Promise((resolve) => page.once("indicators", resolve));
  server.state.setIndicators("chem", []);
  expect(await got).toEqual([]);
});

test("another site's page, and one without an origin, cannot open a socket", async () => {
  await using server = await startServer();
  await server.listen();
  const cookie = await server.cookieOf("admin");
  for (const headers of [{ cookie, origin: "https://evil.example" }, { cookie }]) {
    await expect(connected(server.page(cookie, { extraHeaders: headers as Record<string, string> }))).rejects.toThrow();
  }
  await expect(connected(server.page("", { extraHeaders: { origin } }))).rejects.toThrow("FORBIDDEN");
  await expect(connected(server.page("__Host-pilotline=forged"))).rejects.toThrow("FORBIDDEN");
  expect(server.metrics.counter("dashboard_sockets_refused_total", "").value({ cause: "origin" })).toBe(2);
});

test("only WebSocket is spoken", async () => {
  await using server = await startServer();
  const url = await server.listen();
  const cookie = await server.cookieOf("admin");
  const reply = await fetch(`${url}/socket.io/?EIO=4&transport=polling`, { headers: { cookie, origin } });
  expect(reply.status).toBe(400);
});

test("the end of a session ends its sockets", async () => {
  await using server = await startServer();
  await server.listen();
  const page = server.page(await server.cookieOf("viewer"));
  await connected(page);
  const ended = new Promise((resolve) => page.once("disconnect", resolve));
  const name = server.accounts.users()[0]?.name ?? "";
  await server.accounts.createUser("boss", "admin");
  server.accounts.changeUser(name, { disabled: true });
  expect(await ended).toBe("io server disconnect");
});
