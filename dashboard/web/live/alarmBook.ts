import {
  type AlarmEvent,
  type AlarmPriority,
  type AlarmStatus,
  alarmPriorities,
  isHidden,
  isStanding,
} from "#shared/model/alarm.ts";

/** The standing alarms as of journal sequence `seq`, and those that are shelved, suppressed or out of service. */
export interface AlarmBook {
  readonly seq: number;
  readonly alarms: readonly AlarmStatus[];
  readonly hidden: readonly AlarmStatus[];
}

export const emptyBook: AlarmBook = { seq: 0, alarms: [], hidden: [] };

export const isUnacknowledged = ({ state }: AlarmStatus): boolean =>
  state === "UNACK" || state === "RTNUN" || state === "LATUN";

/** Unacknowledged first, then by priority, then the newest first. */
export function compareAlarms(a: AlarmStatus, b: AlarmStatus): number {
  return (
    Number(isUnacknowledged(b)) - Number(isUnacknowledged(a)) ||
    alarmPriorities.indexOf(a.priority) - alarmPriorities.indexOf(b.priority) ||
    (b.since ?? 0) - (a.since ?? 0) ||
    a.alarm.localeCompare(b.alarm)
  );
}

export const bookOf = (alarms: readonly AlarmStatus[], seq: number): AlarmBook => ({
  seq,
  alarms: alarms.filter(({ state }) => isStanding(state)).sort(compareAlarms),
  hidden: alarms.filter(({ state }) => isHidden(state)).sort(compareAlarms),
});

/** Events that follow the book's without a hole, oldest first; those that it has already change nothing. */
export function readEvents(book: AlarmBook, events: readonly AlarmEvent[]): AlarmBook {
  const fresh = events.filter(({ seq }) => seq > book.seq);
  const last = fresh.at(-1);
  if (!last) return book;
  const listed = new Map([...book.alarms, ...book.hidden].map((status) => [status.alarm, status]));
  for (const { status, historical } of fresh) if (!historical) listed.set(status.alarm, status);
  return bookOf([...listed.values()], last.seq);
}

export interface PriorityCount {
  readonly priority: AlarmPriority;
  readonly count: number;
  readonly unacknowledged: number;
}

/** One entry per priority that occurs, the most urgent first. */
export function countByPriority(alarms: readonly AlarmStatus[]): readonly PriorityCount[] {
  return alarmPriorities
    .map((priority) => {
      const these = alarms.filter((alarm) => alarm.priority === priority);
      return { priority, count: these.length, unacknowledged: these.filter(isUnacknowledged).length };
    })
    .filter(({ count }) => count > 0);
}
