import { type AlarmEvent, type AlarmStatus, isStanding } from "#shared/model/alarm.ts";
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

/** Source time of the sample behind a transition; a command has none. */
const sampleTimeOf = ({ transition, at, status }: AlarmEvent): EpochMs | null => {
  if (transition === "acknowledged") return null;
  return transition === "raised" ? status.since : at;
};

const newer = (a: EpochMs | null, b: EpochMs | null): EpochMs | null =>
  a === null || b === null ? (a ?? b) : instant(Math.max(a, b));

/** Times of the newest samples that caused a transition, by alarm id. */
function journalTimes(records: RecordsReader): Map<string, EpochMs | null> {
  const times = new Map<string, EpochMs | null>();
  for (const event of records.alarmEventsAfter(Math.max(0, records.alarmSeq() - journalTail), journalTail)) {
    const { alarm } = event.status;
    times.set(alarm, newer(times.get(alarm) ?? null, sampleTimeOf(event)));
  }
  return times;
}

/**
 * Alarm memories from the journal, exactly as they were; every sample was evaluated before it was stored, so only an
 * on-delay that was running must be found again in the last stored samples.
 */
export async function restoreAlarms(
  alarms: readonly PlantAlarm[],
  records: RecordsReader,
  reader: SampleReader,
  now: EpochMs,
): Promise<ReadonlyMap<string, RestoredAlarm>> {
  const statuses = new Map(records.alarmStatuses().map((status) => [status.alarm, status]));
  const times = journalTimes(records);
  const last = await reader.last([...new Set(alarms.map(({ tag }) => tag.id))], instant(now + 1));
  const restored = new Map<string, RestoredAlarm>();
  for (const { id, tag, rule } of alarms) {
    const status = statuses.get(id);
    const state = status?.state ?? "NORM";
    const since = status && isStanding(state) ? status.since : null;
    const isActive = state === "UNACK" || state === "ACKED";
    const newestAt = newer(times.get(id) ?? null, since);
    const memory: AlarmMemory = { state, since, trueSince: isActive ? since : null, newestAt };
    const stored = last.get(tag.id);
    const from = stored && instant(Math.max(stored.at - rule.onDelayMs, (newestAt ?? -1) + 1));
    const replay =
      stored && from !== undefined && from <= stored.at
        ? (await reader.range(tag.id, from, instant(stored.at + 1), replayLimit)).samples
        : [];
    restored.set(id, { memory, status, replay });
  }
  return restored;
}
