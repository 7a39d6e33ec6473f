import { describe, expect, test } from "vitest";
import type { AlarmEvent, AlarmStatus } from "#shared/model/alarm.ts";
import type { LiveFrame } from "#shared/model/live.ts";
import type { TagId } from "#shared/model/sample.ts";
import { instant } from "#shared/model/time.ts";
import { bookOf, countByPriority, emptyBook, readEvents } from "../../dashboard/web/live/alarmBook.ts";
import { type Cell, outsideNormal, valueState } from "../../dashboard/web/live/cell.ts";
import { createCells } from "../../dashboard/web/live/cells.ts";
import { hear, hearAnything, linkStatus, nothingHeard, serverNow } from "../../dashboard/web/live/linkStatus.ts";
import { Tail } from "../../dashboard/web/live/tail.ts";
import { analogScale, pointerAt } from "../../dashboard/web/widgets/analog.ts";

const tag = (name: string): TagId => `demo/l/e/${name}` as TagId;
const good = (at: number | null, more: Partial<Cell> = {}): Cell => ({
  value: 1,
  quality: "good",
  reason: null,
  at: at === null ? null : instant(at),
  ...more,
});

test.each([
  ["never", good(null), 0, true],
  ["good", good(1_000), 6_000, true],
  ["stale", good(1_000), 6_001, true],
  ["uncertain", good(1_000, { quality: "uncertain" }), 2_000, true],
  ["stale", good(1_000, { quality: "uncertain" }), 9_000, true],
  ["bad", good(1_000, { quality: "bad", reason: "DEVICE_FAULT" }), 2_000, true],
  ["stale", good(1_000, { quality: "bad", reason: "STALE" }), 2_000, true],
  ["offline", good(1_000), 2_000, false],
  ["never", good(null), 2_000, false],
] as const)("a value is %s", (state, cell, now, current) => {
  expect(valueState(cell, 5_000, instant(now), current)).toBe(state);
});

test("outside the normal band on either side, not on its edge", () => {
  expect([9.9, 10, 20, 20.1].map((value) => outsideNormal(value, [10, 20]))).toEqual(["low", null, null, "high"]);
  expect(outsideNormal("x", [10, 20])).toBeNull();
  expect(outsideNormal(5, undefined)).toBeNull();
});

describe("the connection", () => {
  const beat = { serverTime: instant(1_000_000), upstream: true };

  test("is lost 2.5 s after the last sign of life, at once when the socket closes, live again with the next", () => {
    const heard = hear(nothingHeard, beat, instant(10_000));
    expect(linkStatus(nothingHeard, false, instant(0))).toEqual({ kind: "connecting" });
    expect(linkStatus(heard, true, instant(12_500))).toEqual({ kind: "live" });
    expect(linkStatus(heard, true, instant(12_501))).toEqual({ kind: "lost", since: 10_000 });
    expect(linkStatus(heard, false, instant(10_001))).toEqual({ kind: "lost", since: 10_000 });
    expect(linkStatus(hearAnything(heard, instant(13_000)), true, instant(13_001))).toEqual({ kind: "live" });
  });
  test("says since when the server's own feed is cut", () => {
    let heard = hear(nothingHeard, { ...beat, upstream: false }, instant(10_000));
    heard = hear(heard, { ...beat, upstream: false }, instant(11_000));
    expect(linkStatus(heard, true, instant(11_100))).toEqual({ kind: "upstream", since: 10_000 });
    heard = hear(heard, beat, instant(12_000));
    expect(linkStatus(heard, true, instant(12_100))).toEqual({ kind: "live" });
  });
  test("takes server time from the fastest beat: a late one does not set the clock back", () => {
    const first = hear(nothingHeard, { serverTime: instant(100_000), upstream: true }, instant(1_000));
    const late = hear(first, { serverTime: instant(101_000), upstream: true }, instant(2_400));
    expect(serverNow(late, instant(2_400))).toBeGreaterThan(101_300);
    const set = hear(first, { serverTime: instant(50_000), upstream: true }, instant(2_000));
    expect(serverNow(set, instant(2_000))).toBe(50_000);
  });
});

