import type { Clock } from "#shared/kit/clock.ts";
import type { Log } from "#shared/kit/log.ts";
import type { AlarmPriority, AlarmStatus, AlarmTransition } from "#shared/model/alarm.ts";
import type { Sample, TagId } from "#shared/model/sample.ts";
import { type DurationMs, type EpochMs, instant, millis } from "#shared/model/time.ts";
import type { Plant, PlantAlarm } from "#shared/plant/plant.ts";
import type { SampleReader } from "#shared/store/port.ts";
import type { RecordsReader, RecordsWriter } from "#shared/store/records/port.ts";
import { isFromTheFuture } from "../future.ts";
import { type Alarm, createAlarm, noteLate, statusAfter } from "./alarm.ts";
import { type AlarmCommand, type AlarmOutcome, doneBefore, inputOf, shelvingRefusal, unchanged } from "./command.ts";
import { nextAt } from "./condition.ts";
import type { AlarmEngine, AlarmSink, IsLost } from "./enginePort.ts";
import type { ReadingsAt } from "./holdback.ts";
import { createJournal, type Journal, type NewAlarmEvent } from "./journal.ts";
import { lateEvents } from "./lateData.ts";
import { ListShowing } from "./listShowing.ts";
import { removedRules } from "./removed.ts";
import { type RestoredAlarm, restoreAlarms } from "./restore.ts";
import { type AlarmInput, newestOf, stepAlarm } from "./step.ts";
import { Suppression } from "./suppression.ts";

/** A sample that would cancel an on-delay may still be under way: timers by clock wait this much longer. */
const transitGrace: DurationMs = millis(500);

/** When samples came, by both clocks. */
interface Arrival {
  readonly now: EpochMs;
  readonly monotonic: DurationMs;
}

/** An alarm that looks at a tag, and which of its inputs the tag is. */
interface Link {
  readonly alarm: Alarm;
  readonly input: number;
}

const noLinks: readonly Link[] = [];

interface EngineParts {
  readonly plant: Pick<Plant, "shelving">;
  readonly alarms: readonly PlantAlarm[];
  readonly records: RecordsWriter;
  readonly reader: SampleReader;
  readonly clock: Clock;
  readonly log: Log;
  readonly sink: AlarmSink;
}

/** The alarm engine of one plant, its state restored from the journal. */
export async function createAlarmEngine(parts: EngineParts): Promise<AlarmEngine> {
  const { alarms: all, records, reader, clock } = parts;
  const restored = await restoreAlarms(all, records, reader, clock.now());
  const alarms = all.map((one) => createAlarm(one, restored.get(one.id), clock.monotonic()));
  const suppression = new Suppression(alarms);
  const states = await reader.last(suppression.stateTags, instant(clock.now() + 1));
  for (const state of states.values()) suppression.useState(state);
  const engine = new Engine(parts, suppression.ordered(alarms), suppression);
  engine.begin(restored, removedRules(all, records.alarmStatuses()));
  return engine;
}

class Engine implements AlarmEngine {
  #clock: Clock;
  #journal: Journal;
  #records: RecordsReader;
  #longestShelving: Readonly<Record<AlarmPriority, number>>;
  #alarms: ReadonlyMap<string, Alarm>;
  #suppression: Suppression;
  #byTag = new Map<TagId, Link[]>();
  #list: ListShowing;

