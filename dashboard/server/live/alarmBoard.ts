import type { AlarmEvent, AlarmStatus } from "#shared/model/alarm.ts";
import type { RecordsReader } from "#shared/store/records/port.ts";

/** The alarms that are not normal, hidden ones among them, and the number of the newest event that they contain. */
export interface AlarmBoard {
  listed(): readonly AlarmStatus[];
  seq(): number;
  /** Takes an event from the broker. */
  event(event: AlarmEvent): void;
  /** Takes the list as of event `seq`; `omitted` more found no room in it. */
  active(seq: number, alarms: readonly AlarmStatus[], omitted?: number): void;
  /** Events after `seq`, oldest first; null where the journal does not reach that far, or not in one answer. */
  since(seq: number): readonly AlarmEvent[] | null;
}

/** More missed events than this are no list to read: the client loads the standing alarms anew. */
const mostToResume = 1_000;

export interface AlarmListener {
  /** Called once per event, in the order of the journal. */
  event(event: AlarmEvent): void;
  /** The list has changed by something else than events: whoever shows it needs it whole. */
  replaced(): void;
  /** The journal began anew: what clients know is of another one. */
  restarted(): void;
}

type Listed = Map<string, AlarmStatus>;
const listedOf = (alarms: readonly AlarmStatus[]): Listed =>
  new Map(alarms.filter(({ state }) => state !== "NORM").map((status) => [status.alarm, status]));

/** Whether two lists say the same of each alarm's state. */
const areAlike = (a: Listed, b: Listed): boolean =>
  a.size === b.size &&
  [...a.values()].every(({ alarm, state, since }) => {
    const other = b.get(alarm);
    return other?.state === state && other.since === since;
  });

/**
 * Joins the two ways on which alarms come: events as they happen, the list as it stands. Numbers decide (D10): an event
 * known already is ignored, and what was missed while the broker was away, or was overtaken by something more urgent,
 * is read from the journal, where ingest wrote it before it published it.
 */
export function createAlarmBoard(records: RecordsReader, listener: AlarmListener): AlarmBoard {
  const board = { seq: records.alarmSeq(), listed: listedOf(records.alarmStatuses()) };
  /** The newest events, numbered without a hole: most clients miss no more, and the journal need not be read for each. */
  let recent: AlarmEvent[] = [];

  const take = (event: AlarmEvent): void => {
    if (recent.length >= 2 * mostToResume) recent = recent.slice(-mostToResume);
    recent.push(event);
    board.seq = event.seq;
    if (!event.historical) {
      if (event.status.state !== "NORM") board.listed.set(event.status.alarm, event.status);
      else board.listed.delete(event.status.alarm);
    }
    listener.event(event);
  };
  /** Takes the journal's events up to `seq`. */
  const catchUp = (seq: number): void => {
    while (board.seq < seq) {
      const missed = records.alarmEventsAfter(board.seq, mostToResume).filter((event) => event.seq <= seq);
      if (missed.length === 0) return;
      for (const event of missed) take(event);
    }
  };
  const restartedBefore = (seq: number): boolean => seq < board.seq && records.alarmSeq() < board.seq;
  const begin = (seq: number, listed: Listed): void => {
    recent = [];
    board.seq = seq;
    board.listed = listed;
    listener.restarted();
  };

  return {
    listed: () => [...board.listed.values()],
    seq: () => board.seq,
    event: (event) => {
      if (restartedBefore(event.seq)) begin(records.alarmSeq(), listedOf(records.alarmStatuses()));
      if (event.seq <= board.seq) return;
      catchUp(event.seq - 1);
      take(event);
    },
    active: (seq, alarms, omitted = 0) => {
      const isWhole = omitted === 0;
      if (restartedBefore(seq)) return begin(seq, listedOf(isWhole ? alarms : records.alarmStatuses()));
      if (seq < board.seq) return;
      catchUp(seq);
      if (board.seq < seq) recent = [];
      board.seq = seq;
      if (!isWhole) return;
      const listed = listedOf(alarms);
      const isAlike = areAlike(listed, board.listed);
      board.listed = listed;
      if (!isAlike) listener.replaced();
    },
    since: (seq) => {
      if (seq > board.seq) return null;
      const oldest = recent[0]?.seq ?? Number.POSITIVE_INFINITY;
      if (seq + 1 >= oldest) {
        const events = recent.slice(seq + 1 - oldest);
        return events.length > mostToResume ? null : events;
      }
      const events = records.alarmEventsAfter(seq, mostToResume + 1);
      if (events.length > mostToResume) return null;
      const [first] = events;
      if (first ? first.seq !== seq + 1 : seq < board.seq) return null;
      return events;
    },
  };
}