describe("alarms", () => {
  const status = (alarm: string, more: Partial<AlarmStatus> = {}): AlarmStatus => ({
    alarm,
    line: "l",
    equipment: "e",
    tag: tag("t"),
    name: { zh: "高" },
    kind: "high",
    guidance: {},
    priority: "medium",
    state: "UNACK",
    limit: 1,
    unit: "1",
    value: 2,
    since: instant(1_000),
    hiddenBy: [],
    shelvedUntil: null,
    acknowledgedBy: null,
    acknowledgedAt: null,
    ...more,
  });
  const event = (seq: number, of: AlarmStatus): AlarmEvent => ({
    seq,
    transition: "raised",
    at: instant(seq),
    processedAt: instant(seq),
    user: null,
    comment: null,
    status: of,
  });

  test("stand unacknowledged first, then by priority, then the newest first", () => {
    const book = bookOf(
      [
        status("old", { since: instant(1) }),
        status("acked", { state: "ACKED", priority: "critical" }),
        status("new", { since: instant(9) }),
        status("returned", { state: "RTNUN", priority: "high" }),
        status("gone", { state: "NORM" }),
      ],
      4,
    );
    expect(book.alarms.map(({ alarm }) => alarm)).toEqual(["returned", "new", "old", "acked"]);
  });
  test("follow events; what is known already, or happened long ago, changes nothing", () => {
    const start = bookOf([status("a")], 1);
    const late = { ...event(4, status("late")), historical: true } as const;
    const events = [event(1, status("x")), event(2, status("b")), event(3, status("a", { state: "NORM" })), late];
    expect(readEvents(start, events)).toEqual(bookOf([status("b")], 4));
    expect(readEvents(start, [event(1, status("x"))])).toBe(start);
    expect(readEvents(emptyBook, [])).toBe(emptyBook);
  });
  test("are counted per priority", () => {
    const alarms = [status("a"), status("b", { state: "ACKED" }), status("c", { priority: "critical" })];
    expect(countByPriority(alarms)).toEqual([
      { priority: "critical", count: 1, unacknowledged: 1 },
      { priority: "medium", count: 2, unacknowledged: 1 },
    ]);
  });
});

describe("frames", () => {
  const tags = [tag("a"), tag("b")];
  const frame = (a: number, b: number): LiveFrame => ({
    seq: 1,
    serverTime: instant(0),
    i: [0, 1, 7],
    v: [a, b, 9],
    q: [0, 9, 0],
    r: [null, null, null],
    t: [a, b, 9],
    states: [],
  });
  test("replace only the cells that changed, and take an unknown quality as bad", () => {
    const cells = createCells();
    cells.apply(tags, frame(1, 1));
    const [a, b] = tags.map((each) => cells.cell(each).value);
    cells.apply(tags, frame(1, 2));
    expect(cells.cell(tag("a")).value).toBe(a);
    expect(cells.cell(tag("b")).value).not.toBe(b);
    expect(b?.quality).toBe("bad");
  });
  test("give each sample to a tail once", () => {
    const tail = new Tail();
    const seen: string[] = [];
    const stop = tail.listen((of, { value }) => seen.push(`${of.slice(-1)}${value}`));
    tail.apply(tags, frame(1, 1));
    tail.apply(tags, frame(1, 2));
    stop();
    tail.apply(tags, frame(3, 3));
    expect(seen).toEqual(["a1", "b1", "b2"]);
  });
});

test("an analog indicator never invents its scale", () => {
  expect(analogScale({ range: [0, 200], normal: [50, 100] })).toEqual({ low: 0, high: 200, band: [0.25, 0.5] });
  expect(analogScale({ normal: [10, 20] })).toMatchObject({ low: 0, high: 30 });
  expect(analogScale({})).toBeUndefined();
  expect(analogScale({ range: [5, 5] })).toBeUndefined();
  expect(pointerAt({ low: 0, high: 10, band: null }, 15)).toEqual({ share: 1, beyond: true });
});
