import type { Clock } from "#shared/kit/clock.ts";
import type { Log } from "#shared/kit/log.ts";
import { type AlarmEvent, byUrgency } from "#shared/model/alarm.ts";
import { messageOf } from "#shared/model/errors.ts";
import { type DurationMs, millis } from "#shared/model/time.ts";
import type { RecordsWriter } from "#shared/store/records/port.ts";

/** An alarm event that has no place in the journal yet. */
export type NewAlarmEvent = Omit<AlarmEvent, "seq">;

/** A transaction is synced to the disk: in a flood the events of this time share one. */
const rest = millis(50);
const retryAfter = millis(200);

export interface Journal {
  /** Takes events, in order. After a rest they are written at once, else by a later `round`. */
  append(events: readonly NewAlarmEvent[]): void;
  /** Writes what waits once the journal has rested; to be called several times within its rest. */
  round(): void;
  /** Writes what waits now; what the records do not take goes on waiting. */
  flush(): void;
  /** Events that wait for the records. */
  readonly waiting: number;
  readonly seq: number;
}

/**
 * The alarm journal: an event is durable before `onEvents` hands it on. Events that are written together get their
 * numbers by urgency, those of one alarm in their order: whoever reads by number reads the urgent ones first.
 */
export function createJournal(
  records: RecordsWriter,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
  onEvents: (events: readonly AlarmEvent[]) => void,
): Journal {
  let waiting: NewAlarmEvent[] = [];
  let seq = records.alarmSeq();
  let nextAt: DurationMs = clock.monotonic();
  let isFailing = false;
  const flush = (): void => {
    if (waiting.length === 0) return;
    let saved: readonly AlarmEvent[];
    try {
      saved = records.appendAlarmEvents(waiting.toSorted((a, b) => byUrgency(a.status, b.status)));
    } catch (error) {
      nextAt = millis(clock.monotonic() + retryAfter);
      if (!isFailing)
        log.error({ waiting: waiting.length, error: messageOf(error) }, "Alarm journal cannot be written; events wait");
      isFailing = true;
      return;
    }
    if (isFailing) log.info({ events: saved.length }, "Alarm journal is written again");
    isFailing = false;
    nextAt = millis(clock.monotonic() + rest);
    waiting = [];
    seq = saved.at(-1)?.seq ?? seq;
    onEvents(saved);
  };
  const round = (): void => {
    if (clock.monotonic() >= nextAt) flush();
  };
  return {
    append: (events) => {
      for (const event of events) waiting.push(event);
      round();
    },
    round,
    flush,
    get waiting() {
      return waiting.length;
    },
    get seq() {
      return seq;
    },
  };
}
