import type { DurationMs } from "#shared/model/time.ts";
import type { Link } from "./link.ts";

/** A unit's connection as one driver holds it. */
export interface Seat {
  readonly link: Link;
  /** As the link does. */
  take(timeout: DurationMs, signal: AbortSignal): Promise<void>;
  leave(): void;
}

/**
 * Seats of a unit on its link. The unit is detached when the last one is left: while a device is read by its old and by
 * its new description, two drivers hold the same unit, and the end of one must not cut the other off.
 */
export function createSeats(link: Link): (unit: number) => Seat {
  const taken = new Map<number, number>();
  return (unit) => {
    let isTaken = false;
    return {
      link,
      take: async (timeout, signal) => {
        await link.attach(unit, timeout, signal);
        if (!isTaken) taken.set(unit, (taken.get(unit) ?? 0) + 1);
        isTaken = true;
      },
      leave: () => {
        if (!isTaken) return;
        isTaken = false;
        const left = (taken.get(unit) ?? 1) - 1;
        taken.set(unit, left);
        if (left === 0) link.detach(unit);
      },
    };
  };
}
