import type { Clock } from "#shared/kit/clock.ts";
import type { BrokerLimits } from "./limits.ts";

export type Refusal = "too many connections from this address" | "too many connections that have not logged in";

/** Bounds who may knock at the broker, before a byte of theirs is read. */
export interface Admission {
  /** Lets a connection in, or says why not. `known` must be called once it has logged in or is gone. */
  enter(address: string): Refusal | { known(): void };
}

interface Bucket {
  tokens: number;
  filledAt: number;
}

/** Addresses that are remembered; beyond them those that have not knocked for long are forgotten. */
const maxAddresses = 10_000;

export function createAdmission(
  {
    connectionBurst,
    connectionsPerSecond,
    strangers,
  }: Pick<BrokerLimits, "connectionBurst" | "connectionsPerSecond" | "strangers">,
  clock: Clock,
): Admission {
  const buckets = new Map<string, Bucket>();
  let waiting = 0;

  const take = (address: string): boolean => {
    const now = clock.monotonic();
    const bucket = buckets.get(address) ?? { tokens: connectionBurst, filledAt: now };
    bucket.tokens = Math.min(connectionBurst, bucket.tokens + ((now - bucket.filledAt) / 1_000) * connectionsPerSecond);
    bucket.filledAt = now;
    // Last used last, so that the first is the one to forget.
    buckets.delete(address);
    buckets.set(address, bucket);
    for (const oldest of buckets.keys()) {
      if (buckets.size <= maxAddresses) break;
      buckets.delete(oldest);
    }
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  };

  return {
    enter: (address) => {
      if (!take(address)) return "too many connections from this address";
      if (waiting >= strangers) return "too many connections that have not logged in";
      waiting += 1;
      let isKnown = false;
      return {
        known: () => {
          if (!isKnown) waiting -= 1;
          isKnown = true;
        },
      };
    },
  };
}
