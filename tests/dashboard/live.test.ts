import fc from "fast-check";
import { Encoder, PacketType } from "socket.io-parser";
import { expect, test } from "vitest";
import type { AlarmEvent } from "#shared/model/alarm.ts";
import type { LiveFrame } from "#shared/model/live.ts";
import { instant, millis, seconds } from "#shared/model/time.ts";
import type { RecordsReader } from "#shared/store/records/port.ts";
import { createAlarmBoard } from "../../dashboard/server/live/alarmBoard.ts";
import { createCourier } from "../../dashboard/server/live/courier.ts";
import { FrameEncoder } from "../../dashboard/server/live/frameEncoder.ts";
import { createLiveState } from "../../dashboard/server/live/state.ts";
import { ManualClock } from "../fakes/clock.ts";
import { testView } from "./plant.ts";
import { event, status } from "./samples.ts";

const frame = (seq: number): LiveFrame => ({
  seq,
  serverTime: instant(0),
  i: [0],
  v: ['line\u2028\n"1"'],
  q: [0],
  r: [null],
  t: [1],
  states: [],
});

test("whatever the order of offers and acknowledgements: one under way, never an older one, the newest arrives", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom("offer", "acknowledge"), { maxLength: 60 }), (steps) => {
      const sent: number[] = [];
      const under: (() => void)[] = [];
      let offered = 0;
      const courier = createCourier(
        ({ seq }, received) => {
          sent.push(seq);
          under.push(received);
        },
        () => millis(0),
      );
      for (const step of steps) {
        if (step === "offer") courier.offer(frame(++offered));
        else under.shift()?.();
        expect(under.length).toBeLessThanOrEqual(1);
      }
      while (under.length > 0) under.shift()?.();
      expect(sent).toEqual([...new Set(sent)].sort((a, b) => a - b));
      expect(sent.at(-1) ?? 0).toBe(offered);
    }),
  );
});

test("a client is slow after 2 s without acknowledgement and lost after 15 s", () => {
  let now = seconds(0);
  let acknowledge = () => {};
  const courier = createCourier(
    (_, received) => {
      acknowledge = received;
    },
    () => now,
  );
  courier.offer(frame(1));
  const states = [0, 1.9, 2, 14.9, 15].map((s) => {
    now = seconds(s);
    return courier.state();
  });
  expect(states).toEqual(["ok", "ok", "slow", "slow", "lost"]);
  acknowledge();
  expect(courier.state()).toBe("ok");
});

test("a frame is encoded as socket.io does, and once only", () => {
  const encoder = new FrameEncoder();
  let reads = 0;
  const toJSON = (): LiveFrame => {
    reads++;
    return frame(1);
  };
  const data = { ...frame(1), toJSON };
  const packets = [7, 8, undefined].map((id) => ({
    type: PacketType.EVENT,
    nsp: "/",
    data: ["frame", data],
    ...(id === undefined ? {} : { id }),
  }));
  const encoded = packets.map((packet) => encoder.encode(packet));
  expect(reads).toBe(1);
  expect(encoded).toEqual(packets.map((packet) => new Encoder().encode(packet)));
  const other = { type: PacketType.EVENT, nsp: "/", data: ["heartbeat", { seq: 1 }] };
  expect(encoder.encode(other)).toEqual(new Encoder().encode(other));
});

/** A journal in memory: the board asks no more of the records. */
function journal(events: AlarmEvent[]): RecordsReader {
  const partial: Partial<RecordsReader> = {
    alarmSeq: () => events.at(-1)?.seq ?? 0,
    alarmStatuses: () => [],
    alarmEventsAfter: (after, limit) => events.filter(({ seq }) => seq > after).slice(0, limit),
  };
  return partial as RecordsReader;
}
const numbered = (n: number): AlarmEvent[] =>
  Array.from({ length: n }, (_, i) => ({ seq: i + 1, ...event(i % 2 === 0 ? "UNACK" : "NORM") }));

test("events arrive once each and in order, however the broker delivers them", () => {
  const deliveries = fc.array(fc.record({ whole: fc.boolean(), seq: fc.integer({ min: 1, max: 12 }) }), {
    maxLength: 30,
  });
  fc.assert(
    fc.property(deliveries, (list) => {
      const events = numbered(12);
      const seen: number[] = [];
      const told = {
        event: ({ seq }: AlarmEvent) => void seen.push(seq),
        replaced: () => {},
        restarted: () => expect.fail("no restart"),
      };
      // The journal stands at its last entry, the server began with an empty one.
      const written: AlarmEvent[] = [];
      const board = createAlarmBoard(journal(written), told);
      written.push(...events);
      for (const { whole, seq } of list) {
        const last = events[seq - 1] as AlarmEvent;
        if (whole) board.active(seq, [last.status]);
        else board.event(last);
      }
      const newest = Math.max(0, ...list.map(({ seq }) => seq));
      expect(seen).toEqual(events.slice(0, newest).map(({ seq }) => seq));
      expect(board.seq()).toBe(newest);
      expect(board.listed().length).toBe(newest % 2);
    }),
  );
});

test("a journal that begins anew replaces what was known", () => {
  const events = numbered(5);
  let restarts = 0;
  const board = createAlarmBoard(journal(events), { event: () => {}, replaced: () => {}, restarted: () => restarts++ });
  expect(board.seq()).toBe(5);
  events.splice(0, 5, ...numbered(1));
  board.active(1, [status("UNACK")]);
  expect([board.seq(), board.listed().length, restarts]).toEqual([1, 1, 1]);
  expect(board.since(5)).toBeNull();
});

test("upstream holds while ingest gives signs of life over a standing session, and no retained one counts", async () => {
  const clock = new ManualClock();
  const state = createLiveState(testView(), journal([]), clock);
  const ingest = { part: "ingest", at: instant(0), state: "ok", newest: { chem: instant(7) }, details: {} } as const;
  state.setHealth(ingest, true);
  expect(state.newest()).toEqual({ chem: 7, coat: null });
  state.setConnected(true);
  state.setHealth(ingest, true);
  expect(state.upstream()).toBe(false);
  state.setHealth(ingest, false);
  expect(state.upstream()).toBe(true);
  await clock.advance(seconds(3));
  expect(state.upstream()).toBe(true);
  await clock.advance(millis(1));
  expect(state.upstream()).toBe(false);
  state.setHealth(ingest, false);
  state.setConnected(false);
  state.setConnected(true);
  expect(state.upstream()).toBe(false);
});
