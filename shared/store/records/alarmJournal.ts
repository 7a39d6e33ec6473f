import {
  type AlarmEvent,
  type AlarmPriority,
  type AlarmState,
  type AlarmStatus,
  type AlarmTransition,
  alarmTransitions,
} from "#shared/model/alarm.ts";
import { type EpochMs, instant } from "#shared/model/time.ts";
import { definitionOf, type Parsed, statusOf } from "./alarmDefinition.ts";
import { column } from "./column.ts";
import { family, type Row, type Rows } from "./family.ts";

/** What is asked of the journal; what is absent lets everything pass. */
export interface AlarmQuery {
  /** from <= at < to */
  readonly from: EpochMs;
  readonly to: EpochMs;
  readonly line?: string;
  /** Id within its line. */
  readonly equipment?: string;
  /** `<platform>/<line>/<alarm>` */
  readonly alarm?: string;
  readonly priorities?: readonly AlarmPriority[];
  /** The alarm's state after the event. */
  readonly states?: readonly AlarmState[];
  readonly transitions?: readonly AlarmTransition[];
  readonly user?: string;
  /** Part of the alarm's name, its id, its tag, or of the comment. */
  readonly text?: string;
  /** Where the page before ended: only events behind this one. */
  readonly before?: { readonly at: EpochMs; readonly seq: number };
  readonly limit: number;
}

/** Reading the alarm journal. */
export interface AlarmJournalReader {
  /** Journal entries with seq > after, ascending. */
  alarmEventsAfter(after: number, limit: number): readonly AlarmEvent[];
  /** Newest first by source time, then by seq. */
  alarmEvents(query: AlarmQuery): readonly AlarmEvent[];
  /** The newest status of every alarm that has ever had an event. */
  alarmStatuses(): readonly AlarmStatus[];
  /** Highest seq in the journal, 0 while it is empty. */
  alarmSeq(): number;
}

export interface AlarmJournalWriter {
  /** Appends to the journal and returns the events with their seq. */
  appendAlarmEvents(events: readonly Omit<AlarmEvent, "seq">[]): readonly AlarmEvent[];
}

/** So few events, of some alarms or transitions, are found as such and sorted; more are met soon on the way back. */
const few = 5_000;

const eventOf =
  (parsed: Parsed) =>
  (row: Row): AlarmEvent => ({
    seq: Number(row.seq),
    transition: column<AlarmTransition>(row, "transition", alarmTransitions),
    at: instant(Number(row.at)),
    processedAt: instant(Number(row.processed_at)),
    user: row.user as string | null,
    comment: row.comment as string | null,
    ...(row.historical === 1 ? { historical: true } : {}),
    status: statusOf(row, parsed),
  });

const listOf = (values: readonly unknown[] | undefined): string | null => (values ? JSON.stringify(values) : null);
/** Of `LIKE … ESCAPE '\\'`. */
const patternOf = (text: string): string => `%${text.replaceAll(/[\\%_]/g, "\\$&")}%`;

const among = (column: string, list: string): string =>
  `(${list} IS NULL OR ${column} IN (SELECT value FROM json_each(${list})))`;
/** What every search by time takes: 1 from, 2 and 3 the cursor, 4 transitions, 5 states, 6 definitions, 7 limit. */
const searched = `at >= ?1 AND (at, seq) < (?2, ?3) AND ${among("transition", "?4")} AND ${among("state", "?5")}
  AND ${among("definition", "?6")}`;
const newest = "ORDER BY at DESC, seq DESC LIMIT ?7";
const whole = "SELECT e.*, d.body FROM alarm_event e JOIN alarm_definition d ON d.id = e.definition";

