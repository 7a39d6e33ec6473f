import { type EpochMs, instant } from "#shared/model/time.ts";

/** How many times are remembered. */
const most = 10_000;

/**
 * Gives each event a time of its own: a store keeps one value per time, and many alarms come in the same millisecond.
 * The same event gets the same time again as long as it is remembered.
 */
export interface EventTimes {
  /** `at`, or the next millisecond that no other event has. */
  of(eventId: string, at: EpochMs): EpochMs;
}

export function createEventTimes(): EventTimes {
  const owners = new Map<EpochMs, string>();
  return {
    of: (eventId, at) => {
      let free = at;
      for (let owner = owners.get(free); owner !== undefined && owner !== eventId; owner = owners.get(free)) {
        free = instant(free + 1);
      }
      owners.set(free, eventId);
      const oldest = owners.size > most ? owners.keys().next().value : undefined;
      if (oldest !== undefined) owners.delete(oldest);
      return free;
    },
  };
}
