import { type AlarmEvent, type AlarmStatus, byUrgency } from "#shared/model/alarm.ts";
import type { SealManifest } from "#shared/model/assessment.ts";
import { CodedError } from "#shared/model/errors.ts";
import type { IndicatorResult } from "#shared/model/indicator.ts";
import { parseTagId } from "#shared/model/sample.ts";
import type { EpochMs } from "#shared/model/time.ts";
import {
  type DerivedKind,
  type DerivedMessages,
  derivedTopics,
  encodeDerived,
  type HealthMessage,
} from "#shared/wire/derived.ts";
import type { PublishOptions, Session } from "#shared/wire/session.ts";
import type { AlarmSink } from "./alarms/enginePort.ts";
import { AlarmEventQueue } from "./alarms/eventQueue.ts";
import type { SealedVersion } from "./assessment/kept.ts";
import type { EquipmentLive } from "./live/liveValues.ts";

/** Live values wait for the next round while the broker has this much of ours to take. */
const busyBytes = 1_000_000;
/** The list of alarms holds as many as these have room for, some 1,000: every session and every change carries it. */
const mostListBytes = 1_000_000;

/** The most urgent, then the newest, as far as they have room. */
function fitting(alarms: readonly AlarmStatus[]): readonly AlarmStatus[] {
  const sorted = alarms.toSorted((a, b) => byUrgency(a, b) || (b.since ?? 0) - (a.since ?? 0));
  let bytes = 0;
  const end = sorted.findIndex((status) => {
    bytes += Buffer.byteLength(JSON.stringify(status)) + 1;
    return bytes > mostListBytes;
  });
  return end < 0 ? sorted : sorted.slice(0, end);
}

/** One broker: what happened is told there until it is confirmed there. */
interface Link {
  session: Session | null;
  readonly events: AlarmEventQueue;
}

/** Publishes what ingest derives (D6) at every broker, while there is a session; the next session is told everything again. */
export class Publisher implements AlarmSink {
  #platform: string;
  #links = new Map<string, Link>();
  /** What was raised before it was known which brokers there are. */
  #early: AlarmEvent[] = [];

  constructor(platform: string) {
    this.#platform = platform;
  }

  /** The session to publish in at a broker; null before there is one and when it has ended. */
  attach(broker: string, session: Session | null): void {
    const link = this.#links.get(broker) ?? this.#join(broker);
    link.session = session;
    link.events.lose();
    this.#sendEvents(link);
  }

  #join(broker: string): Link {
    const link: Link = { session: null, events: new AlarmEventQueue() };
    link.events.put(this.#early);
    this.#links.set(broker, link);
    return link;
  }

  #sessions(): readonly Session[] {
    return [...this.#links.values()].flatMap(({ session }) => (session ? [session] : []));
  }

  /** QoS 0 to a topic outside the derived ones, such as a command to a gateway. */
  send(topic: string, payload: Uint8Array): void {
    for (const session of this.#sessions()) session.publish(topic, payload);
  }

  /** Resolves when every broker that there is a session with has it; throws `NOT_CONNECTED` without one. */
  async confirmed(topic: string, payload: string): Promise<void> {
    const sessions = this.#sessions();
    if (sessions.length === 0) throw new CodedError("NOT_CONNECTED", "ingest has no session with the broker.");
    await Promise.all(sessions.map((session) => session.publishConfirmed(topic, payload)));
  }

  /** Whether live values would reach a broker soon. */
  get isReady(): boolean {
    return this.#sessions().some((session) => session.bufferedBytes() < busyBytes);
  }

  live({ line, equipment, values, state }: EquipmentLive, at: EpochMs): void {
    const byTag = values.map(({ tag, ...value }) => [parseTagId(tag)?.tag ?? tag, value] as const);
    const message = { v: 1 as const, at, values: Object.fromEntries(byTag), state };
    this.#publish("live", derivedTopics.live(this.#platform, line, equipment), message, { retain: true });
  }

  events(events: readonly AlarmEvent[]): void {
    if (this.#links.size === 0) this.#early.push(...events);
    for (const link of this.#links.values()) {
      link.events.put(events);
      this.#sendEvents(link);
    }
  }

  active(seq: number, alarms: readonly AlarmStatus[]): void {
    if (this.#sessions().length === 0) return;
    const listed = fitting(alarms);
    const omitted = alarms.length - listed.length;
    const message = { v: 1 as const, seq, alarms: listed, ...(omitted > 0 ? { omitted } : {}) };
    this.#publish("activeAlarms", derivedTopics.activeAlarms(this.#platform), message, { qos: 1, retain: true });
  }

  #sendEvents(link: Link): void {
    const { session, events } = link;
    if (!session) return;
    const topic = derivedTopics.alarmEvent(this.#platform);
    for (let event = events.take(); event; event = events.take()) {
      const sent = event;
      session.publishConfirmed(topic, encodeDerived("alarmEvent", { v: 1, ...sent })).then(
        () => {
          if (link.session !== session) return;
          events.confirm(sent);
          this.#sendEvents(link);
        },
        // The session is over, or it will be: the next one sends it again.
        () => undefined,
      );
    }
  }

  /** Provisional figures of the period of a kind that runs. */
  figures(kind: "day" | "month", scope: string, at: EpochMs, results: readonly IndicatorResult[]): void {
    const [, line] = scope.split("/");
    const topic = derivedTopics.figures(this.#platform, kind, line);
    this.#publish("figures", topic, { v: 1, at, results }, { retain: true });
  }

  indicators(line: string, at: EpochMs, results: readonly IndicatorResult[]): void {
    this.#publish(
      "indicators",
      derivedTopics.indicators(this.#platform, line),
      { v: 1, at, results },
      { retain: true },
    );
  }

  /** The official version of a sealed assessment. */
  assessment({ document, seal }: SealedVersion): void {
    const { period, version, score, figures } = document;
    if (seal.manifest === null || seal.signature === null || seal.publicKey === null) return;
    const message = {
      v: 1 as const,
      period,
      version,
      sealedAt: seal.at,
      score,
      figures: figures.filter(({ scope }) => scope.split("/").length <= 2),
      manifest: JSON.parse(seal.manifest) as SealManifest,
      signature: seal.signature,
      publicKey: seal.publicKey,
    };
    this.#publish("assessment", derivedTopics.assessment(this.#platform, period), message, { qos: 1, retain: true });
  }

  health(message: HealthMessage): void {
    this.#publish("health", derivedTopics.health(this.#platform, message.part), message, { retain: true });
  }

  #publish<Kind extends DerivedKind>(
    kind: Kind,
    topic: string,
    message: DerivedMessages[Kind],
    options: PublishOptions,
  ): void {
    const payload = encodeDerived(kind, message);
    for (const session of this.#sessions()) session.publish(topic, payload, options);
  }
}
