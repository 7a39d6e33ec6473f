import type { Clock } from "#shared/kit/clock.ts";
import { type DurationMs, type EpochMs, millis } from "#shared/model/time.ts";
import type { HealthMessage } from "#shared/wire/derived.ts";

/** What ingest knows of another part of the chain. */
export interface PartFacts {
  /** How long nothing was heard of it; since this session began where it was never heard. */
  readonly silentMs: DurationMs;
  /** Its clock minus ours at its newest message: below 0 it is behind, the message's way included. */
  readonly clockOffsetMs: number | null;
  /** What it said last; null where it was not heard in this session. */
  readonly details: HealthMessage["details"] | null;
}

/** Listens to the health of the other parts: gateways, dashboard servers. */
export interface Parts {
  /** A session with the broker begins; what was said before it says nothing of now. */
  listen(): void;
  /** The session ended: the silence of others says nothing of them. */
  deaf(): void;
  hear(message: HealthMessage, now: EpochMs): void;
  /** Null while nobody could be heard. */
  of(part: string): PartFacts | null;
}

export function createParts(clock: Clock): Parts {
  const heard = new Map<
    string,
    { readonly at: DurationMs; readonly offsetMs: number; readonly message: HealthMessage }
  >();
  let listeningSince: DurationMs | null = null;
  return {
    listen: () => {
      heard.clear();
      listeningSince = clock.monotonic();
    },
    deaf: () => {
      listeningSince = null;
    },
    hear: (message, now) => {
      heard.set(message.part, { at: clock.monotonic(), offsetMs: message.at - now, message });
    },
    of: (part) => {
      if (listeningSince === null) return null;
      const last = heard.get(part);
      return {
        silentMs: millis(clock.monotonic() - (last?.at ?? listeningSince)),
        clockOffsetMs: last?.offsetMs ?? null,
        details: last?.message.details ?? null,
      };
    },
  };
}
