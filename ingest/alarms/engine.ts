import type { Clock } from "#shared/kit/clock.ts";
import type { Log } from "#shared/kit/log.ts";
import type { AlarmEvent, AlarmGuidance, AlarmPriority, AlarmStatus, AlarmTransition } from "#shared/model/alarm.ts";
import type { Sample, TagId, TagValue } from "#shared/model/sample.ts";
import { type DurationMs, type EpochMs, instant, millis } from "#shared/model/time.ts";
import type { Plant, PlantAlarm } from "#shared/plant/plant.ts";
import type { SampleReader } from "#shared/store/port.ts";
import type { RecordsWriter } from "#shared/store/records/port.ts";
import { isFromTheFuture } from "../future.ts";
import { type AlarmCommand, type AlarmOutcome, inputOf, shelvingRefusal, unchanged } from "./command.ts";
import { createJournal, type Journal, type NewAlarmEvent } from "./journal.ts";
import { numberOf } from "./numberOf.ts";
import { type RestoredAlarm, restoreAlarms } from "./restore.ts";
import { type AlarmInput, type AlarmMemory, quietMemory, stepAlarm } from "./step.ts";

/** Who sees what the engine finds out. */
export interface AlarmSink {
  events(events: readonly AlarmEvent[]): void;
  /** The alarms that are not normal after the journal entry `seq`. */
  active(seq: number, alarms: readonly AlarmStatus[]): void;
}

export interface AlarmEngine {
  /** Evaluates samples as they arrive, before they are stored (D4). */
  evaluate(samples: readonly Sample[]): void;
  /** Lets delays and shelvings run out where no sample comes. */
  tick(): void;
  /** Writes and shows what waits, as far as it is due; to be called every few hundredths of a second. */
  round(): void;
  /** Writes what waits into the journal now: samples must not be stored before the events that they caused. */
  flush(): void;
  command(command: AlarmCommand): AlarmOutcome;
  /** Shows the alarms that are not normal again, to a new session. */
  announce(): void;
  /** Alarms that are not normal; hidden ones among them, for what is hidden must stay visible as such. */
  listed(): readonly AlarmStatus[];
  readonly unsavedEvents: number;
}

/** A sample that would cancel an on-delay may still be under way: timers by clock wait this much longer. */
const transitGrace: DurationMs = millis(500);
/** The whole list is shown at most this often; single events say at once what happens. */
const listRest: DurationMs = millis(500);

interface Alarm {
  readonly plant: PlantAlarm;
  memory: AlarmMemory;
  status: AlarmStatus;
  /** Monotonic time at which the newest sample arrived. */
  receivedAt: DurationMs;
}

/** When samples came, by both clocks. */
interface Arrival {
  readonly now: EpochMs;
  readonly monotonic: DurationMs;
}

const noAlarms: readonly Alarm[] = [];
const noEvents: readonly NewAlarmEvent[] = [];

interface EngineParts {
  readonly plant: Pick<Plant, "shelving">;
  readonly alarms: readonly PlantAlarm[];
  readonly records: RecordsWriter;
  readonly reader: SampleReader;
  readonly clock: Clock;
  readonly log: Log;
  readonly sink: AlarmSink;
}

const guidanceOf = ({ cause, consequence, response, timeToRespondMinutes }: PlantAlarm["rule"]): AlarmGuidance => ({
  ...(cause ? { cause } : {}),
  ...(consequence ? { consequence } : {}),
  ...(response ? { response } : {}),
  ...(timeToRespondMinutes === undefined ? {} : { timeToRespondMinutes }),
});

function initialStatus({ id, line, tag, rule }: PlantAlarm, was: AlarmStatus | undefined): AlarmStatus {
  return {
    alarm: id,
    line: line.id,
    equipment: tag.equipment.id,
    tag: tag.id,
    name: rule.name,
    kind: rule.kind,
    guidance: guidanceOf(rule),
    priority: rule.priority,
    state: was?.state ?? "NORM",
    limit: rule.limit,
    unit: tag.info.unit,
    value: was?.value ?? null,
    since: was?.since ?? null,
    hiddenBy: was?.hiddenBy ?? [],
    shelvedUntil: was?.shelvedUntil ?? null,
    acknowledgedBy: was?.acknowledgedBy ?? null,
    acknowledgedAt: was?.acknowledgedAt ?? null,
  };
}

/** The alarm engine of one plant, its state restored from the journal. */
export async function createAlarmEngine(parts: EngineParts): Promise<AlarmEngine> {
  const { alarms: all } = parts;
  const restored = await restoreAlarms(all, parts.records, parts.reader, parts.clock.now());
  const engine = new Engine(parts, all, restored);
  engine.replay(restored);
  return engine;
}

class Engine implements AlarmEngine {
  #clock: Clock;
  #sink: AlarmSink;
  #journal: Journal;
  #longestShelving: Readonly<Record<AlarmPriority, number>>;
  #alarms: ReadonlyMap<string, Alarm>;
  #byTag = new Map<TagId, Alarm[]>();
  /** Whether the list has changed since it was shown, and from when on it may be shown again. */
  #isListDue = false;
  #listAt: DurationMs = millis(Number.NEGATIVE_INFINITY);

  constructor(
    { plant: { shelving }, records, clock, log, sink }: EngineParts,
    all: readonly PlantAlarm[],
    restored: ReadonlyMap<string, RestoredAlarm>,
  ) {
    this.#clock = clock;
    this.#sink = sink;
    this.#longestShelving = shelving;
    this.#journal = createJournal(records, { clock, log }, (events) => sink.events(events));
    const alarms = all.map((plant): Alarm => {
      const was = restored.get(plant.id);
      const memory = was?.memory ?? quietMemory;
      return { plant, memory, status: initialStatus(plant, was?.status), receivedAt: clock.monotonic() };
    });
    this.#alarms = new Map(alarms.map((alarm) => [alarm.plant.id, alarm]));
    for (const alarm of alarms) {
      const { id } = alarm.plant.tag;
      this.#byTag.set(id, [...(this.#byTag.get(id) ?? []), alarm]);
    }
  }