const sql = {
  insertEvent: `INSERT INTO alarm_event
    (seq, definition, transition, state, at, processed_at, user, comment, standing, historical)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  definitionId: "SELECT id FROM alarm_definition WHERE digest = ?",
  insertDefinition: `INSERT INTO alarm_definition (digest, alarm, line, equipment, priority, words, body)
    VALUES (?, ?, ?, ?, ?, ?, ?)`,
  setNow: "INSERT INTO alarm_now (alarm, seq) VALUES (?, ?) ON CONFLICT (alarm) DO UPDATE SET seq = excluded.seq",
  maxSeq: "SELECT coalesce(max(seq), 0) AS seq FROM alarm_event",
  eventsAfter: `${whole} WHERE e.seq > ? ORDER BY e.seq LIMIT ?`,
  eventsBySeq: `${whole} WHERE e.seq IN (SELECT value FROM json_each(?))`,
  statuses: `SELECT e.standing, e.definition, d.body FROM alarm_now n JOIN alarm_event e ON e.seq = n.seq
    JOIN alarm_definition d ON d.id = e.definition ORDER BY n.alarm`,
  definitions: `SELECT id FROM alarm_definition WHERE (?1 IS NULL OR line = ?1) AND (?2 IS NULL OR equipment = ?2)
    AND (?3 IS NULL OR alarm = ?3) AND ${among("priority", "?4")} AND (?5 IS NULL OR words LIKE ?5 ESCAPE '\\')`,
  howManyOfAlarms: `SELECT count(*) AS n FROM (SELECT 1 FROM alarm_event INDEXED BY alarm_event_by_definition
    WHERE definition IN (SELECT value FROM json_each(?)) AND at >= ? AND at < ? LIMIT ?)`,
  howManyTransitions: `SELECT count(*) AS n FROM (SELECT 1 FROM alarm_event INDEXED BY alarm_event_by_transition
    WHERE transition IN (SELECT value FROM json_each(?)) AND at >= ? AND at < ? LIMIT ?)`,
  foundByTime: `SELECT at, seq FROM alarm_event INDEXED BY alarm_event_by_time WHERE ${searched} ${newest}`,
  foundByDefinition: `SELECT at, seq FROM alarm_event INDEXED BY alarm_event_by_definition
    WHERE definition IN (SELECT value FROM json_each(?6)) AND ${searched} ${newest}`,
  foundByTransition: `SELECT at, seq FROM alarm_event INDEXED BY alarm_event_by_transition
    WHERE transition IN (SELECT value FROM json_each(?4)) AND ${searched} ${newest}`,
  foundByUser: `SELECT at, seq FROM alarm_event INDEXED BY alarm_event_by_user WHERE user = ?8 AND ${searched} ${newest}`,
  foundByComment: `SELECT at, seq FROM alarm_event INDEXED BY alarm_event_by_comment
    WHERE comment IS NOT NULL AND comment LIKE ?9 ESCAPE '\\' AND (?8 IS NULL OR user = ?8) AND ${searched} ${newest}`,
} as const;

/** Numbers of the events that a query finds, the newest first. */
function find(rows: Rows<typeof sql>, query: AlarmQuery): readonly number[] {
  const { from, to, line, equipment, alarm, priorities, states, transitions, user, text, before, limit } = query;
  // Case is folded for ASCII only, by SQLite as by this.
  const pattern = text === undefined ? null : patternOf(text.toLowerCase());
  const definitionsWith = (words: string | null): string | null => {
    if (!(line ?? equipment ?? alarm ?? priorities ?? words)) return null;
    const asked = [line ?? null, equipment ?? null, alarm ?? null, listOf(priorities), words] as const;
    return JSON.stringify(rows((each) => each.definitions.all(...asked)).map(({ id }) => id));
  };
  const cursor = before && before.at < to ? before : { at: to, seq: 0 };
  const searchedIn = (definitions: string | null) =>
    [from, cursor.at, cursor.seq, listOf(transitions), listOf(states), definitions, limit] as const;
  const byAlarm = (definitions: string | null): readonly Row[] => {
    if (definitions === "[]") return [];
    const asked = searchedIn(definitions);
    if (user !== undefined) return rows((each) => each.foundByUser.all(...asked, user));
    const isFew = (how: "howManyOfAlarms" | "howManyTransitions", list: string | null): boolean =>
      list !== null && Number(rows((each) => each[how].all(list, from, to, few + 1))[0]?.n ?? 0) <= few;
    if (isFew("howManyOfAlarms", definitions)) return rows((each) => each.foundByDefinition.all(...asked));
    const isRare = isFew("howManyTransitions", listOf(transitions));
    return rows((each) => (isRare ? each.foundByTransition : each.foundByTime).all(...asked));
  };
  const found = [...byAlarm(definitionsWith(pattern))];
  if (pattern !== null) {
    const asked = searchedIn(definitionsWith(null));
    found.push(...rows((each) => each.foundByComment.all(...asked, user ?? null, pattern)));
  }
  const bySeq = new Map(found.map((row) => [Number(row.seq), Number(row.at)]));
  const sorted = [...bySeq].sort(([seqA, atA], [seqB, atB]) => atB - atA || seqB - seqA);
  return sorted.slice(0, limit).map(([seq]) => seq);
}

export const alarmJournal = family({
  sql,
  reads: (rows): AlarmJournalReader => ({
    alarmEventsAfter: (after, limit) => rows((each) => each.eventsAfter.all(after, limit)).map(eventOf(new Map())),
    alarmEvents: (query) => {
      const found = find(rows, query);
      const read = rows((each) => each.eventsBySeq.all(JSON.stringify(found))).map(eventOf(new Map()));
      return read.sort((a, b) => b.at - a.at || b.seq - a.seq);
    },
    alarmStatuses: () => {
      const parsed: Parsed = new Map();
      return rows((each) => each.statuses.all()).map((row) => statusOf(row, parsed));
    },
    alarmSeq: () => Number(rows((each) => each.maxSeq.all())[0]?.seq ?? 0),
  }),
  writes: (durably): AlarmJournalWriter => ({
    appendAlarmEvents: (events) =>
      durably((each) => {
        const last = Number(each.maxSeq.get()?.seq);
        return events.map((event, i) => {
          const numbered: AlarmEvent = { seq: last + 1 + i, ...event };
          const { seq, status, transition, at, processedAt, user, comment, historical } = numbered;
          const { digest, columns, standing } = definitionOf(status);
          const known = each.definitionId.get(digest)?.id as number | undefined;
          const id = known ?? each.insertDefinition.run(digest, ...columns).lastInsertRowid;
          const head = [seq, id, transition, status.state, at, processedAt, user, comment] as const;
          each.insertEvent.run(...head, standing, historical ? 1 : 0);
          if (!historical) each.setNow.run(status.alarm, seq);
          return numbered;
        });
      }),
  }),
});
