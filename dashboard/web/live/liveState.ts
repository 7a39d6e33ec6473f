import { type ShallowRef, shallowRef } from "vue";
import type { AlarmEvent } from "#shared/model/alarm.ts";
import type { IndicatorResult } from "#shared/model/indicator.ts";
import type { AlarmPart, EquipmentStatus, LiveFrame, ViewName, ViewSnapshot } from "#shared/model/live.ts";
import type { TagId } from "#shared/model/sample.ts";
import { type EpochMs, instant } from "#shared/model/time.ts";
import type { PageClock, Stop } from "../kit/pageClock.ts";
import { type AlarmBook, bookOf, emptyBook, readEvents } from "./alarmBook.ts";
import { type Cells, createCells } from "./cells.ts";
import type { Link, LinkListener } from "./link.ts";
import {
  abandonAfterMs,
  type Heard,
  hear,
  hearAnything,
  type LinkStatus,
  linkStatus,
  nothingHeard,
  sameStatus,
  serverNow,
} from "./linkStatus.ts";
import { type SampleListener, Tail } from "./tail.ts";

/** Everything live that pages show. Pages read; only the link writes. */
export interface LiveState {
  readonly status: ShallowRef<LinkStatus>;
  /** Server time, once a second; goes on by the browser's clock while disconnected, so that ages grow. */
  readonly now: ShallowRef<EpochMs>;
  /** Server time at this moment, for what moves more finely than once a second. */
  serverTime(): EpochMs;
  readonly cells: Cells;
  readonly states: ShallowRef<ReadonlyMap<string, EquipmentStatus>>;
  readonly indicators: ShallowRef<ReadonlyMap<string, IndicatorResult>>;
  readonly book: ShallowRef<AlarmBook>;
  /** True once the alarm list is here. */
  readonly listed: ShallowRef<boolean>;
  /** When the alarm list was last known to be complete, in server time. */
  readonly bookAt: ShallowRef<EpochMs | null>;
  readonly newest: ShallowRef<Readonly<Record<string, EpochMs | null>>>;
  /** Why the server refused the view, null while it did not. */
  readonly refusal: ShallowRef<string | null>;
  /** True once the view's first snapshot is here. */
  readonly ready: ShallowRef<boolean>;
  show(view: ViewName): void;
  onSample(listener: SampleListener): Stop;
  /** Frames were missed: whoever draws history asks for it again. */
  onMissed(listener: () => void): Stop;
  onAlarm(listener: (event: AlarmEvent) => void): Stop;
  start(): void;
  stop(): void;
}

/** Key of an indicator: its id in its scope. */
export const indicatorKey = (indicator: string, scope: string): string => `${indicator}@${scope}`;

