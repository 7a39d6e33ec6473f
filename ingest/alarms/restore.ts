import { type AlarmEvent, type AlarmStatus, isActive } from "#shared/model/alarm.ts";
import type { Sample } from "#shared/model/sample.ts";
import { type EpochMs, instant } from "#shared/model/time.ts";
import type { PlantAlarm } from "#shared/plant/plant.ts";
import type { SampleReader } from "#shared/store/port.ts";
import type { RecordsReader } from "#shared/store/records/port.ts";
import type { AlarmMemory } from "./step.ts";

/** Where an alarm stood when the journal was last written, and stored samples that its memory has not seen. */
export interface RestoredAlarm {
  readonly memory: AlarmMemory;
  readonly status: AlarmStatus | undefined;
  readonly replay: readonly Sample[];
}

/** Journal entries looked at for the time of an alarm's newest sample; the statuses themselves reach back for ever. */
const journalTail = 10_000;
const replayLimit = 10_000;

/** Source time of the sample behind a transition, before its delay; a command has none. */
function sampleTimeOf({ transition, at, status }: AlarmEvent, offDelayMs: number): EpochMs | null {
  if (transition === "raised") return status.since;
  return transition === "returned" || transition === "cleared" ? instant(at - offDelayMs) : null;
}

const newer = (a: EpochMs | null, b: EpochMs | null): EpochMs | null =>
  a === null || b === null ? (a ?? b) : instant(Math.max(a, b));

/** Times of the newest samples that caused a transition, by alarm id. */
function journalTimes(alarms: readonly PlantAlarm[], records: RecordsReader): Map<string, EpochMs | null> {
  const offDelays = new Map(alarms.map(({ id, rule }) => [id, rule.offDelayMs]));
  const times = new Map<string, EpochMs | null>();
  for (const event of records.alarmEventsAfter(Math.max(0, records.alarmSeq() - journalTail), journalTail)) {
    const { alarm } = event.status;
    times.set(alarm, newer(times.get(alarm) ?? null, sampleTimeOf(event, offDelays.get(alarm) ?? 0)));
  }
  return times;
}

/**
 * Alarm memories from the journal, exactly as they were; every sample was evaluated before it was stored, so only a
 * delay that was running must be found again in the last stored samples.
 */
export async function restoreAlarms(
  alarms: readonly PlantAlarm[],
  records: RecordsReader,
  reader: SampleReader,
  now: EpochMs,
): Promise<ReadonlyMap<string, RestoredAlarm>> {
  const statuses = new Map(records.alarmStatuses().map((status) => [status.alarm, status]));
  const times = journalTimes(alarms, records);
  const last = await reader.last([...new Set(alarms.map(({ tag }) => tag.id))], instant(now + 1));
  const restored = new Map<string, RestoredAlarm>();
  for (const { id, tag, rule } of alarms) {
    const status = statuses.get(id);
    const { state = "NORM", since = null, hiddenBy = [], shelvedUntil = null } = status ?? {};
    const newestAt = newer(times.get(id) ?? null, since);
    const condition = { holds: isActive({ state, since }), pendingSince: null };
    const hiding = hiddenBy.map((one) => one.state);
    const memory: AlarmMemory = { state, condition, since, newestAt, hiddenBy: hiding, shelvedUntil };
    const stored = last.get(tag.id);
    const from =
      stored && instant(Math.max(stored.at - Math.max(rule.onDelayMs, rule.offDelayMs), (newestAt ?? -1) + 1));
    const replay =
      stored && from !== undefined && from <= stored.at
        ? (await reader.range(tag.id, from, instant(stored.at + 1), replayLimit)).samples
        : [];
    restored.set(id, { memory, status, replay });
  }
  return restored;
}
