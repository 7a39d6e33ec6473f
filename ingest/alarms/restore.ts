import { type AlarmEvent, type AlarmStatus, isActive } from "#shared/model/alarm.ts";
import type { Sample, TagId } from "#shared/model/sample.ts";
import { type EpochMs, instant } from "#shared/model/time.ts";
import type { PlantAlarm } from "#shared/plant/plant.ts";
import type { SampleReader } from "#shared/store/port.ts";
import type { RecordsReader } from "#shared/store/records/port.ts";
import { type InputSample, readingsByTime } from "./readings.ts";
import { type AlarmRule, alarmRuleOf } from "./rule.ts";
import { type AlarmMemory, quietMemory, type SampleInput } from "./step.ts";

/** Where an alarm stood when the journal was last written, and stored samples that its memory has not seen. */
export interface RestoredAlarm {
  readonly memory: AlarmMemory;
  readonly status: AlarmStatus | undefined;
  readonly replay: readonly SampleInput[];
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
    if (event.historical) continue;
    const { alarm } = event.status;
    times.set(alarm, newer(times.get(alarm) ?? null, sampleTimeOf(event, offDelays.get(alarm) ?? 0)));
  }
  return times;
}

/** Samples of every tag that the rule looks at with from <= at < to, and each tag's newest before them where asked. */
async function samplesOf(
  { inputs }: PlantAlarm,
  reader: SampleReader,
  from: EpochMs,
  to: EpochMs,
  withBefore: boolean,
): Promise<readonly InputSample[]> {
  const ids = inputs.map(({ id }) => id);
  const before = withBefore ? await reader.last(ids, from) : new Map<TagId, Sample>();
  const lists = await Promise.all(
    ids.map(async (id, input): Promise<readonly InputSample[]> => {
      const { samples } = await reader.range(id, from, to, replayLimit);
      const first = before.get(id);
      return [...(first ? [first] : []), ...samples].map((sample) => ({ input, ...sample }));
    }),
  );
  return lists.flat();
}

/** What the rule's kind remembers of samples that led to no change, or to one that the journal has. */
function primed(rule: AlarmRule, memory: AlarmMemory, inputs: readonly SampleInput[]): AlarmMemory {
  const { condition } = rule;
  let { evidence, judgedAt } = memory.condition;
  const newestAt = [...memory.newestAt];
  for (const { at, readings } of inputs) {
    for (const reading of readings) {
      evidence = condition.use(evidence, at, reading);
      newestAt[reading.input] = at;
    }
    evidence = condition.settle?.(evidence, at) ?? evidence;
    judgedAt = at;
  }
  return { ...memory, newestAt, condition: { ...memory.condition, evidence, judgedAt } };
}

/**
 * Alarm memories from the journal, exactly as they were; every sample was evaluated before it was stored, so only a
 * delay that was running, and what a kind remembers of the past, must be found again in the last stored samples.
 */
export async function restoreAlarms(
  alarms: readonly PlantAlarm[],
  records: RecordsReader,
  reader: SampleReader,
  now: EpochMs,
): Promise<ReadonlyMap<string, RestoredAlarm>> {
  const statuses = new Map(records.alarmStatuses().map((status) => [status.alarm, status]));
  const times = journalTimes(alarms, records);
  const tags = new Set(alarms.flatMap(({ inputs }) => inputs.map(({ id }) => id)));
  const last = await reader.last([...tags], instant(now + 1));
  const restored = new Map<string, RestoredAlarm>();
  for (const alarm of alarms) {
    const { id, inputs } = alarm;
    const rule = alarmRuleOf(alarm);
    const { condition, onDelayMs, offDelayMs } = rule;
    const status = statuses.get(id);
    const { state = "NORM", since = null, hiddenBy = [], shelvedUntil = null } = status ?? {};
    const newestAt = newer(times.get(id) ?? null, since);
    const quiet = quietMemory(rule);
    const memory: AlarmMemory = {
      state,
      condition: { ...quiet.condition, holds: isActive({ state, since }) },
      since,
      newestAt: inputs.map(() => newestAt),
      hiddenBy: hiddenBy.map((one) => one.state),
      shelvedUntil,
    };
    const stored = Math.max(...inputs.map(({ id: tag }) => last.get(tag)?.at ?? Number.NEGATIVE_INFINITY));
    if (condition.watchesConnection || !Number.isFinite(stored)) {
      const evidence = condition.unheard?.(now) ?? condition.start;
      restored.set(id, {
        memory: { ...memory, condition: { ...memory.condition, evidence, judgedAt: now } },
        status,
        replay: [],
      });
      continue;
    }
    const from = instant(Math.max(stored - Math.max(onDelayMs, offDelayMs), (newestAt ?? -1) + 1));
    const needsPast = condition.reachMs > 0 || inputs.length > 1;
    const past = instant(needsPast ? from - condition.reachMs : from);
    const samples = await samplesOf(alarm, reader, past, instant(stored + 1), needsPast);
    const byTime = readingsByTime(samples);
    restored.set(id, {
      memory: primed(
        rule,
        memory,
        byTime.filter(({ at }) => at < from),
      ),
      status,
      replay: byTime.filter(({ at }) => at >= from),
    });
  }
  return restored;
}