  constructor(
    { plant: { shelving }, records, clock, log, sink }: EngineParts,
    alarms: readonly Alarm[],
    suppression: Suppression,
  ) {
    this.#clock = clock;
    this.#longestShelving = shelving;
    this.#list = new ListShowing(clock, () => {
      // The list goes with the number of the newest event that it contains, so these are written first.
      this.flush();
      sink.active(this.#journal.seq, this.listed());
    });
    this.#journal = createJournal(records, { clock, log }, (events) => sink.events(events));
    this.#records = records;
    this.#suppression = suppression;
    this.#alarms = new Map(alarms.map((alarm) => [alarm.plant.id, alarm]));
    for (const alarm of alarms.filter(({ rule }) => !rule.condition.watchesConnection)) {
      for (const [input, { id }] of alarm.plant.inputs.entries()) {
        this.#byTag.set(id, [...(this.#byTag.get(id) ?? []), { alarm, input }]);
      }
    }
  }

  /** Catches up with the store, closes what plant.yaml no longer has, and suppresses what is to be suppressed. */
  begin(restored: ReadonlyMap<string, RestoredAlarm>, removed: readonly AlarmStatus[]): void {
    const { now, monotonic } = this.#arrival();
    const out = removed.map((status): NewAlarmEvent => {
      return { transition: "removed", at: now, processedAt: now, user: null, comment: null, status };
    });
    const caught = [...this.#alarms.values()].flatMap((alarm) =>
      (restored.get(alarm.plant.id)?.replay ?? []).map((one) => ({ alarm, ...one })),
    );
    for (const { alarm, at, readings } of caught.sort((a, b) => a.at - b.at)) {
      this.#use(alarm, { at, readings, arrivedAt: monotonic }, out);
    }
    for (const alarm of this.#alarms.values()) this.#suppress(alarm, now, out);
    this.#append(out);
  }

  evaluate(samples: readonly Sample[]): void {
    const out: NewAlarmEvent[] = [];
    const arrival = this.#arrival();
    const held = new Set<Alarm>();
    for (const sample of samples) {
      for (const alarm of this.#suppression.useState(sample)) this.#suppress(alarm, sample.at, out);
      for (const { alarm, input } of this.#byTag.get(sample.tag) ?? noLinks) {
        this.#useSample(alarm, input, sample, arrival, out);
        if (alarm.holdback) held.add(alarm);
      }
    }
    for (const alarm of held) this.#release(alarm, arrival.monotonic, out);
    this.#append(out);
  }

  watch(isLost: IsLost): void {
    const out: NewAlarmEvent[] = [];
    const { now, monotonic } = this.#arrival();
    for (const alarm of this.#alarms.values()) {
      const { plant, memory } = alarm;
      if (plant.rule.kind !== "lost") continue;
      const value = isLost(plant.tag, plant.rule.of);
      if (value === null || value === memory.condition.evidence) continue;
      const at = instant(Math.max(now, (newestOf(memory) ?? 0) + 1));
      this.#use(alarm, { at, readings: [{ input: 0, quality: "good", value }], arrivedAt: monotonic }, out);
    }
    this.#append(out);
  }

  tick(): void {
    const out: NewAlarmEvent[] = [];
    const { now, monotonic } = this.#arrival();
    for (const alarm of this.#alarms.values()) {
      this.#release(alarm, monotonic, out);
      const { shelvedUntil } = alarm.memory;
      if (shelvedUntil !== null && shelvedUntil <= now) {
        this.#step(alarm, { kind: "reveal", from: "SHLVD", at: shelvedUntil }, null, out);
      }
      const next = nextAt(alarm.rule, alarm.memory.condition);
      const newest = next === null ? null : (newestOf(alarm.memory) ?? alarm.memory.condition.judgedAt);
      if (next === null || newest === null) continue;
      // By the source's clock: its newest stamp, and the time that has passed here since it came.
      const at = instant(newest + monotonic - alarm.receivedAt - transitGrace);
      if (next <= at) this.#step(alarm, { kind: "clock", at }, null, out);
    }
    this.#append(out);
  }

  async reviewLate(reader: SampleReader): Promise<void> {
    // All at once: what becomes late while the store is read is not in it yet, and is for the next review.
    const due = [...this.#alarms.values()].flatMap((alarm) => (alarm.late ? [{ alarm, ...alarm.late }] : []));
    for (const { alarm } of due) alarm.late = null;
    for (const [i, late] of due.entries()) {
      try {
        const found = await lateEvents(late, reader, this.#records, this.#clock.now());
        if (found.length > 0) this.#journal.append(found);
      } catch (error) {
        for (const { alarm, from, to } of due.slice(i)) noteLate(alarm, from, to);
        throw error;
      }
    }
  }

  carryOut(commands: readonly AlarmCommand[]): readonly AlarmOutcome[] {
    const done = doneBefore(commands, this.#records);
    const outcomes = commands.map((command) => (done.has(command) ? "already" : this.#command(command)));
    // Who asked is told once it is durable, not with the next round.
    this.flush();
    return outcomes;
  }

  #command(command: AlarmCommand): AlarmOutcome {
    const alarm = this.#alarms.get(command.alarm);
    if (!alarm) return "unknown";
    const refusal = shelvingRefusal(command, alarm.status.priority, this.#longestShelving);
    if (refusal) return refusal;
    const input = inputOf(command);
    const out: NewAlarmEvent[] = [];
    if (input) this.#step(alarm, input, command, out);
    else out.push(this.#entry(alarm, "commented", command.at, command));
    this.#append(out);
    return out.length > 0 ? "done" : unchanged(command, alarm.memory);
  }

  round(): void {
    this.#journal.round();
    this.#list.round();
  }

  flush(): void {
    this.#journal.flush();
  }

  announce(): void {
    this.#list.now();
  }

  listed(): readonly AlarmStatus[] {
    return [...this.#alarms.values()].map(({ status }) => status).filter(({ state }) => state !== "NORM");
  }

  get unsavedEvents(): number {
    return this.#journal.waiting;
  }

  #arrival(): Arrival {
    return { now: this.#clock.now(), monotonic: this.#clock.monotonic() };
  }

  #useSample(alarm: Alarm, input: number, sample: Sample, { now, monotonic }: Arrival, out: NewAlarmEvent[]): void {
    const newest = alarm.memory.newestAt[input] ?? null;
    // A source clock that ran ahead must not deafen the alarm until the time it claimed has come.
    if (newest !== null && isFromTheFuture(newest, now) && !isFromTheFuture(sample.at, now)) {
      alarm.memory = { ...alarm.memory, newestAt: [] };
    }
    const { at, quality, value } = sample;
    if (newest !== null && at < newest) noteLate(alarm, at, at);
    const reading = { input, quality, value };
    if (alarm.holdback) alarm.holdback.add(at, reading, monotonic);
    else this.#use(alarm, { at, readings: [reading], arrivedAt: monotonic }, out);
  }

  #release(alarm: Alarm, monotonic: DurationMs, out: NewAlarmEvent[]): void {
    for (const one of alarm.holdback?.take(monotonic) ?? []) this.#use(alarm, one, out);
  }

  #use(alarm: Alarm, { at, readings, arrivedAt }: ReadingsAt, out: NewAlarmEvent[]): void {
    const newest = newestOf(alarm.memory);
    const before = alarm.value;
    if (newest === null || at > newest) {
      alarm.receivedAt = arrivedAt;
      const own = readings.find(({ input }) => input === 0);
      if (own && !alarm.rule.condition.watchesConnection) alarm.value = own.value;
    }
    this.#step(alarm, { kind: "sample", at, readings }, null, out, before);
  }

  /** `before` is the value until `input`: delays that ran out earlier did so with it. */
  #step(
    alarm: Alarm,
    input: AlarmInput,
    command: AlarmCommand | null,
    out: NewAlarmEvent[],
    before = alarm.value,
  ): void {
    const { memory, changes } = stepAlarm(alarm.rule, alarm.memory, input);
    alarm.memory = memory;
    if (changes.length === 0) return;
    for (const change of changes) {
      alarm.status = statusAfter(alarm, change, change.at < input.at ? before : alarm.value, command);
      out.push(this.#entry(alarm, change.transition, change.at, command));
    }
    const at = changes.at(-1)?.at ?? input.at;
    for (const other of this.#suppression.dependentsOf(alarm)) this.#suppress(other, at, out);
  }

  /** Suppresses or reveals an alarm as the design says now. */
  #suppress(alarm: Alarm, at: EpochMs, out: NewAlarmEvent[]): void {
    const because = this.#suppression.causeOf(alarm);
    alarm.suppressedBecause = because;
    const isSuppressed = alarm.memory.hiddenBy.includes("DSUPR");
    if (because && !isSuppressed) this.#step(alarm, { kind: "suppress", at }, null, out);
    else if (!because && isSuppressed) this.#step(alarm, { kind: "reveal", from: "DSUPR", at }, null, out);
    else if (because) {
      const hiddenBy = alarm.status.hiddenBy.map((one) => (one.state === "DSUPR" ? { ...one, logic: because } : one));
      alarm.status = { ...alarm.status, hiddenBy };
    }
  }

  #entry(alarm: Alarm, transition: AlarmTransition, at: EpochMs, command: AlarmCommand | null): NewAlarmEvent {
    const { user = null, comment = null } = command ?? {};
    return { transition, at, processedAt: this.#clock.now(), user, comment, status: alarm.status };
  }

  #append(events: readonly NewAlarmEvent[]): void {
    if (events.length === 0) return;
    this.#journal.append(events);
    this.#list.changed();
  }
}
