import type { AlarmEvent } from "#shared/model/alarm.ts";
import type { TagValue } from "#shared/model/sample.ts";
import { type EpochMs, instant } from "#shared/model/time.ts";
import type { SampleReader } from "#shared/store/port.ts";
import type { RecordsReader } from "#shared/store/records/port.ts";
import { type Alarm, initialStatus } from "./alarm.ts";
import type { NewAlarmEvent } from "./journal.ts";
import { historyOf } from "./replay/history.ts";
import { type Activation, replayRule } from "./replay/replayRule.ts";

/** Samples of an alarm that came behind newer ones: source times of the oldest and the newest. */
export interface LateSpan {
  readonly alarm: Alarm;
  readonly from: EpochMs;
  readonly to: EpochMs;
}

/** An alarm that stood for longer than this when the late data begins may be told a second time. */
const journalBackMs = 7 * 86_400_000;
const mostEvents = 50_000;

/** Times at which the journal has the alarm's condition hold; the end is open where it does not tell. */
function knownPeriods(events: readonly AlarmEvent[], alarm: Alarm): readonly (readonly [from: number, to: number])[] {
  const periods: [number, number][] = [];
  const { since, state } = alarm.status;
  for (const { transition, at, status } of events.toSorted((a, b) => a.at - b.at || a.seq - b.seq)) {
    const last = periods.at(-1);
    if (transition === "raised") periods.push([status.since ?? at, Number.POSITIVE_INFINITY]);
    else if (last && (transition === "returned" || transition === "cleared")) last[1] = at;
  }
  return since === null || state === "NORM" ? periods : [...periods, [since, Number.POSITIVE_INFINITY]];
}

/**
 * What late data shows to have happened, as events with their own time that call nobody: the rule is run over the store
 * as it is now, and activations that the journal does not know are added. So it does not matter in which order late data
 * comes, nor how often.
 */
export async function lateEvents(
  { alarm, from, to }: LateSpan,
  reader: SampleReader,
  records: RecordsReader,
  now: EpochMs,
): Promise<readonly NewAlarmEvent[]> {
  const { plant, rule } = alarm;
  const longest = Math.max(rule.onDelayMs, rule.offDelayMs);
  const begin = instant(from - longest);
  const end = instant(to + longest + 1);
  const tags = plant.inputs.map(({ id }) => id);
  const history = historyOf(reader, tags, instant(begin - rule.condition.reachMs), end);
  const { activations } = await replayRule(rule, history, begin, end);
  if (activations.length === 0) return [];
  const query = { from: instant(begin - journalBackMs), to: instant(now + 1), line: plant.line.id, limit: mostEvents };
  const own = records.alarmEvents(query).filter(({ status }) => status.alarm === plant.id);
  const known = knownPeriods(own, alarm);
  const isKnown = ({ raisedAt, returnedAt }: Activation): boolean =>
    known.some(([since, until]) => since <= (returnedAt ?? end) && until >= raisedAt - rule.onDelayMs);
  const quiet = initialStatus(plant, undefined);
  const valueAt = async (at: EpochMs): Promise<TagValue | null> =>
    (await reader.last([plant.tag.id], instant(at + 1))).get(plant.tag.id)?.value ?? null;
  const events: NewAlarmEvent[] = [];
  for (const activation of activations.filter((one) => !isKnown(one))) {
    const { raisedAt, returnedAt } = activation;
    const told = { processedAt: now, user: null, comment: null, historical: true } as const;
    const raised = { ...quiet, state: "UNACK" as const, since: instant(raisedAt - rule.onDelayMs) };
    events.push({ ...told, transition: "raised", at: raisedAt, status: { ...raised, value: await valueAt(raisedAt) } });
    if (returnedAt === null) continue;
    const status = { ...quiet, state: "RTNUN" as const, since: raised.since, value: await valueAt(returnedAt) };
    events.push({ ...told, transition: "returned", at: returnedAt, status });
  }
  return events;
}
