import { type AlarmEvent, type AlarmPriority, alarmPriorities } from "#shared/model/alarm.ts";

/** Events on the wire that the broker has not confirmed; behind a slow broker an urgent event overtakes the rest. */
const window = 200;
/** Beyond these the oldest and least urgent are given up: the journal has them, and the list shows what stands. */
const mostWaiting = 20_000;

/** Alarm events on their way to the broker: the urgent first, each until it is confirmed. */
export class AlarmEventQueue {
  #waiting: Readonly<Record<AlarmPriority, AlarmEvent[]>> = { critical: [], high: [], medium: [], low: [] };
  #underWay = new Set<AlarmEvent>();
  #count = 0;

  put(events: readonly AlarmEvent[]): void {
    for (const event of events) this.#waiting[event.status.priority].push(event);
    this.#count += events.length;
    while (this.#count > mostWaiting) {
      const least = alarmPriorities.findLast((priority) => this.#waiting[priority].length > 0);
      if (!least) return;
      this.#waiting[least].shift();
      this.#count--;
    }
  }

  /** The next to send, which is under way then; undefined where none waits or enough are under way. */
  take(): AlarmEvent | undefined {
    if (this.#underWay.size >= window) return undefined;
    for (const priority of alarmPriorities) {
      const event = this.#waiting[priority].shift();
      if (!event) continue;
      this.#count--;
      this.#underWay.add(event);
      return event;
    }
    return undefined;
  }

  confirm(event: AlarmEvent): void {
    this.#underWay.delete(event);
  }

  /** The session is over: what it has not confirmed is sent again by the next. */
  lose(): void {
    const lost = [...this.#underWay].sort((a, b) => a.seq - b.seq);
    this.#underWay.clear();
    for (const event of lost.toReversed()) this.#waiting[event.status.priority].unshift(event);
    this.#count += lost.length;
  }
}
