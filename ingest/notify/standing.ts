import type { AlarmCall, Message, Notice, WaitingNotice } from "#shared/model/notification.ts";
import { type EpochMs, instant } from "#shared/model/time.ts";
import type { NotificationChanges } from "#shared/store/records/notification.ts";
import type { RecordsWriter } from "#shared/store/records/port.ts";
import { burstWindow, stillCounted } from "./grouping.ts";

type Records = Pick<RecordsWriter, "notificationState" | "notificationMessages" | "saveNotification" | "alarmSeq">;

/** Messages that ended stay for so long, for `notify list`. */
const keepMs = 30 * 24 * 3_600_000;
/** Enough to know how many messages a person had of late. */
const recentMessages = 1_000;

/**
 * Messages of one lane are delivered in order, one at a time. A person is a lane; a test of one channel has one of its
 * own, so that a dead channel holds nothing up.
 */
export const laneOf = ({ person, channel }: Pick<Message, "person" | "channel">): string =>
  channel === null ? person : `${person}/${channel}`;

/** Where notification stands: in memory as in the records, for every change is durable before it counts. */
export class Standing {
  #records: Records;
  #seq: number;
  #testedDay: string | null;
  #calls: Map<string, AlarmCall>;
  #byAlarm = new Map<string, Set<string>>();
  #notices = new Map<string, WaitingNotice[]>();
  #messages = new Map<string, Message>();
  #sent = new Map<string, readonly EpochMs[]>();

  /** Begins behind the journal's newest entry where notification was never there before. */
  constructor(records: Records, now: EpochMs) {
    this.#records = records;
    const { seq, testedDay, calls, notices, messages } = records.notificationState();
    this.#seq = seq ?? records.alarmSeq();
    if (seq === null) records.saveNotification({ seq: this.#seq });
    this.#testedDay = testedDay;
    this.#calls = new Map(calls.map((call) => [call.id, call]));
    for (const call of calls) this.#index(call);
    this.#wait(notices);
    for (const message of messages) this.#messages.set(message.id, message);
    for (const { person, channel, createdAt } of records.notificationMessages(recentMessages).toReversed()) {
      if (channel === null && createdAt > now - burstWindow) this.#count(person, createdAt);
    }
  }

  get seq(): number {
    return this.#seq;
  }

  get testedDay(): string | null {
    return this.#testedDay;
  }

  callsOf(alarm: string): readonly AlarmCall[] {
    return [...(this.#byAlarm.get(alarm) ?? [])].flatMap((id) => this.#calls.get(id) ?? []);
  }

  calls(): Iterable<AlarmCall> {
    return this.#calls.values();
  }

  /** What waits to become messages, by person. */
  notices(): ReadonlyMap<string, readonly WaitingNotice[]> {
    return this.#notices;
  }

  /** Messages that wait for their delivery. */
  messages(): Iterable<Message> {
    return this.#messages.values();
  }

  get waiting(): number {
    return this.#messages.size;
  }

  /** Times of a person's messages of late, ascending. */
  sentTo(person: string): readonly EpochMs[] {
    return this.#sent.get(person) ?? [];
  }

  /** Makes a change durable, then takes it; throws `DISK` or `STORE_UNAVAILABLE`, and nothing has changed. */
  save(changes: NotificationChanges, now: EpochMs): void {
    const ends = (changes.putMessages ?? []).some(({ state }) => state !== "waiting");
    const forget = ends ? { forgetBefore: instant(now - keepMs) } : {};
    const added = this.#records.saveNotification({ ...changes, ...forget });
    this.#seq = changes.seq ?? this.#seq;
    this.#testedDay = changes.testedDay ?? this.#testedDay;
    for (const id of changes.dropCalls ?? []) this.#forget(id);
    for (const call of changes.putCalls ?? []) {
      this.#calls.set(call.id, call);
      this.#index(call);
    }
    const dropped = new Set(changes.dropNotices);
    if (dropped.size > 0) {
      for (const [person, waiting] of this.#notices) {
        const left = waiting.filter(({ id }) => !dropped.has(id));
        if (left.length > 0) this.#notices.set(person, left);
        else this.#notices.delete(person);
      }
    }
    this.#wait(added);
    for (const message of changes.putMessages ?? []) {
      const isNew = !this.#messages.has(message.id) && message.state === "waiting";
      if (isNew && message.channel === null) this.#count(message.person, message.createdAt);
      if (message.state === "waiting") this.#messages.set(message.id, message);
      else this.#messages.delete(message.id);
    }
  }

  #index({ id, status: { alarm } }: AlarmCall): void {
    const ids = this.#byAlarm.get(alarm);
    if (ids) ids.add(id);
    else this.#byAlarm.set(alarm, new Set([id]));
  }

  #forget(id: string): void {
    const alarm = this.#calls.get(id)?.status.alarm;
    this.#calls.delete(id);
    if (alarm === undefined) return;
    const ids = this.#byAlarm.get(alarm);
    ids?.delete(id);
    if (ids?.size === 0) this.#byAlarm.delete(alarm);
  }

  #wait(notices: readonly (Notice & WaitingNotice)[]): void {
    for (const notice of notices) {
      const waiting = this.#notices.get(notice.person);
      if (waiting) waiting.push(notice);
      else this.#notices.set(notice.person, [notice]);
    }
  }

  #count(person: string, at: EpochMs): void {
    this.#sent.set(person, [...stillCounted(this.sentTo(person), at), at]);
  }
}