  replay(restored: ReadonlyMap<string, RestoredAlarm>): void {
    const arrival = this.#arrival();
    const events = [...this.#alarms.values()].flatMap((alarm) =>
      (restored.get(alarm.plant.id)?.replay ?? []).flatMap((sample) => this.#useSample(alarm, sample, arrival)),
    );
    this.#append(events);
  }

  evaluate(samples: readonly Sample[]): void {
    const events: NewAlarmEvent[] = [];
    const arrival = this.#arrival();
    for (const sample of samples) {
      for (const alarm of this.#byTag.get(sample.tag) ?? noAlarms) {
        for (const event of this.#useSample(alarm, sample, arrival)) events.push(event);
      }
    }
    this.#append(events);
  }

  tick(): void {
    const events: NewAlarmEvent[] = [];
    for (const alarm of this.#alarms.values()) {
      events.push(...this.#endShelving(alarm));
      const { memory, receivedAt } = alarm;
      if (memory.condition.pendingSince === null || memory.newestAt === null) continue;
      // By the source's clock: its newest stamp, and the time that has passed here since it came.
      const at = instant(memory.newestAt + this.#clock.monotonic() - receivedAt - transitGrace);
      events.push(...this.#step(alarm, { kind: "clock", at }, alarm.status.value, null));
    }
    this.#append(events);
  }

  command(command: AlarmCommand): AlarmOutcome {
    const alarm = this.#alarms.get(command.alarm);
    if (!alarm) return "unknown";
    const refusal = shelvingRefusal(command, alarm.plant.rule.priority, this.#longestShelving);
    if (refusal) return refusal;
    const input = inputOf(command);
    const events = input
      ? this.#step(alarm, input, alarm.status.value, command)
      : [this.#entry(alarm, "commented", command.at, command)];
    this.#append(events);
    // Who asked is told once it is durable, not with the next round.
    this.flush();
    return events.length > 0 ? "done" : unchanged(command, alarm.memory);
  }

  round(): void {
    this.#journal.round();
    this.#showList();
  }

  flush(): void {
    this.#journal.flush();
  }

  announce(): void {
    this.#isListDue = true;
    this.#listAt = millis(Number.NEGATIVE_INFINITY);
    this.#showList();
  }

  /** The list goes with the number of the newest event that it contains, so these are written first. */
  #showList(): void {
    if (!this.#isListDue || this.#clock.monotonic() < this.#listAt) return;
    this.#isListDue = false;
    this.#listAt = millis(this.#clock.monotonic() + listRest);
    this.flush();
    this.#sink.active(this.#journal.seq, this.listed());
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

  #useSample(alarm: Alarm, sample: Sample, { now, monotonic }: Arrival): readonly NewAlarmEvent[] {
    const { newestAt } = alarm.memory;
    // A source clock that ran ahead must not deafen the alarm until the time it claimed has come.
    if (newestAt !== null && isFromTheFuture(newestAt, now) && !isFromTheFuture(sample.at, now)) {
      alarm.memory = { ...alarm.memory, newestAt: null };
    }
    if (alarm.memory.newestAt === null || sample.at > alarm.memory.newestAt) alarm.receivedAt = monotonic;
    return this.#step(alarm, { kind: "sample", at: sample.at, value: numberOf(sample.value) }, sample.value, null);
  }

  #endShelving(alarm: Alarm): readonly NewAlarmEvent[] {
    const { shelvedUntil } = alarm.memory;
    if (shelvedUntil === null || shelvedUntil > this.#clock.now()) return [];
    return this.#step(alarm, { kind: "reveal", from: "SHLVD", at: shelvedUntil }, alarm.status.value, null);
  }

  #step(
    alarm: Alarm,
    input: AlarmInput,
    value: TagValue | null,
    command: AlarmCommand | null,
  ): readonly NewAlarmEvent[] {
    const { memory, changes } = stepAlarm(alarm.plant.rule, alarm.memory, input);
    alarm.memory = memory;
    if (changes.length === 0) return noEvents;
    return changes.map(({ transition, at, annunciation, memory: { state, since, hiddenBy, shelvedUntil } }) => {
      const acknowledged =
        annunciation === "annunciated"
          ? { acknowledgedBy: null, acknowledgedAt: null }
          : transition === "acknowledged" && command && { acknowledgedBy: command.user, acknowledgedAt: command.at };
      const hiding = { since: at, user: command?.user ?? null, reason: command?.comment ?? null };
      // Shelved anew, it is hidden by whoever did so last.
      const kept = alarm.status.hiddenBy.filter((one) => transition !== "shelved" || one.state !== "SHLVD");
      alarm.status = {
        ...alarm.status,
        ...{ state, since, shelvedUntil, value, ...acknowledged },
        hiddenBy: hiddenBy.map((by) => kept.find((one) => one.state === by) ?? { state: by, ...hiding }),
      };
      return this.#entry(alarm, transition, at, command);
    });
  }

  #entry(alarm: Alarm, transition: AlarmTransition, at: EpochMs, command: AlarmCommand | null): NewAlarmEvent {
    const { user = null, comment = null } = command ?? {};
    return { transition, at, processedAt: this.#clock.now(), user, comment, status: alarm.status };
  }

  #append(events: readonly NewAlarmEvent[]): void {
    if (events.length === 0) return;
    this.#journal.append(events);
    this.#isListDue = true;
    this.#showList();
  }
}
