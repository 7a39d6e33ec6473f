import type { Log } from "#shared/kit/log.ts";
import type { AlarmEvent } from "#shared/model/alarm.ts";
import { messageOf } from "#shared/model/errors.ts";
import type { RecordsWriter } from "#shared/store/records/port.ts";

/** An alarm event that has no place in the journal yet. */
export type NewAlarmEvent = Omit<AlarmEvent, "seq">;

export interface Journal {
  /** Persists the events, in order, and then hands them on; keeps them where the records cannot be written. */
  append(events: readonly NewAlarmEvent[]): void;
  /** Tries again what could not be persisted. */
  retry(): void;
  /** Events that wait for the records. */
  readonly waiting: number;
  readonly seq: number;
}

/** The alarm journal: an event is durable before anybody sees it. */
export function createJournal(
  records: RecordsWriter,
  log: Log,
  onEvents: (events: readonly AlarmEvent[]) => void,
): Journal {
  let waiting: readonly NewAlarmEvent[] = [];
  let seq = records.alarmSeq();
  const flush = (): void => {
    if (waiting.length === 0) return;
    let saved: readonly AlarmEvent[];
    try {
      saved = records.appendAlarmEvents(waiting);
    } catch (error) {
      log.error({ waiting: waiting.length, error: messageOf(error) }, "Alarm journal cannot be written; events wait");
      return;
    }
    waiting = [];
    seq = saved.at(-1)?.seq ?? seq;
    onEvents(saved);
  };
  return {
    append: (events) => {
      waiting = [...waiting, ...events];
      flush();
    },
    retry: flush,
    get waiting() {
      return waiting.length;
    },
    get seq() {
      return seq;
    },
  };
}
