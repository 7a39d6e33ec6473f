import type { AlarmEvent, AlarmStatus } from "#shared/model/alarm.ts";
import type { Sample } from "#shared/model/sample.ts";
import type { LostRule } from "#shared/plant/alarmRules/lost.ts";
import type { AlarmTag } from "#shared/plant/plant.ts";
import type { SampleReader } from "#shared/store/port.ts";
import type { AlarmCommand, AlarmOutcome } from "./command.ts";

/** Who sees what the engine finds out. */
export interface AlarmSink {
  events(events: readonly AlarmEvent[]): void;
  /** The alarms that are not normal after the journal entry `seq`. */
  active(seq: number, alarms: readonly AlarmStatus[]): void;
}

/** Whether the connection to a tag's device or gateway is lost; null where nobody knows yet. */
export type IsLost = (tag: AlarmTag, of: LostRule["of"]) => boolean | null;

export interface AlarmEngine {
  /** Evaluates samples as they arrive, before they are stored (D4). */
  evaluate(samples: readonly Sample[]): void;
  /** Looks at the connections that rules watch. */
  watch(isLost: IsLost): void;
  /** Lets delays and shelvings run out where no sample comes. */
  tick(): void;
  /** Writes and shows what waits, as far as it is due; to be called every few hundredths of a second. */
  round(): void;
  /** Writes what waits into the journal now: samples must not be stored before the events that they caused. */
  flush(): void;
  /**
   * Finds out what happened in data that came behind newer data, and puts it into the journal as past. To be called when
   * all that has come is stored; where the store fails it is done by a later call.
   */
  reviewLate(reader: SampleReader): Promise<void>;
  /** Does what people ask, in order, and says when it is durable how each ended. */
  carryOut(commands: readonly AlarmCommand[]): readonly AlarmOutcome[];
  /** Shows the alarms that are not normal again, to a new session. */
  announce(): void;
  /** Alarms that are not normal; hidden ones among them, for what is hidden must stay visible as such. */
  listed(): readonly AlarmStatus[];
  readonly unsavedEvents: number;
}
