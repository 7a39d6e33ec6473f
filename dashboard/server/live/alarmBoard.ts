import type { AlarmEvent, AlarmStatus } from "#shared/model/alarm.ts";
import type { RecordsReader } from "#shared/store/records/port.ts";

/** The alarms that are not normal, hidden ones among them, and the number of the newest event that they contain. */
export interface AlarmBoard {
  listed(): readonly AlarmStatus[];
  seq(): number;
  /** Takes an event from the broker. */
  event(event: AlarmEvent): void;
  /** Takes the whole list as of event `seq`. */
  active(seq: number, alarms: readonly AlarmStatus[]): void;
  /** Events after `seq`, oldest first; null where the journal does not reach that far, or not in one answer. */
  since(seq: number): readonly AlarmEvent[] | null;
}

/** More missed events than this are no list to read: the client loads the standing alarms anew. */
const mostToResume = 1_000;

export interface AlarmListener {
  /** Called once per event, in the order of the journal. */
  event(event: AlarmEvent): void;
  /** The journal began anew: what clients know is of another one. */
  restarted(): void;
}

/**
 * Joins the two ways on which alarms come: events as they happen, the list when a session begins. Numbers decide
 * (D10): an event known already is ignored, and what was missed while the broker was away is read from the journal,
 * where ingest wrote it before it published it.
 */
export function createAlarmBoard(records: RecordsReader, listener: AlarmListener): AlarmBoard {
  const listedOf = (alarms: readonly AlarmStatus[]): Map<string, AlarmStatus> =>
    new Map(alarms.filter(({ state }) => state !== "NORM").map((status) => [status.alarm, status]));
  const board = { seq: records.alarmSeq(), listed: listedOf(records.alarmStatuses()) };

  const take = (event: AlarmEvent): void => {
    board.seq = event.seq;
    if (event.status.state !== "NORM") board.listed.set(event.status.alarm, event.status);
    else board.listed.delete(event.status.alarm);
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

  return {
    listed: () => [...board.listed.values()],
    seq: () => board.seq,
    event: (event) => {
      if (restartedBefore(event.seq)) {
        board.seq = records.alarmSeq();
        board.listed = listedOf(records.alarmStatuses());
        listener.restarted();
      }
      if (event.seq <= board.seq) return;
      catchUp(event.seq - 1);
      take(event);
    },
    active: (seq, alarms) => {
      const restarted = restartedBefore(seq);
      if (seq < board.seq && !restarted) return;
      if (!restarted) catchUp(seq);
      board.seq = seq;
      board.listed = listedOf(alarms);
      if (restarted) listener.restarted();
    },
    since: (seq) => {
      if (seq > board.seq) return null;
      const events = records.alarmEventsAfter(seq, mostToResume + 1);
      if (events.length > mostToResume) return null;
      const [first] = events;
      if (first ? first.seq !== seq + 1 : seq < board.seq) return null;
      return events;
    },
  };
}
