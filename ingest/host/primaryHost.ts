import type { Clock } from "#shared/kit/clock.ts";
import type { Log } from "#shared/kit/log.ts";
import { type DurationMs, type EpochMs, minutes, seconds } from "#shared/model/time.ts";
import { encodeHostState, parseHostState } from "#shared/wire/hostState.ts";
import type { Session, Will } from "#shared/wire/session.ts";
import { hostIdOf, stateTopic } from "#shared/wire/topics.ts";

/** A store outage up to this long only withholds acknowledgements; beyond it gateways are told to buffer. */
const toleratedOutage: DurationMs = seconds(30);
/** STATE does not change more often than this: gateways end and begin their sessions with it. */
const changeAtMostEvery: DurationMs = minutes(1);

/**
 * STATE of the primary host (Sparkplug 3.0, 5.14): online while the host can store. The will and the birth of one
 * CONNECT carry the same timestamp (message-flow-phid-sparkplug-state-publish-payload-timestamp), so after having said
 * offline the host comes back with a new session.
 */
export class PrimaryHost {
  readonly topic: string;
  #clock: Clock;
  #log: Log;
  #outageSince: () => EpochMs | null;
  #connectAt: EpochMs;
  /** What this session has said so far. */
  #said: "nothing" | "online" | "offline" = "nothing";
  #changedAt: EpochMs | null = null;

  constructor(platform: string, clock: Clock, log: Log, outageSince: () => EpochMs | null) {
    this.topic = stateTopic(hostIdOf(platform));
    this.#clock = clock;
    this.#log = log;
    this.#outageSince = outageSince;
    this.#connectAt = clock.now();
  }

  /** The will for the next CONNECT. */
  nextWill(): Will {
    this.#connectAt = this.#clock.now();
    this.#said = "nothing";
    const payload = encodeHostState({ online: false, timestamp: this.#connectAt });
    return { topic: this.topic, payload, qos: 1, retain: true };
  }

  /** Says what has to be said now; `leave` when only a new session can say it. Call after subscribing, then often. */
  async update(session: Session): Promise<"stay" | "leave"> {
    const now = this.#clock.now();
    const outageSince = this.#outageSince();
    const canStore = outageSince === null || now - outageSince <= toleratedOutage;
    if (this.#said === "nothing") {
      if (canStore) await this.#say(session, true, this.#connectAt);
      return "stay";
    }
    const isDue = this.#changedAt === null || now - this.#changedAt >= changeAtMostEvery;
    if (!isDue || canStore === (this.#said === "online")) return "stay";
    if (canStore) return "leave";
    await this.#say(session, false, now);
    return "stay";
  }

  /** Death on purpose, with a timestamp of its own (host-topic-phid-death-payload-timestamp-disconnect-clean). */
  async goOffline(session: Session): Promise<void> {
    await this.#say(session, false, this.#clock.now());
  }

  /** Own STATE as the broker shows it: an old will must not stand (message-flow-hid-sparkplug-state-message-delivered). */
  async see(payload: Uint8Array, session: Session): Promise<void> {
    const { online } = parseHostState(payload);
    if (!online && this.#said === "online") await this.#say(session, true, this.#connectAt);
  }

  async #say(session: Session, online: boolean, timestamp: EpochMs): Promise<void> {
    this.#said = online ? "online" : "offline";
    this.#changedAt = this.#clock.now();
    this.#log.info({ online }, "STATE of the primary host");
    await session.publishConfirmed(this.topic, encodeHostState({ online, timestamp }), { retain: true });
  }
}
