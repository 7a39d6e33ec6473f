import {
  type AlarmEvent,
  type AlarmGuidance,
  type AlarmStatus,
  type AlarmTransition,
  alarmTransitions,
} from "#shared/model/alarm.ts";
import { type EpochMs, instant } from "#shared/model/time.ts";
import { column } from "./column.ts";
import { family, type Row } from "./family.ts";

/** Reading the alarm journal. */
export interface AlarmJournalReader {
  /** Journal entries with seq > after, ascending. */
  alarmEventsAfter(after: number, limit: number): readonly AlarmEvent[];
  /** Newest first, from <= at < to. */
  alarmEvents(query: { from: EpochMs; to: EpochMs; line?: string; limit: number }): readonly AlarmEvent[];
  /** The newest status of every alarm that has ever had an event. */
  alarmStatuses(): readonly AlarmStatus[];
  /** Highest seq in the journal, 0 while it is empty. */
  alarmSeq(): number;
}

export interface AlarmJournalWriter {
  /** Appends to the journal and returns the events with their seq. */
  appendAlarmEvents(events: readonly Omit<AlarmEvent, "seq">[]): readonly AlarmEvent[];
}

/** What statuses lack that were written before alarms could be hidden, or had kinds besides limits. */
const shown = { hiddenBy: [], shelvedUntil: null, kind: "high", guidance: {} } as const satisfies Partial<AlarmStatus>;

function statusOf(row: Row): AlarmStatus {
  const { response, ...status } = JSON.parse(String(row.status)) as AlarmStatus & Pick<AlarmGuidance, "response">;
  return { ...shown, ...(response ? { guidance: { response } } : {}), ...status };
}

const eventOf = (row: Row): AlarmEvent => ({
  seq: Number(row.seq),
  transition: column<AlarmTransition>(row, "transition", alarmTransitions),
  at: instant(Number(row.at)),
  processedAt: instant(Number(row.processed_at)),
  user: row.user as string | null,
  comment: row.comment as string | null,
  ...(row.historical === 1 ? { historical: true } : {}),
  status: statusOf(row),
});

export const alarmJournal = family({
  sql: {
    insertEvent: `INSERT INTO alarm_event (seq, alarm, line, transition, at, processed_at, user, comment, status, historical)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    maxSeq: "SELECT coalesce(max(seq), 0) AS seq FROM alarm_event",
    eventsAfter: "SELECT * FROM alarm_event WHERE seq > ? ORDER BY seq LIMIT ?",
    events: "SELECT * FROM alarm_event WHERE at >= ? AND at < ? ORDER BY at DESC, seq DESC LIMIT ?",
    eventsOfLine: "SELECT * FROM alarm_event WHERE at >= ? AND at < ? AND line = ? ORDER BY at DESC, seq DESC LIMIT ?",
    statuses: `SELECT status FROM alarm_event
      WHERE seq IN (SELECT max(seq) FROM alarm_event WHERE historical = 0 GROUP BY alarm) ORDER BY alarm`,
  },
  reads: (rows): AlarmJournalReader => ({
    alarmEventsAfter: (after, limit) => rows((sql) => sql.eventsAfter.all(after, limit)).map(eventOf),
    alarmEvents: ({ from, to, line, limit }) =>
      rows((sql) =>
        line === undefined ? sql.events.all(from, to, limit) : sql.eventsOfLine.all(from, to, line, limit),
      ).map(eventOf),
    alarmStatuses: () => rows((sql) => sql.statuses.all()).map(statusOf),
    alarmSeq: () => Number(rows((sql) => sql.maxSeq.all())[0]?.seq ?? 0),
  }),
  writes: (durably): AlarmJournalWriter => ({
    appendAlarmEvents: (events) =>
      durably((sql) => {
        const last = Number(sql.maxSeq.get()?.seq);
        return events.map((event, i) => {
          const numbered: AlarmEvent = { seq: last + 1 + i, ...event };
          const { seq, status, transition, at, processedAt, user, comment, historical } = numbered;
          const columns = [seq, status.alarm, status.line, transition, at, processedAt, user, comment];
          sql.insertEvent.run(...columns, JSON.stringify(status), historical ? 1 : 0);
          return numbered;
        });
      }),
  }),
});
