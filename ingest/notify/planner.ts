import type { Clock } from "#shared/kit/clock.ts";
import { failpoint } from "#shared/kit/failpoint.ts";
import type { AlarmCall, Message, MessageContent, Notice } from "#shared/model/notification.ts";
import type { EpochMs } from "#shared/model/time.ts";
import type { RecordsReader } from "#shared/store/records/port.ts";
import { contentOf, dueAt } from "./grouping.ts";
import { type Planned, planEvent, tellNext } from "./plan.ts";
import type { Routing } from "./routing.ts";
import { laneOf, type Standing } from "./standing.ts";
import { noTries } from "./tries.ts";

export interface PlannerParts {
  readonly routing: Routing;
  readonly standing: Standing;
  readonly records: Pick<RecordsReader, "alarmEventsAfter">;
  readonly clock: Clock;
  readonly newId: () => string;
}

/** Journal entries, or calls, of one durable step: short enough that commands are answered between two. */
const atOnce = 250;

/** Decides who is told what; each step is durable before the next, and can be done again after a crash. */
export interface Planner {
  /** Looks at the journal's next entries; true where there may be more. */
  followJournal(): boolean;
  /** Tells the next rosters of what nobody has acknowledged in time; true where there may be more. */
  escalate(): boolean;
  /** Makes the day's test messages when their time has come. */
  test(): void;
  /** Makes messages of what has waited long enough. */
  compose(): void;
}

export function createPlanner({ routing, standing, records, clock, newId }: PlannerParts): Planner {
  /** A message to be; its id is made once and stays with it. */
  const messageTo = (person: string, content: MessageContent, channel: string | null, now: EpochMs): Message => ({
    id: newId(),
    person,
    content,
    channel,
    createdAt: now,
    state: "waiting",
    tries: noTries,
    nextAt: now,
    endedAt: null,
    deliveredBy: null,
    error: null,
  });

  const save = (planned: Gathered, now: EpochMs, seq?: number): void => {
    const { put, dropped, notices } = planned;
    const marks = seq === undefined ? {} : { seq };
    standing.save({ ...marks, putCalls: [...put.values()], dropCalls: [...dropped], addNotices: notices }, now);
    failpoint("notify.planned");
  };

  return {
    followJournal: () => {
      const events = records.alarmEventsAfter(standing.seq, atOnce);
      const last = events.at(-1);
      if (!last) return false;
      const now = clock.now();
      const gathered = new Gathered();
      for (const event of events) {
        const { alarm } = event.status;
        gathered.take(planEvent(routing, gathered.over(standing.callsOf(alarm), alarm), event, now));
      }
      save(gathered, now, last.seq);
      return events.length === atOnce;
    },
    escalate: () => {
      const now = clock.now();
      const due: AlarmCall[] = [];
      for (const call of standing.calls()) {
        if (call.dueAt !== null && call.dueAt <= now) due.push(call);
        if (due.length === atOnce) break;
      }
      if (due.length === 0) return false;
      const gathered = new Gathered();
      for (const call of due) gathered.take(tellNext(routing, call, now));
      save(gathered, now);
      return due.length === atOnce;
    },
    test: () => {
      const { test, routes } = routing.config;
      if (!test) return;
      const now = clock.now();
      const { day, at } = routing.today(now, test.at);
      if (now < at || standing.testedDay === day) return;
      const rosters = new Set(
        routes.flatMap(({ roster, escalation }) => [roster, ...escalation.map((step) => step.roster)]),
      );
      const people = new Set([...rosters].flatMap((roster) => routing.onDuty(roster, now)));
      const content: MessageContent = { kind: "test", items: [], counts: {}, returned: 0 };
      const messages = [...people].flatMap((person) => {
        const channels = new Set((routing.person(person)?.reach ?? []).map(({ channel }) => channel));
        return [...channels].map((channel) => messageTo(person, content, channel, now));
      });
      standing.save({ testedDay: day, putMessages: messages }, now);
    },
    compose: () => {
      const now = clock.now();
      const busy = new Set([...standing.messages()].map(laneOf));
      for (const [person, notices] of [...standing.notices()]) {
        if (busy.has(person) || dueAt(notices, standing.sentTo(person), routing.config.grouping) > now) continue;
        const message = messageTo(person, contentOf(notices), null, now);
        standing.save({ putMessages: [message], dropNotices: notices.map(({ id }) => id) }, now);
        failpoint("notify.composed");
      }
    },
  };
}

/** What several events ask for together, each seen by the next. */
class Gathered {
  readonly put = new Map<string, AlarmCall>();
  readonly dropped = new Set<string>();
  readonly notices: Notice[] = [];
  #begun = new Map<string, Set<string>>();

  /** The calls of an alarm as they stand after what has been gathered. */
  over(calls: readonly AlarmCall[], alarm: string): readonly AlarmCall[] {
    const known = new Map(calls.map((call) => [call.id, call]));
    for (const id of this.#begun.get(alarm) ?? []) {
      const call = this.put.get(id);
      if (call) known.set(id, call);
    }
    for (const id of this.dropped) known.delete(id);
    return [...known.values()];
  }

  take({ put, drop, notices }: Planned): void {
    for (const call of put) {
      this.put.set(call.id, call);
      const ids = this.#begun.get(call.status.alarm) ?? new Set();
      this.#begun.set(call.status.alarm, ids.add(call.id));
    }
    for (const { id } of drop) {
      this.put.delete(id);
      this.dropped.add(id);
    }
    this.notices.push(...notices);
  }
}
