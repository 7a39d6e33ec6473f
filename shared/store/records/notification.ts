import {
  type AlarmCall,
  type Message,
  messageStates,
  type Notice,
  type WaitingNotice,
} from "#shared/model/notification.ts";
import { type EpochMs, instant } from "#shared/model/time.ts";
import { column } from "./column.ts";
import { family, type Row } from "./family.ts";

/** Where notification stands. */
export interface NotificationState {
  /** The newest entry of the alarm journal that has been looked at; null before the first. */
  readonly seq: number | null;
  /** The local day of the newest test alarm, `YYYY-MM-DD`. */
  readonly testedDay: string | null;
  readonly calls: readonly AlarmCall[];
  /** In the order in which they were decided. */
  readonly notices: readonly WaitingNotice[];
  /** Those that wait, oldest first. */
  readonly messages: readonly Message[];
}

export interface NotificationReader {
  notificationState(): NotificationState;
  /** Newest first, of all states. */
  notificationMessages(limit: number): readonly Message[];
}

/** What changes at once. */
export interface NotificationChanges {
  readonly seq?: number;
  readonly testedDay?: string;
  readonly putCalls?: readonly AlarmCall[];
  readonly dropCalls?: readonly string[];
  readonly addNotices?: readonly Notice[];
  readonly dropNotices?: readonly number[];
  readonly putMessages?: readonly Message[];
  /** Messages that ended before go. */
  readonly forgetBefore?: EpochMs;
}

export interface NotificationWriter {
  /** All of it or nothing; gives the added notices their ids. */
  saveNotification(changes: NotificationChanges): readonly WaitingNotice[];
}

const messageOf = (row: Row): Message => ({
  id: String(row.id),
  person: String(row.person),
  content: JSON.parse(String(row.content)),
  channel: row.channel as string | null,
  createdAt: instant(Number(row.created_at)),
  state: column(row, "state", messageStates),
  tries: JSON.parse(String(row.tries)),
  nextAt: instant(Number(row.next_at)),
  endedAt: row.ended_at === null ? null : instant(Number(row.ended_at)),
  deliveredBy: row.delivered_by as string | null,
  error: row.error as string | null,
});

export const notification = family({
  sql: {
    notifyMarks: "SELECT name, value FROM notify_mark",
    setNotifyMark:
      "INSERT INTO notify_mark (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    calls: "SELECT body FROM notify_call ORDER BY id",
    putCall: "INSERT INTO notify_call (id, body) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body",
    dropCall: "DELETE FROM notify_call WHERE id = ?",
    notices: "SELECT id, body FROM notify_notice ORDER BY id",
    addNotice: "INSERT INTO notify_notice (body) VALUES (?)",
    dropNotice: "DELETE FROM notify_notice WHERE id = ?",
    waitingMessages: "SELECT * FROM notify_message WHERE state = 'waiting' ORDER BY number",
    messages: "SELECT * FROM notify_message ORDER BY number DESC LIMIT ?",
    putMessage: `INSERT INTO notify_message
      (id, person, content, channel, created_at, state, tries, next_at, ended_at, delivered_by, error)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (id) DO UPDATE SET state = excluded.state, tries = excluded.tries, next_at = excluded.next_at,
        ended_at = excluded.ended_at, delivered_by = excluded.delivered_by, error = excluded.error`,
    forgetMessages: "DELETE FROM notify_message WHERE ended_at < ?",
  },
  reads: (rows): NotificationReader => ({
    notificationState: () => {
      const marks = new Map(rows((sql) => sql.notifyMarks.all()).map(({ name, value }) => [name, String(value)]));
      const seq = marks.get("seq");
      return {
        seq: seq === undefined ? null : Number(seq),
        testedDay: marks.get("testedDay") ?? null,
        calls: rows((sql) => sql.calls.all()).map((row): AlarmCall => JSON.parse(String(row.body))),
        notices: rows((sql) => sql.notices.all()).map(
          (row): WaitingNotice => ({ id: Number(row.id), ...JSON.parse(String(row.body)) }),
        ),
        messages: rows((sql) => sql.waitingMessages.all()).map(messageOf),
      };
    },
    notificationMessages: (limit) => rows((sql) => sql.messages.all(limit)).map(messageOf),
  }),
  writes: (durably): NotificationWriter => ({
    saveNotification: (changes) =>
      durably((sql) => {
        const { seq, testedDay, forgetBefore } = changes;
        if (seq !== undefined) sql.setNotifyMark.run("seq", String(seq));
        if (testedDay !== undefined) sql.setNotifyMark.run("testedDay", testedDay);
        for (const call of changes.putCalls ?? []) sql.putCall.run(call.id, JSON.stringify(call));
        for (const id of changes.dropCalls ?? []) sql.dropCall.run(id);
        for (const id of changes.dropNotices ?? []) sql.dropNotice.run(id);
        for (const message of changes.putMessages ?? []) {
          const { id, person, content, channel, createdAt, state, tries, nextAt, endedAt, deliveredBy, error } =
            message;
          const fixed = [id, person, JSON.stringify(content), channel, createdAt] as const;
          sql.putMessage.run(...fixed, state, JSON.stringify(tries), nextAt, endedAt, deliveredBy, error);
        }
        if (forgetBefore !== undefined) sql.forgetMessages.run(forgetBefore);
        return (changes.addNotices ?? []).map((notice): WaitingNotice => {
          const { lastInsertRowid } = sql.addNotice.run(JSON.stringify(notice));
          return { id: Number(lastInsertRowid), ...notice };
        });
      }),
  }),
});
