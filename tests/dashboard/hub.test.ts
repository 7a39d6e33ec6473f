import { expect, test } from "vitest";
import type { Heartbeat, LiveFrame } from "#shared/model/live.ts";
import { instant, millis, seconds } from "#shared/model/time.ts";
import type { RecordsReader } from "#shared/store/records/port.ts";
import { createHub } from "../../dashboard/server/live/hub.ts";
import { createLiveState } from "../../dashboard/server/live/state.ts";
import { ManualClock } from "../fakes/clock.ts";
import { testView } from "./plant.ts";
import { live } from "./samples.ts";

const noRecords = { alarmSeq: () => 0, alarmStatuses: () => [] } as Partial<RecordsReader> as RecordsReader;

function setUp(acknowledge: boolean) {
  const clock = new ManualClock(instant(1_000_000));
  const state = createLiveState(testView(), noRecords, clock);
  const beats: Heartbeat[] = [];
  const hub = createHub(state, clock, { heartbeat: (beat) => beats.push(beat), indicators: () => {} });
  const stop = new AbortController();
  const running = hub.run(stop.signal);
  const frames: LiveFrame[] = [];
  let cuts = 0;
  const client = {
    frame: (frame: LiveFrame, received: () => void) => {
      frames.push(frame);
      if (acknowledge) received();
    },
    cut: () => {
      cuts++;
      hub.leave(client);
    },
  };
  const view = state.views.get("line:chem");
  if (!view) throw new Error("no view");
  hub.join(client, view);
  return {
    ...{ clock, state, hub, frames, beats, cuts: () => cuts },
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await running;
    },
  };
}

test("changes are gathered into four frames a second; without any, one frame in five seconds", async () => {
  await using it = setUp(true);
  await it.clock.advance(millis(250));
  it.frames.length = 0;
  for (let i = 1; i <= 100; i++) {
    it.state.latest.apply("chem", [live(i, i)], null);
    await it.clock.advance(millis(20));
  }
  expect(it.frames.length).toBe(8);
  expect(it.frames.map(({ seq }) => seq)).toEqual(it.frames.map((_, i) => (it.frames[0]?.seq ?? 0) + i));
  await it.clock.advance(millis(250));
  expect(it.frames.at(-1)?.v[0]).toBe(100);

  it.frames.length = 0;
  await it.clock.advance(seconds(20));
  expect(it.frames.length).toBe(4);
});

test("changes of another line send nothing to a view that does not hold it", async () => {
  await using it = setUp(true);
  await it.clock.advance(millis(250));
  it.frames.length = 0;
  it.state.latest.apply("coat", [], null);
  await it.clock.advance(seconds(2));
  expect(it.frames).toEqual([]);
});

test("a heartbeat comes once a second, whatever the data does", async () => {
  await using it = setUp(true);
  await it.clock.advance(seconds(10));
  expect(it.beats.length).toBe(10);
  expect(it.beats[1]).toEqual({ serverTime: 1_001_050, newest: { chem: null, coat: null }, upstream: false });
});

test("a client that takes nothing is slow, then cut; it never has more than one frame", async () => {
  await using it = setUp(false);
  await it.clock.advance(millis(2_250));
  expect(it.hub.clients()).toEqual({ watching: 1, slow: 1 });
  await it.clock.advance(millis(12_750));
  expect(it.cuts()).toBe(0);
  await it.clock.advance(millis(250));
  expect([it.cuts(), it.frames.length]).toEqual([1, 1]);
  expect(it.hub.clients()).toEqual({ watching: 0, slow: 0 });
});
