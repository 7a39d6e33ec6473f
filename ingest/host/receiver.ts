import type { Clock } from "#shared/kit/clock.ts";
import { CodedError, messageOf } from "#shared/model/errors.ts";
import { derivedAddress } from "#shared/wire/derived.ts";
import type { Session, SessionOptions } from "#shared/wire/session.ts";
import { parseDerivedTopic } from "#shared/wire/topics.ts";
import type { CommandDesk } from "../commands.ts";
import type { SystemWatch } from "../system/systemWatch.ts";
import type { DeadLetters } from "./deadLetters.ts";
import type { Host } from "./host.ts";
import type { PrimaryHost } from "./primaryHost.ts";

/** The host's ear at one broker: where the session gives its messages. */
export interface Receiver {
  readonly onMessage: SessionOptions["onMessage"];
  attach(session: Session | null): void;
  /** Takes no more data and says offline. */
  stop(): Promise<void>;
}

export interface ReceiverParts {
  readonly host: Host;
  readonly primary: PrimaryHost;
  readonly desk: CommandDesk;
  /** Hears what other parts say of themselves, where they are watched. */
  readonly watch: Pick<SystemWatch, "hear"> | undefined;
  readonly deadLetters: DeadLetters;
  readonly clock: Clock;
  /** Which broker this is. */
  readonly broker: string;
}

/** Brings each message of the broker to whoever it is for. */
export function createReceiver({ host, primary, desk, watch, deadLetters, clock, broker }: ReceiverParts): Receiver {
  let session: Session | null = null;
  let isStopping = false;
  const answer = (topic: string, payload: Uint8Array): void => {
    try {
      const { topic: replyTo, reply } = desk.handle(payload);
      reply.then(
        (outcome) => session?.publish(replyTo, JSON.stringify(outcome), { qos: 1 }),
        (error) => deadLetters.put(topic, payload, messageOf(error), clock.now()),
      );
    } catch (error) {
      deadLetters.put(topic, payload, messageOf(error), clock.now());
    }
  };
  /** A session that ended meanwhile says STATE again by itself. */
  const refuseState = (payload: Uint8Array, error: unknown): void => {
    if (!(error instanceof CodedError) || error.verdict !== "reject") return;
    deadLetters.put(primary.topic, payload, error.detail, clock.now());
  };
  const hearHealth = (topic: string, payload: Uint8Array, retained: boolean): void => {
    try {
      watch?.hear(payload, retained);
    } catch (error) {
      deadLetters.put(topic, payload, messageOf(error), clock.now());
    }
  };
  return {
    attach: (next) => {
      session = next;
    },
    onMessage: (topic, payload, retained) => {
      if (isStopping) return;
      if (topic === primary.topic) {
        if (session) primary.see(payload, session).catch((error) => refuseState(payload, error));
      } else if (derivedAddress(topic)?.kind === "health") hearHealth(topic, payload, retained);
      else if (retained) {
        deadLetters.put(topic, payload, "retained, which neither data nor commands may be", clock.now());
      } else if (parseDerivedTopic(topic)) answer(topic, payload);
      else host.receive(topic, payload, broker);
    },
    stop: async () => {
      isStopping = true;
      if (session) await primary.goOffline(session).catch(() => undefined);
    },
  };
}
