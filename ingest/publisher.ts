import type { AlarmEvent, AlarmStatus } from "#shared/model/alarm.ts";
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
import type { AlarmSink } from "./alarms/engine.ts";
import type { EquipmentLive } from "./live/liveValues.ts";

/** Live values wait for the next round while the broker has this much of ours to take. */
const busyBytes = 1_000_000;

/** Publishes what ingest derives (D6), while there is a session; the next session is told everything again. */
export class Publisher implements AlarmSink {
  #platform: string;
  #session: Session | null = null;

  constructor(platform: string) {
    this.#platform = platform;
  }

  /** The session to publish in; null when it has ended. */
  attach(session: Session | null): void {
    this.#session = session;
  }

  /** QoS 0 to a topic outside the derived ones, such as a command to a gateway. */
  send(topic: string, payload: Uint8Array): void {
    this.#session?.publish(topic, payload);
  }

  /** Whether live values would reach the broker soon. */
  get isReady(): boolean {
    return this.#session !== null && this.#session.bufferedBytes() < busyBytes;
  }

  live({ line, equipment, values, state }: EquipmentLive, at: EpochMs): void {
    const byTag = values.map(({ tag, ...value }) => [parseTagId(tag)?.tag ?? tag, value] as const);
    const message = { v: 1 as const, at, values: Object.fromEntries(byTag), state };
    this.#publish("live", derivedTopics.live(this.#platform, line, equipment), message, { retain: true });
  }

  events(events: readonly AlarmEvent[]): void {
    for (const event of events) {
      this.#publish("alarmEvent", derivedTopics.alarmEvent(this.#platform), { v: 1, ...event }, { qos: 1 });
    }
  }

  active(seq: number, alarms: readonly AlarmStatus[]): void {
    const topic = derivedTopics.activeAlarms(this.#platform);
    this.#publish("activeAlarms", topic, { v: 1, seq, alarms }, { qos: 1, retain: true });
  }

  indicators(line: string, at: EpochMs, results: readonly IndicatorResult[]): void {
    this.#publish(
      "indicators",
      derivedTopics.indicators(this.#platform, line),
      { v: 1, at, results },
      { retain: true },
    );
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
    this.#session?.publish(topic, encodeDerived(kind, message), options);
  }
}