export function createLiveState(
  clock: PageClock,
  makeLink: (listener: LinkListener) => Link,
  sessionMayHaveEnded: () => Promise<boolean>,
): LiveState {
  const cells = createCells();
  const tail = new Tail();
  const missed = new Set<() => void>();
  const announced = new Set<(event: AlarmEvent) => void>();
  const status = shallowRef<LinkStatus>({ kind: "connecting" });
  const now = shallowRef(clock.now());
  const states = shallowRef<ReadonlyMap<string, EquipmentStatus>>(new Map());
  const indicators = shallowRef<ReadonlyMap<string, IndicatorResult>>(new Map());
  const book = shallowRef(emptyBook);
  const listed = shallowRef(false);
  const bookAt = shallowRef<EpochMs | null>(null);
  const newest = shallowRef<Readonly<Record<string, EpochMs | null>>>({});
  const refusal = shallowRef<string | null>(null);
  const ready = shallowRef(false);

  let heard: Heard = nothingHeard;
  let renewedAt: EpochMs = instant(0);
  let view: ViewName | null = null;
  let tags: readonly TagId[] = [];
  let frameSeq: number | null = null;
  let pending: LiveFrame | null = null;
  let cancelFlush: Stop = () => {};
  let stopJudging: Stop = () => {};

  const judge = (): void => {
    const at = clock.now();
    const next = linkStatus(heard, link.connected, at);
    if (!sameStatus(next, status.value)) status.value = next;
    const second = serverNow(heard, at);
    if (Math.floor(second / 1000) !== Math.floor(now.value / 1000)) now.value = second;
    const silent = heard.at !== null && link.connected && at - Math.max(heard.at, renewedAt) > abandonAfterMs;
    if (silent) {
      renewedAt = at;
      link.renew();
    }
  };
  const flush = (): void => {
    const frame = pending;
    pending = null;
    if (frame === null) return;
    cells.apply(tags, frame);
    states.value = new Map(frame.states.map((each) => [each.equipment, each]));
  };
  const setIndicators = (results: readonly IndicatorResult[]): void => {
    indicators.value = new Map([
      ...indicators.value,
      ...results.map((each) => [indicatorKey(each.indicator, each.scope), each] as const),
    ]);
  };
  const setBook = (next: AlarmBook): void => {
    book.value = next;
    listed.value = true;
    bookAt.value = serverNow(heard, clock.now());
  };
  const takeAlarms = (part: AlarmPart): void => {
    const { seq } = book.value;
    if ("alarms" in part) setBook(bookOf(part.alarms, part.seq));
    else setBook({ ...readEvents(book.value, part.events), seq: part.seq });
    const fresh = "events" in part ? part.events.filter((event) => event.seq > seq) : [];
    for (const event of fresh) for (const listener of announced) listener(event);
  };

  const takeSnapshot = (snapshot: ViewSnapshot): void => {
    tags = snapshot.tags;
    frameSeq = snapshot.frame.seq;
    pending = snapshot.frame;
    tail.apply(tags, snapshot.frame);
    flush();
    setIndicators(snapshot.indicators);
    refusal.value = null;
    ready.value = true;
  };
  const subscribe = async (): Promise<void> => {
    if (view === null || !link.connected) return;
    const asked = view;
    const answer = await link.subscribe(asked).catch(() => null);
    if (answer === null || asked !== view) return;
    if ("error" in answer) {
      refusal.value = answer.detail;
      return;
    }
    takeSnapshot(answer);
  };
  const link = makeLink({
    connected: () => {
      if (heard.at !== null) for (const listener of missed) listener();
      heard = hearAnything(heard, clock.now());
      judge();
      link.follow(book.value.seq);
      void subscribe();
    },
    disconnected: judge,
    refused: () => {
      judge();
      void sessionMayHaveEnded()
        .catch(() => false)
        .then((ended) => {
          if (!ended) clock.after(2_000, () => link.open());
        });
    },
    frame: (frame) => {
      if (frameSeq !== null && frame.seq > frameSeq + 1) for (const listener of missed) listener();
      frameSeq = frame.seq;
      heard = hearAnything(heard, clock.now());
      tail.apply(tags, frame);
      if (pending === null) cancelFlush = clock.frame(flush);
      pending = frame;
    },
    alarms: (part) => {
      heard = hearAnything(heard, clock.now());
      takeAlarms(part);
    },
    indicators: setIndicators,
    heartbeat: (beat) => {
      heard = hear(heard, beat, clock.now());
      newest.value = beat.newest;
      bookAt.value = beat.serverTime;
      judge();
    },
  });

  return {
    status,
    now,
    serverTime: () => serverNow(heard, clock.now()),
    cells,
    states,
    indicators,
    book,
    listed,
    bookAt,
    newest,
    refusal,
    ready,
    show: (next) => {
      if (next === view) return;
      view = next;
      ready.value = false;
      tags = [];
      frameSeq = null;
      void subscribe();
    },
    onSample: (listener) => tail.listen(listener),
    onMissed: (listener) => {
      missed.add(listener);
      return () => missed.delete(listener);
    },
    onAlarm: (listener) => {
      announced.add(listener);
      return () => announced.delete(listener);
    },
    start: () => {
      stopJudging = clock.every(250, judge);
      link.open();
    },
    stop: () => {
      stopJudging();
      cancelFlush();
      pending = null;
      link.close();
      heard = nothingHeard;
      view = null;
      book.value = emptyBook;
      listed.value = false;
      ready.value = false;
      status.value = { kind: "connecting" };
    },
  };
}
